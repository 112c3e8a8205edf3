package flexo.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.repository.PackageRelations;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PackageNamesTest {
    private static final String CORE = "core/os/x86_64";
    private static final String EXTRA = "extra/os/x86_64";

    private static PackageRelations of(String name, List<String> provides, String... depends) {
        return new PackageRelations(name, name + "-1-1-x86_64.pkg.tar.zst", 100, provides, List.of(depends));
    }

    private static PackageRelations of(String name, String... depends) {
        return of(name, List.of(), depends);
    }

    private static List<String> shown(PackageNames.Resolution resolution) {
        return resolution.found().stream()
                .map(found -> found.directory() + " " + found.relations().name())
                .toList();
    }

    @Test
    void nameIsThatOfAPackageOrElseWhatOneProvides() {
        PackageNames names = new PackageNames(Map.of(
                CORE, List.of(of("bash", List.of("sh")), of("gcc-libs", List.of("libgcc=14", "libstdc++.so=6-64")))));

        PackageNames.Resolution resolution =
                names.resolve(List.of("sh", "gcc-libs", "libstdc++.so", "nonsense", "bash-"), false);

        assertThat(shown(resolution)).containsExactly(CORE + " bash", CORE + " gcc-libs");
        assertThat(resolution.unknown()).containsExactly("nonsense", "bash-");
    }

    @Test
    void packageOfTheNameCountsBeforeOneThatProvidesIt() {
        PackageNames names = new PackageNames(Map.of(
                CORE, List.of(of("mawk", List.of("awk"))), EXTRA, List.of(of("awk"), of("gawk", List.of("awk")))));

        assertThat(shown(names.resolve(List.of("awk"), false))).containsExactly(EXTRA + " awk");
    }

    @Test
    void dependenciesComeAlongOnRequestAndOnlyOnce() {
        PackageNames names = new PackageNames(Map.of(
                CORE,
                List.of(of("glibc", "linux-api-headers>=4.10"), of("linux-api-headers"), of("sh-new", List.of("sh"))),
                EXTRA,
                List.of(of("git", "perl", "glibc", "sh"), of("perl", "glibc", "missing<2"))));

        assertThat(shown(names.resolve(List.of("git"), false))).containsExactly(EXTRA + " git");
        PackageNames.Resolution all = names.resolve(List.of("git"), true);

        assertThat(shown(all))
                .containsExactly(
                        EXTRA + " git",
                        EXTRA + " perl",
                        CORE + " glibc",
                        CORE + " sh-new",
                        CORE + " linux-api-headers");
        assertThat(all.unknown()).containsExactly("missing");
    }

    @Test
    void circleOfDependenciesEnds() {
        PackageNames names = new PackageNames(Map.of(CORE, List.of(of("a", "b"), of("b", "a"))));

        assertThat(shown(names.resolve(List.of("a"), true))).containsExactly(CORE + " a", CORE + " b");
    }

    @Test
    void providerThatIsFetchedAnywayIsAsGoodAsTheFirst() {
        PackageNames names = new PackageNames(
                Map.of(EXTRA, List.of(of("first", List.of("any")), of("second", List.of("any")), of("uses", "any"))));

        assertThat(shown(names.resolve(List.of("second", "uses"), true)))
                .containsExactly(EXTRA + " second", EXTRA + " uses");
    }

    @Test
    void packageThatWasAskedForComesAlthoughAnotherProvidesIt() {
        PackageNames names = new PackageNames(Map.of(EXTRA, List.of(of("rust", List.of("cargo")), of("cargo"))));

        assertThat(shown(names.resolve(List.of("rust", "cargo"), false)))
                .containsExactly(EXTRA + " rust", EXTRA + " cargo");
        assertThat(shown(names.resolve(List.of("rust", "cargo"), true)))
                .containsExactly(EXTRA + " rust", EXTRA + " cargo");
    }

    @Test
    void ofSeveralRepositoriesArchsOwnComeFirstAndThoseForTestingLast() {
        List<PackageRelations> one = List.of(of("bash"));
        assertThat(shown(new PackageNames(
                                Map.of("core-testing/os/x86_64", one, "aaa/os/x86_64", one, EXTRA, one, CORE, one))
                        .resolve(List.of("bash"), false)))
                .containsExactly(CORE + " bash");
        assertThat(shown(new PackageNames(Map.of("core-testing/os/x86_64", one, "zzz/os/x86_64", one))
                        .resolve(List.of("bash"), false)))
                .containsExactly("zzz/os/x86_64 bash");
    }
}
