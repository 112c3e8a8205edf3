package flexo.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

/**
 * The rules of the code's structure, for whatever lies below a root package: the product, or violations planted to see
 * each rule fail.
 *
 * @param root the package below which {@code app}, {@code web} and the others lie
 */
public record Rules(String root) {
    /** Whom each package may import, beside itself and what is not ours. A package that is not here may not exist. */
    private static final Map<String, Set<String>> MAY_IMPORT = new TreeMap<>(Map.ofEntries(
            Map.entry("alpm", Set.of()),
            Map.entry("log", Set.of()),
            Map.entry("net", Set.of()),
            Map.entry("cache", Set.of("alpm", "mirror", "repository")),
            Map.entry("mirror", Set.of("alpm", "cache", "repository")),
            Map.entry("repository", Set.of("alpm", "cache", "mirror")),
            Map.entry("download", Set.of("alpm", "cache", "log", "mirror", "repository")),
            Map.entry("retention", Set.of("alpm", "cache", "mirror", "repository")),
            Map.entry("database", Set.of("alpm", "cache", "download", "log", "mirror", "repository", "retention")),
            Map.entry("prefetch", Set.of("alpm", "cache", "database", "mirror", "repository", "download", "retention")),
            Map.entry(
                    "web",
                    Set.of(
                            "alpm",
                            "cache",
                            "database",
                            "log",
                            "mirror",
                            "net",
                            "repository",
                            "download",
                            "retention",
                            "prefetch")),
            Map.entry("upstream", Set.of("alpm", "cache", "mirror", "net", "repository", "download", "retention")),
            Map.entry(
                    "config",
                    Set.of(
                            "alpm",
                            "cache",
                            "database",
                            "download",
                            "mirror",
                            "net",
                            "prefetch",
                            "repository",
                            "retention",
                            "upstream",
                            "web")),
            Map.entry(
                    "app",
                    Set.of(
                            "alpm",
                            "cache",
                            "config",
                            "database",
                            "download",
                            "log",
                            "mirror",
                            "net",
                            "prefetch",
                            "repository",
                            "retention",
                            "upstream",
                            "web")),
            Map.entry("launch", Set.of())));

    /** All packages there may be. */
    public static Set<String> packages() {
        return MAY_IMPORT.keySet();
    }

    /** Whom a package may import, beside itself. */
    public static Set<String> mayImport(String name) {
        return MAY_IMPORT.get(name);
    }

    /** Every class lies in a package whose imports are ruled. */
    public ArchRule everyPackageIsKnown() {
        return classes()
                .should()
                .resideInAnyPackage(packages().stream().map(this::tree).toArray(String[]::new));
    }

