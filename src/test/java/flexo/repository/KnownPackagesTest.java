package flexo.repository;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.testing.TestPaths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What databases list is remembered within bounds, and read again beyond. */
class KnownPackagesTest {
    private static final RepositoryPath CORE = TestPaths.path("core/os/x86_64/core.db");
    private static final RepositoryPath EXTRA = TestPaths.path("extra/os/x86_64/extra.db");
    private static final long ONE = database("bash").keptBytes();

    /** What lies on disk. */
    private final Map<RepositoryPath, RepositoryDatabase> stored = new HashMap<>();
    /** What was read of it, in order. */
    private final List<RepositoryPath> reads = new ArrayList<>();

    private KnownPackages known(int current, int archived) {
        KnownPackages packages = new KnownPackages(
                new KnownPackages.Limits(current * ONE, archived * ONE), path -> path.isBelow("archive"));
        packages.readFrom(database -> {
            reads.add(database);
            return Optional.ofNullable(stored.get(database));
        });
        return packages;
    }

    private static RepositoryDatabase database(String... names) {
        return RepositoryDatabase.of(
                List.of(names).stream()
                        .map(name -> new PackageFile(name + "-1-1-any.pkg.tar.zst", 1, "", name, "1-1"))
                        .toList(),
                Optional.empty());
    }

    private static RepositoryPath day(int number) {
        return TestPaths.path("archive/2024/02/%02d/core/os/x86_64/core.db".formatted(number));
    }

    private static RepositoryPath beside(RepositoryPath database, String name) {
        return TestPaths.path(database.directory() + "/" + name + "-1-1-any.pkg.tar.zst");
    }

    private void publish(KnownPackages packages, RepositoryPath path, RepositoryDatabase contents) {
        stored.put(path, contents);
        packages.put(path, contents);
    }

    @Test
    void whatWasDroppedIsReadAgainWhenItIsNeeded() {
        KnownPackages packages = known(1, 1);
        publish(packages, CORE, database("bash"));
        publish(packages, EXTRA, database("vlc"));
        assertThat(packages.isInMemory(CORE.directory())).isFalse();
        assertThat(packages.fileInMemory(beside(CORE, "bash"))).isEmpty();

        assertThat(packages.file(beside(CORE, "bash"))).isPresent();

        assertThat(reads).containsExactly(CORE);
        assertThat(packages.fileInMemory(beside(CORE, "bash"))).isPresent();
        assertThat(packages.isInMemory(EXTRA.directory())).isFalse();
        assertThat(packages.listed(EXTRA.directory())).containsExactly("vlc-1-1-any.pkg.tar.zst");
    }

    @Test
    void whatWasUsedLastStays() {
        KnownPackages packages = known(2, 1);
        publish(packages, CORE, database("bash"));
        publish(packages, EXTRA, database("vlc"));
        assertThat(packages.fileInMemory(beside(CORE, "bash"))).isPresent();

        publish(packages, TestPaths.path("multilib/os/x86_64/multilib.db"), database("wine"));

        assertThat(packages.isInMemory(CORE.directory())).isTrue();
        assertThat(packages.isInMemory(EXTRA.directory())).isFalse();
    }

    @Test
    void everyDayOfAMonthTakesNoMoreThanOne() {
        KnownPackages packages = known(1, 1);
        IntStream.rangeClosed(1, 28).forEach(number -> publish(packages, day(number), database("bash")));

        assertThat(packages.keptBytes()).isEqualTo(ONE);
        assertThat(packages.file(beside(day(1), "bash"))).isPresent();
        assertThat(packages.keptBytes()).isEqualTo(ONE);
    }

    @Test
    void daysOfTheArchiveNeverPushOutWhatThereIsNow() {
        KnownPackages packages = known(2, 2);
        publish(packages, CORE, database("bash"));
        publish(packages, EXTRA, database("vlc"));

        IntStream.rangeClosed(1, 28).forEach(number -> publish(packages, day(number), database("bash")));

        assertThat(packages.isInMemory(CORE.directory())).isTrue();
        assertThat(packages.isInMemory(EXTRA.directory())).isTrue();
        assertThat(packages.currentDirectories()).containsExactly(CORE.directory(), EXTRA.directory());
    }

    @Test
    void databaseThatIsLargerThanAllThereMayBeStaysForAsLongAsItIsTheOneThatIsNeeded() {
        KnownPackages packages = known(2, 1);
        publish(packages, CORE, database("bash"));
        publish(packages, EXTRA, database("a", "b", "c", "d"));
        assertThat(packages.isInMemory(EXTRA.directory())).isTrue();
        assertThat(packages.isInMemory(CORE.directory())).isFalse();

        assertThat(packages.file(beside(CORE, "bash"))).isPresent();

        assertThat(packages.isInMemory(EXTRA.directory())).isFalse();
        assertThat(packages.keptBytes()).isEqualTo(ONE);
    }

    @Test
    void newerStateTakesThePlaceOfTheFormer() {
        KnownPackages packages = known(4, 1);
        publish(packages, CORE, database("a", "b"));
        publish(packages, CORE, database("bash"));

        assertThat(packages.keptBytes()).isEqualTo(ONE);
        assertThat(packages.file(beside(CORE, "a"))).isEmpty();
    }

    @Test
    void databaseThatWasTakenInLastCountsAlsoIfAnotherWasReadLater() {
        KnownPackages packages = known(1, 1);
        RepositoryPath other = TestPaths.path("core/os/x86_64/other.db");
        packages.putUnread(CORE);
        stored.put(CORE, database("bash"));
        RepositoryDatabase latest = RepositoryDatabase.of(
                List.of(new PackageFile("bash-1-1-any.pkg.tar.zst", 7, "", "bash", "1-1")), Optional.empty());
        publish(packages, other, latest);

        assertThat(packages.file(beside(CORE, "bash")))
                .hasValueSatisfying(file -> assertThat(file.sizeBytes()).isEqualTo(7));
    }

    @Test
    void databaseThatIsNotThereAnyMoreIsForgotten() {
        KnownPackages packages = known(1, 1);
        packages.putUnread(CORE);

        assertThat(packages.file(beside(CORE, "bash"))).isEmpty();

        assertThat(packages.directories()).isEmpty();
        assertThat(packages.isInMemory(CORE.directory())).isTrue();
        assertThat(packages.file(beside(CORE, "bash"))).isEmpty();
        assertThat(reads).containsExactly(CORE);
    }

    @Test
    void limitsFollowFromTheHeap() {
        assertThat(KnownPackages.Limits.ofHeap(128 << 20)).isEqualTo(new KnownPackages.Limits(16 << 20, 8 << 20));
    }
}
