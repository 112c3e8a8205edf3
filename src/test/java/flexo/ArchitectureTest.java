package flexo;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import flexo.architecture.Rules;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the structure of the code; and each rule is seen to reject what was planted for it, and nothing else. */
class ArchitectureTest {
    private static final Rules RULES = new Rules("flexo");
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("flexo");

    private static final String PLANTED = "flexo.architecture.planted.";
    /** Imported once: it takes longer than all that is done with it. */
    private static final JavaClasses PLANTS = new ClassFileImporter().importPackages("flexo.architecture.planted");

    private static final Rules LAYERS = new Rules(PLANTED + "layers");
    private static final Rules SINGLE = new Rules(PLANTED + "single");

    // The product.

    @Test
    void productIsWhatIsChecked() {
        assertThat(PRODUCT.stream().map(JavaClass::getPackageName))
                .contains(
                        "flexo.alpm", "flexo.cache", "flexo.log", "flexo.mirror", "flexo.repository", "flexo.retention")
                .contains("flexo.database", "flexo.download", "flexo.prefetch", "flexo.upstream")
                .contains("flexo.web", "flexo.config", "flexo.app", "flexo.launch")
                .noneMatch(name -> name.startsWith("flexo.architecture"));
    }

    @Test
    void everyPackageIsKnown() {
        RULES.everyPackageIsKnown().check(PRODUCT);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void packageImportsOnlyWhatLiesBelow(String name) {
        RULES.importsOnlyWhatLiesBelow(name).check(PRODUCT);
    }

    @Test
    void packagesHaveNoCycles() {
        RULES.packagesHaveNoCycles().check(PRODUCT);
    }

    @Test
    void servletsAreKnownOnlyInWebAndApp() {
        RULES.servletsOnlyInWebAndApp().check(PRODUCT);
    }

    @Test
    void httpClientIsKnownOnlyInUpstream() {
        RULES.httpClientOnlyInUpstream().check(PRODUCT);
    }

    @Test
    void settingsLibrariesAreKnownOnlyInConfig() {
        RULES.settingsLibrariesOnlyInConfig().check(PRODUCT);
    }

    @Test
    void tomcatIsKnownOnlyInLaunch() {
        RULES.tomcatOnlyInLaunch().check(PRODUCT);
    }

    @Test
    void jsonIsKnownOnlyInClassesNamedSo() {
        RULES.jsonOnlyInClassesNamedSo().check(PRODUCT);
    }

    @Test
    void alpmIsPure() {
        RULES.alpmIsPure().check(PRODUCT);
    }

    @Test
    void onlyAppAndLaunchMakeThreads() {
        RULES.onlyAppAndLaunchMakeThreads().check(PRODUCT);
    }

    @Test
    void onlyAppAndLaunchAskForTheTime() {
        RULES.onlyAppAndLaunchAskForTheTime().check(PRODUCT);
    }

    @Test
    void nobodySleeps() {
        RULES.nobodySleeps().check(PRODUCT);
    }

    @Test
    void namesSayWhatThingsAre() {
        RULES.namesSayWhatThingsAre().check(PRODUCT);
    }

    // The rules, each with what was planted for it.

    @ParameterizedTest
    @MethodSource("packages")
    void importAgainstTheDirectionIsRejected(String name) throws ClassNotFoundException {
        Class<?> plant = Class.forName(PLANTED + "layers." + name + ".ImportsTooMuch");
        List<String> wrong = Arrays.stream(plant.getDeclaredMethods())
                .map(Method::getName)
                .sorted()
                .toList();

        List<String> details = violations(LAYERS.importsOnlyWhatLiesBelow(name), planted("layers"));

        assertThat(wrong).isNotEmpty();
        assertThat(details).hasSameSizeAs(wrong);
        assertThat(wrong)
                .allSatisfy(method ->
                        assertThat(details).anyMatch(detail -> detail.contains(plant.getName() + "." + method + "()")));
    }

    @ParameterizedTest
    @MethodSource("packages")
    void forbiddenAndAllowedImportsTogetherAreAllThereAre(String name) throws ClassNotFoundException {
        Set<String> all = new TreeSet<>(Rules.mayImport(name));
        all.add(name);
        for (Method wrong :
                Class.forName(PLANTED + "layers." + name + ".ImportsTooMuch").getDeclaredMethods()) {
            assertThat(all.add(wrong.getName())).as(wrong.getName()).isTrue();
        }
        assertThat(all).isEqualTo(Rules.packages());
    }

    @Test
    void packageNobodyRuledIsRejected() {
        assertRejected(SINGLE.everyPackageIsKnown(), "misc.Stray");
    }

    @Test
    void circleOfTwoPackagesIsRejected() {
        assertThat(violations(new Rules(PLANTED + "cycle").packagesHaveNoCycles(), planted("cycle")))
                .hasSize(1)
                .allMatch(detail -> detail.contains("Shelf.source()") && detail.contains("Source.shelf()"));
    }

    @Test
    void servletsElsewhereAreRejected() {
        assertRejected(SINGLE.servletsOnlyInWebAndApp(), "download.KnowsServlets");
    }

    @Test
    void httpClientElsewhereIsRejected() {
        assertRejected(SINGLE.httpClientOnlyInUpstream(), "download.KnowsHttpClient");
    }

    @Test
    void settingsLibrariesElsewhereAreRejected() {
        assertRejected(SINGLE.settingsLibrariesOnlyInConfig(), "app.KnowsSettingsLibrary", "app.KnowsToml");
    }

    @Test
    void tomcatElsewhereIsRejected() {
        assertRejected(SINGLE.tomcatOnlyInLaunch(), "web.KnowsCatalina", "web.KnowsTomcat");
    }

    /** Compiled here, against an annotation of this test's own, so that the rule is proven whether or not JSON-B is used. */
    @Test
    void jsonElsewhereIsRejected(@TempDir Path directory) throws IOException {
        JavaClasses classes = compiled(
                directory,
                "jakarta/json/bind/annotation/JsonbProperty",
                "package jakarta.json.bind.annotation; public @interface JsonbProperty {}",
                "planted/mirror/StatusJson",
                "package planted.mirror; class StatusJson { @jakarta.json.bind.annotation.JsonbProperty int a; }",
                "planted/mirror/PartsJson",
                "package planted.mirror; class PartsJson { static class Part {"
                        + " @jakarta.json.bind.annotation.JsonbProperty int a; } }",
                "planted/mirror/Status",
                "package planted.mirror; class Status { @jakarta.json.bind.annotation.JsonbProperty int a; }");

        assertThat(rejected(new Rules("planted").jsonOnlyInClassesNamedSo(), classes, "planted."))
                .containsExactly("mirror.Status");
    }

    @Test
    void impureWordsAreRejected() {
        assertRejected(
                SINGLE.alpmIsPure(),
                "alpm.AsksTheSystem",
                "alpm.KnowsChannels",
                "alpm.ReadsFiles",
                "alpm.WaitsForOthers");
    }

    @Test
    void threadsMadeElsewhereAreRejected() {
        assertRejected(
                SINGLE.onlyAppAndLaunchMakeThreads(),
                "mirror.IsThread",
                "mirror.MakesPool",
                "mirror.MakesPoolByReference",
                "mirror.MakesThread",
                "mirror.MakesThreadByReference",
                "mirror.MakesThreadInLambda",
                "mirror.MakesTimer",
                "mirror.UsesCommonPool",
                "mirror.UsesCommonTimer");
    }

    @Test
    void timeAskedForElsewhereIsRejected() {
        assertRejected(
                SINGLE.onlyAppAndLaunchAskForTheTime(),
                "mirror.AsksForSystemClock",
                "mirror.AsksForSystemSource",
                "mirror.AsksMillis",
                "mirror.AsksNanos",
                "mirror.AsksNanosByReference",
                "mirror.AsksNow",
                "mirror.AsksNowByReference");
    }

    @Test
    void sleepIsRejectedEverywhere() {
        assertRejected(SINGLE.nobodySleeps(), "app.ParksByReference", "app.Sleeps", "app.SleepsInUnits");
    }

    @Test
    void namesThatSayNothingAreRejected() {
        assertRejected(
                SINGLE.namesSayWhatThingsAre(),
                "web.CacheManager",
                "web.DateUtil",
                "web.DateUtils",
                "web.Outer$InnerHelper",
                "web.PathHelper",
                "web.SelectorImpl");
    }

    private static Set<String> packages() {
        return Rules.packages();
    }

    private static JavaClasses planted(String garden) {
        return PLANTS.that(JavaClass.Predicates.resideInAPackage(PLANTED + garden + ".."));
    }

    private static List<String> violations(ArchRule rule, JavaClasses classes) {
        return rule.evaluate(classes).getFailureReport().getDetails();
    }

    private static void assertRejected(ArchRule rule, String... plants) {
        assertThat(rejected(rule, planted("single"), SINGLE.root() + ".")).containsExactly(plants);
    }

    /** The classes, below a root, that a rule's violations speak of first. */
    private static Set<String> rejected(ArchRule rule, JavaClasses classes, String root) {
        List<String> details = violations(rule, classes);
        Set<String> named = classes.stream()
                .map(JavaClass::getName)
                .filter(name -> details.stream()
                        .anyMatch(detail -> detail.matches(
                                "(?s)(Class|Method|Constructor|Field) <" + Pattern.quote(name) + "[.>].*")))
                .map(name -> name.substring(root.length()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(details)
                .as("every violation has a class of its own")
                .allMatch(detail -> named.stream().anyMatch(name -> detail.contains("<" + root + name)));
        return named;
    }

    private static JavaClasses compiled(Path directory, String... namesAndTexts) throws IOException {
        Stream.Builder<String> arguments = Stream.builder();
        Stream.of("-proc:none", "-d", directory.resolve("classes").toString()).forEach(arguments);
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            Path source = directory.resolve(namesAndTexts[i] + ".java");
            Files.createDirectories(source.getParent());
            Files.writeString(source, namesAndTexts[i + 1]);
            arguments.add(source.toString());
        }
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.build().toArray(String[]::new));
        assertThat(result).as("compiler's exit code").isZero();
        return new ClassFileImporter().importPath(directory.resolve("classes"));
    }
}