    /** One package imports of ours only what lies below it. */
    public ArchRule importsOnlyWhatLiesBelow(String name) {
        String[] allowed = Stream.concat(Stream.of(name), mayImport(name).stream())
                .map(this::tree)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(tree(name))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage(root + "..").or(resideInAnyPackage(allowed)))
                // Not all of the packages of the design have been written yet.
                .allowEmptyShould(true);
    }

    /** No two packages know each other, be it by way of others. */
    public ArchRule packagesHaveNoCycles() {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles();
    }

    /** The Servlet API is known to those who serve, and to who builds them. */
    public ArchRule servletsOnlyInWebAndApp() {
        return onlyIn(List.of("web", "app"), "jakarta.servlet..");
    }

    /** The HTTP client library is known to one package. */
    public ArchRule httpClientOnlyInUpstream() {
        return onlyIn(List.of("upstream"), "org.apache.hc..");
    }

    /** The ways settings are written are known to one package. */
    public ArchRule settingsLibrariesOnlyInConfig() {
        return onlyIn(List.of("config"), "org.eclipse.microprofile.config..", "io.smallrye..", "org.tomlj..");
    }

    /** Tomcat's own classes are known to the launcher; the application runs in any container. */
    public ArchRule tomcatOnlyInLaunch() {
        return onlyIn(List.of("launch"), "org.apache.catalina..", "org.apache.tomcat..", "org.apache.coyote..");
    }

    /** A class that is mapped to JSON says so in its name. */
    public ArchRule jsonOnlyInClassesNamedSo() {
        DescribedPredicate<JavaClass> namedSo = describe("are, or lie in, a class named …Json", Rules::namedForJson);
        return noClasses().that(not(namedSo)).should().dependOnClassesThat().resideInAPackage("jakarta.json.bind..");
    }

    private static boolean namedForJson(JavaClass type) {
        return type.getSimpleName().endsWith("Json")
                || type.getEnclosingClass().map(Rules::namedForJson).orElse(false);
    }

    /**
     * The pure words use no more than values, texts, collections and character sets. Threads, processes and the system
     * lie in {@code java.lang} too, and are not pure.
     */
    public ArchRule alpmIsPure() {
        return classes()
                .that()
                .resideInAPackage(tree("alpm"))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                tree("alpm"),
                                "java.lang",
                                "java.util",
                                "java.util.function",
                                "java.util.regex",
                                "java.util.stream",
                                "java.nio.charset")
                        .or(belongToAnyOf(ByteBuffer.class, CharBuffer.class))
                        .and(not(belongToAnyOf(
                                Thread.class,
                                ThreadLocal.class,
                                Process.class,
                                ProcessBuilder.class,
                                Runtime.class,
                                System.class,
                                Timer.class))))
                .as("alpm depends only on plain java.lang, java.util, java.nio.charset and their buffers");
    }

    /** Threads are made, and work is handed to the JDK's common ones, by nobody but who can end them. */
    public ArchRule onlyAppAndLaunchMakeThreads() {
        return onlyAppAndLaunch("make threads", access -> {
            JavaClass owner = access.getTargetOwner();
            boolean constructor = access.getTarget().getName().equals("<init>");
            boolean makesThread = constructor
                    && (owner.isAssignableTo(Thread.class)
                            || owner.isAssignableTo(Timer.class)
                            || owner.isAssignableTo(ExecutorService.class));
            boolean makesPool = owner.isEquivalentTo(Executors.class);
            boolean usesCommonPool = (owner.isEquivalentTo(ForkJoinPool.class)
                            && access.getName().equals("commonPool"))
                    || (owner.isAssignableTo(BaseStream.class)
                            && access.getName().equals("parallel"))
                    || access.getName().equals("parallelStream")
                    || (owner.isAssignableTo(CompletableFuture.class) && runsInCommonPool(access));
            return makesThread || makesPool || usesCommonPool;
        });
    }

    /** The forms that name no executor, and those that use the JDK's own timer thread. */
    private static boolean runsInCommonPool(JavaAccess<?> access) {
        boolean timer =
                Set.of("orTimeout", "completeOnTimeout", "delayedExecutor").contains(access.getName());
        boolean async = access.getName().endsWith("Async");
        boolean executorGiven = access.getTarget() instanceof CodeUnitAccessTarget unit
                && unit.getRawParameterTypes().stream()
                        .anyMatch(type -> type.getSimpleName().equals("Executor"));
        return timer || (async && !executorGiven);
    }

    /** The time is asked for by nobody but who hands it to the others. */
    public ArchRule onlyAppAndLaunchAskForTheTime() {
        return onlyAppAndLaunch("ask for the time", access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getName();
            List<String> parameters = access.getTarget() instanceof CodeUnitAccessTarget unit
                    ? unit.getRawParameterTypes().stream()
                            .map(JavaClass::getSimpleName)
                            .toList()
                    : List.of();
            boolean system =
                    owner.isEquivalentTo(System.class) && (name.equals("currentTimeMillis") || name.equals("nanoTime"));
            boolean now = owner.getPackageName().startsWith("java.time")
                    && name.equals("now")
                    && !parameters.contains("Clock");
            boolean clock = (owner.isEquivalentTo(Clock.class) || owner.isEquivalentTo(InstantSource.class))
                    && (name.startsWith("system") || (name.startsWith("tick") && !parameters.contains("Clock")));
            boolean old = (owner.isEquivalentTo(Date.class) && name.equals("<init>") && parameters.isEmpty())
                    || (owner.isAssignableTo(Calendar.class) && name.equals("getInstance"));
            return system || now || clock || old;
        });
    }

    /** Nobody waits by sleeping. */
    public ArchRule nobodySleeps() {
        return noClasses()
                .should()
                .accessTargetWhere(describe(
                        "sleep",
                        access -> (access.getName().equals("sleep")
                                        && (access.getTargetOwner().isAssignableTo(Thread.class)
                                                || access.getTargetOwner().isAssignableTo(TimeUnit.class)))
                                || access.getTargetOwner().isEquivalentTo(LockSupport.class)));
    }

    /** No class has a name that says nothing. */
    public ArchRule namesSayWhatThingsAre() {
        return noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl)");
    }

    private ArchRule onlyIn(List<String> names, String... packages) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(names.stream().map(this::tree).toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages);
    }

    private ArchRule onlyAppAndLaunch(String what, Predicate<JavaAccess<?>> does) {
        return noClasses()
                .that(not(resideInAPackage(tree("app")).or(resideInAPackage(tree("launch")))))
                .should()
                .accessTargetWhere(describe(what, does));
    }

    private String tree(String name) {
        return root + "." + name + "..";
    }
}
