package flexo.retention;

import static flexo.retention.CacheBench.CORE;
import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.testing.LogLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionSweepTest {
    private static final String BASH = "bash-5.2-1-x86_64.pkg.tar.zst";

    @TempDir
    private Path folder;

    private CacheBench bench;

    @BeforeEach
    void makeBench() {
        bench = new CacheBench(folder.resolve("cache"));
    }

    // Versions.

    @Test
    void newestVersionsOfEachPackageAreKeptWithTheirSignatures() {
        List.of("bash-1-1", "bash-2-1", "bash-10-1", "bash-1:1-1", "bash-9-1").forEach(bench::put);

        SweepReport report = bench.swept();

        assertThat(bench.files())
                .containsExactly(
                        CORE + "bash-10-1-x86_64.pkg.tar.zst",
                        CORE + "bash-10-1-x86_64.pkg.tar.zst.sig",
                        CORE + "bash-1:1-1-x86_64.pkg.tar.zst",
                        CORE + "bash-1:1-1-x86_64.pkg.tar.zst.sig",
                        CORE + "bash-9-1-x86_64.pkg.tar.zst",
                        CORE + "bash-9-1-x86_64.pkg.tar.zst.sig");
        assertThat(report.counts()).containsEntry(RemovalReason.OLD_VERSION, new RemovalCounts.Count(2, 220));
        assertThat(report.files()).isEqualTo(6);
        assertThat(report.bytes()).isEqualTo(330);
    }

    @Test
    void whatIsLeftIsCountedByRepository() {
        List.of("bash-1-1", "bash-2-1", "bash-3-1", "bash-4-1").forEach(bench::put);
        bench.put("extra/os/x86_64/foo-0-1-x86_64.pkg.tar.zst", 5);

        SweepReport report = bench.swept();

        assertThat(report.repositories().get("core/os/x86_64")).isEqualTo(new RemovalCounts.Count(6, 330));
        assertThat(report.repositories().get("extra/os/x86_64")).isEqualTo(new RemovalCounts.Count(1, 5));
    }

    @Test
    void packagesThatOnlyLookAlikeAreToldApart() {
        bench.versionsToKeep = 1;
        List.of(
                        "linux-6-1",
                        "linux-headers-6-1",
                        "linux-6-headers-6-1",
                        "lib32-gcc-1-1",
                        "gcc-1-1",
                        "gcc-debug-1-1",
                        "gtk-4-1",
                        "gtk-4-1-1",
                        "gtk4-1-1",
                        "libsigc++-1-1",
                        "libsigc++-3.0-1-1",
                        "foo@bar-1-1",
                        "foo-1-1")
                .forEach(bench::put);
        bench.put(CORE + "foo-1-1-any.pkg.tar.zst", 5);
        bench.put("extra/os/x86_64/foo-0-1-x86_64.pkg.tar.zst", 5);
        Set<String> before = bench.files();

        bench.swept();

        assertThat(bench.files()).isEqualTo(before);
    }

    @Test
    void allVersionsAreKeptWhenNoneAreToGo() {
        bench.versionsToKeep = 0;
        List.of("bash-1-1", "bash-2-1", "bash-3-1", "bash-4-1", "bash-5-1").forEach(bench::put);

        bench.swept();

        assertThat(bench.versions("bash")).hasSize(5);
    }

    @Test
    void listedVersionStays() {
        bench.versionsToKeep = 1;
        bench.put("bash-1-1");
        bench.listed.add(bench.put("bash-2-1"));
        bench.put("bash-3-1");
        bench.put("bash-4-1");

        bench.swept();

        assertThat(bench.versions("bash")).containsExactly("2-1", "4-1");
    }

    @Test
    void repositoryMayHaveRulesOfItsOwn() {
        bench.ofRepositories = Map.of("core", new RetentionRules(1, Optional.empty(), OptionalLong.empty()));
        for (String version : List.of("1-1", "2-1", "3-1", "4-1")) {
            bench.put("bash-" + version);
            bench.put("extra/os/x86_64/vim-" + version + "-x86_64.pkg.tar.zst", 5);
        }

        bench.swept();

        assertThat(bench.versions("bash")).containsExactly("4-1");
        assertThat(bench.files()).filteredOn(file -> file.contains("vim")).hasSize(3);
    }

    // Age and size.

    @Test
    void filesThatNobodyUsesAreRemoved() {
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        bench.uses.used(bench.put("used-1-1"));
        bench.uses.used(bench.put("forgotten-1-1"));
        bench.put("never-1-1");
        bench.time.advance(Duration.ofDays(20));
        bench.uses.used(path(CORE + "used-1-1-x86_64.pkg.tar.zst"));
        bench.time.advance(Duration.ofDays(20));

        SweepReport report = bench.swept();

        assertThat(bench.files()).hasSize(2).allMatch(file -> file.contains("used"));
        assertThat(report.counts()).containsEntry(RemovalReason.UNUSED, new RemovalCounts.Count(2, 220));
        assertThat(bench.uses.size()).as("what is gone is forgotten").isEqualTo(1);
    }

    @Test
    void ageOfAFileIsNotThatOfTheMirror() throws Exception {
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        RepositoryPath file = bench.put("old-1-1");
        Files.setLastModifiedTime(
                bench.root.resolve(file.toString()), FileTime.from(Instant.parse("2011-01-01T00:00:00Z")));

        bench.swept();

        assertThat(bench.versions("old")).hasSize(1);
    }

    @Test
    void clockThatJumpsRemovesNothingThatIsUsed() {
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        bench.uses.used(bench.put("bash-1-1"));
        RetentionSweep sweep = bench.sweep();

        bench.time.set(bench.time.instant().plus(Duration.ofDays(3650)));
        sweep.sweep(List.of()).report();
        assertThat(bench.versions("bash")).hasSize(1);

        bench.time.set(bench.time.instant().minus(Duration.ofDays(20_000)));
        sweep.sweep(List.of()).report();
        assertThat(bench.versions("bash")).hasSize(1);

        bench.time.set(bench.time.instant().plus(Duration.ofDays(16_350)));
        sweep.sweep(List.of()).report();
        assertThat(bench.versions("bash")).hasSize(1);
    }

    @Test
    void clockThatJumpsRemovesNothingThatWasJustPutThereOrBegun() throws Exception {
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        bench.put("bash-1-1");
        leftover("vim-9-1-x86_64.pkg.tar.zst");
        Set<String> before = bench.files();
        RetentionSweep sweep = bench.sweep();
        Instant real = bench.time.instant();

        for (Instant wrong : List.of(real.plus(Duration.ofDays(3650)), real, Instant.EPOCH, real)) {
            bench.time.set(wrong);
            bench.time.advance(Duration.ofMinutes(1));
            sweep.sweep(List.of()).report();
            assertThat(bench.files()).as("%s", wrong).isEqualTo(before);
        }

        bench.time.advance(Duration.ofDays(8));
        sweep.sweep(List.of()).report();
        assertThat(bench.files()).as("the leftover has had its week").hasSize(2);
        bench.time.advance(Duration.ofDays(30));
        sweep.sweep(List.of()).report();
        assertThat(bench.files()).isEmpty();
    }

    @Test
    void fileOfAClockThatWasYearsAheadIsNotKeptForYears() {
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        bench.put("bash-1-1");
        bench.time.set(bench.time.instant().minus(Duration.ofDays(3650)));
        CacheBench after = new CacheBench(bench.root, bench.time);
        after.purgeUnusedAfter = bench.purgeUnusedAfter;
        RetentionSweep sweep = after.sweep();

        sweep.sweep(List.of()).report();
        assertThat(after.versions("bash")).hasSize(1);
        after.time.advance(Duration.ofDays(31));
        sweep.sweep(List.of()).report();

        assertThat(after.versions("bash")).isEmpty();
    }

    @Test
    void leastRecentlyUsedMakeRoomDownToTheLowWaterMark() {
        // Ten packages of 110 bytes; 10 % below the limit are 765.
        bench.cacheSizeLimit = CacheBench.bytes(850);
        useOneByOne(10);

        SweepReport report = bench.swept();

        assertThat(bench.files()).hasSize(12);
        assertThat(report.bytes()).isEqualTo(660);
        assertThat(report.counts()).containsEntry(RemovalReason.CACHE_SIZE, new RemovalCounts.Count(4, 440));
        for (int i = 0; i < 10; i++) {
            assertThat(bench.versions("p" + i)).hasSize(i < 4 ? 0 : 1);
        }
    }

    /** As in a large directory, where a walk takes a while. */
    @Test
    void filesWhoseUseIsNotKnownDoNotGetOlderBetweenTwoWalks() {
        bench.cacheSizeLimit = CacheBench.bytes(850);
        for (int i = 0; i < 10; i++) {
            bench.put("p" + i + "-1-1");
        }
        bench.atMeasuring = () -> bench.time.advance(Duration.ofSeconds(5));

        SweepReport report = bench.swept();

        assertThat(report.counts()).containsEntry(RemovalReason.CACHE_SIZE, new RemovalCounts.Count(4, 440));
        assertThat(bench.files()).hasSize(12);
    }

    @Test
    void usesInOneSecondHaveAnOrder() {
        bench.cacheSizeLimit = CacheBench.bytes(330);
        List<RepositoryPath> packages = new ArrayList<>();
        for (String name : List.of("a-1-1", "b-1-1", "c-1-1", "a-1-1", "d-1-1")) {
            packages.add(bench.put(name));
            bench.uses.used(packages.get(packages.size() - 1));
            bench.time.advance(Duration.ofMillis(3));
        }

        bench.swept();

        assertThat(bench.versions("b")).isEmpty();
        assertThat(bench.versions("a")).hasSize(1);
        assertThat(bench.versions("d")).hasSize(1);
    }

    @Test
    void cacheWithinItsLimitIsLeftAlone() {
        bench.cacheSizeLimit = CacheBench.bytes(1100);
        useOneByOne(10);

        bench.swept();

        assertThat(bench.files()).hasSize(20);
    }

    @Test
    void limitMayBeAShareOfTheDisk() {
        bench.cacheSizeLimit = Optional.of(new StorageSize(0, 0.001));
        useOneByOne(10);

        bench.swept();

        assertThat(bench.files()).as("900 of a million bytes").hasSize(16);
    }

    @Test
    void fullDiskTakesFromTheCache() {
        bench.minFree = CacheBench.bytes(1000);
        bench.usableBytes = 900;
        useOneByOne(10);

        SweepReport report = bench.swept();

        assertThat(report.counts()).containsEntry(RemovalReason.DISK_SPACE, new RemovalCounts.Count(2, 220));
        assertThat(bench.versions("p1")).isEmpty();
        assertThat(bench.versions("p2")).hasSize(1);
    }

    @Test
    void repositoryKeepsItsOwnLimitBeforeOthersMakeRoom() {
        bench.ofRepositories = Map.of("extra", new RetentionRules(3, Optional.empty(), OptionalLong.of(200)));
        bench.cacheSizeLimit = CacheBench.bytes(1000);
        useOneByOne(8);
        for (int i = 0; i < 4; i++) {
            bench.put("extra/os/x86_64/e" + i + "-1-1-any.pkg.tar.zst", 100);
            bench.uses.used(path("extra/os/x86_64/e" + i + "-1-1-any.pkg.tar.zst"));
            bench.time.advance(Duration.ofMinutes(1));
        }

        SweepReport report = bench.swept();

        // 400 in extra go down to 100 or 180; then 880 + 100 are within 1000.
        assertThat(report.counts()).containsEntry(RemovalReason.REPOSITORY_SIZE, new RemovalCounts.Count(3, 300));
        assertThat(report.counts()).containsEntry(RemovalReason.CACHE_SIZE, new RemovalCounts.Count(0, 0));
        assertThat(bench.files())
                .filteredOn(file -> file.contains("/e"))
                .hasSize(1)
                .allMatch(it -> it.contains("e3"));
    }

    @Test
    void imagesCountForTheLimitAndGoAsPackagesDo() {
        bench.cacheSizeLimit = CacheBench.bytes(2050);
        List<String> images = List.of("iso/2026.01.01/arch.iso", "iso/2026.02.01/arch.iso", "images/arch.qcow2");
        useOneByOne(3);
        for (String image : images) {
            bench.put(image, 800);
            bench.put(image + ".sig", 10);
            bench.uses.used(path(image));
            bench.time.advance(Duration.ofMinutes(1));
        }
        useOneByOne(2);

        SweepReport report = bench.swept();

        assertThat(report.counts()).containsEntry(RemovalReason.CACHE_SIZE, new RemovalCounts.Count(2, 920));
        assertThat(bench.versions("p2")).as("was used before the images").isEmpty();
        assertThat(bench.versions("p1")).as("was used after them").hasSize(1);
        assertThat(bench.files())
                .doesNotContain(images.get(0), images.get(0) + ".sig")
                .contains(images.get(1), images.get(2));
    }

    @Test
    void imageThatNobodyUsesGoes() {
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        bench.put("iso/latest/arch.iso", 800);
        bench.put("iso/latest/arch.iso.sig", 10);
        bench.put("iso/latest/sha256sums.txt", 10);
        bench.put(CORE + "core.db", 300);
        bench.put(CORE + "core.db.sig", 10);
        bench.time.advance(Duration.ofDays(20));
        bench.uses.used(path("iso/latest/sha256sums.txt"));
        bench.time.advance(Duration.ofDays(20));

        SweepReport report = bench.swept();

        assertThat(bench.files())
                .containsExactlyInAnyOrder("iso/latest/sha256sums.txt", CORE + "core.db", CORE + "core.db.sig");
        assertThat(report.counts()).containsEntry(RemovalReason.UNUSED, new RemovalCounts.Count(1, 810));
    }

    @Test
    void imageThatIsServedStays() {
        bench.cacheSizeLimit = CacheBench.bytes(1);
        bench.put("iso/latest/arch.iso", 800);
        bench.use(path("iso/latest/arch.iso"));

        assertThat(bench.sweep().sweep(List.of()).inUseBytes()).isEqualTo(800);
        assertThat(bench.files()).hasSize(1);
    }

    @Test
    void listedVersionMakesRoomOnlyAfterAnOlderOneThatIsNotListed() {
        bench.cacheSizeLimit = CacheBench.bytes(250);
        RepositoryPath older = bench.put("bash-1-1");
        RepositoryPath current = bench.put("bash-2-1");
        bench.listed.add(current);
        bench.uses.used(current);
        bench.time.advance(Duration.ofHours(1));
        bench.uses.used(older);
        bench.time.advance(Duration.ofHours(1));
        bench.uses.used(bench.put("zlib-1-1"));

        bench.swept();

        assertThat(bench.versions("bash")).containsExactly("2-1");
        assertThat(bench.versions("zlib")).hasSize(1);
    }

    private void useOneByOne(int count) {
        for (int i = 0; i < count; i++) {
            bench.uses.used(bench.put("p" + i + "-1-1"));
            bench.time.advance(Duration.ofMinutes(1));
        }
    }

    // Files that must stay.

    @Test
    void whatIsInUseStays() {
        bench.versionsToKeep = 1;
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(1));
        bench.cacheSizeLimit = CacheBench.bytes(1);
        bench.use(bench.put("bash-1-1"));
        bench.put("bash-2-1");
        bench.put("bash-3-1");
        bench.put(CORE + "." + BASH + ".part", 10);
        bench.put(CORE + "." + BASH + ".head", 10);
        bench.put(CORE + "empty-1-1-any.pkg.tar.zst", 0);
        bench.put(CORE + BASH + ".sig", 10);
        bench.use(path(CORE + BASH));
        bench.use(path(CORE + "empty-1-1-any.pkg.tar.zst"));
        bench.time.advance(Duration.ofDays(60));

        bench.swept();

        assertThat(bench.files())
                .containsExactlyInAnyOrder(
                        CORE + "bash-1-1-x86_64.pkg.tar.zst",
                        CORE + "bash-1-1-x86_64.pkg.tar.zst.sig",
                        CORE + "." + BASH + ".part",
                        CORE + "." + BASH + ".head",
                        CORE + BASH + ".sig",
                        CORE + "empty-1-1-any.pkg.tar.zst");
    }

    @Test
    void whatComesIntoUseAfterTheLookStays() {
        bench.versionsToKeep = 1;
        RepositoryPath old = bench.put("bash-1-1");
        bench.put("bash-2-1");
        bench.atClaim = paths -> bench.use(old);

        SweepReport report = bench.swept();

        assertThat(bench.versions("bash")).hasSize(2);
        assertThat(report.files()).isEqualTo(4);
    }

    @Test
    void fileIsClaimedWithItsSignatureWhileItIsRemoved() {
        bench.versionsToKeep = 1;
        RepositoryPath old = bench.put("bash-1-1");
        bench.put("bash-2-1");
        bench.put(CORE + ".zlib-1-1-any.pkg.tar.zst.part", 5);
        bench.time.advance(Duration.ofMinutes(1));
        List<Collection<RepositoryPath>> claims = new ArrayList<>();
        bench.atClaim = claims::add;

        SweepReport report = bench.swept();

        assertThat(claims)
                .containsExactlyInAnyOrder(
                        List.of(old, old.signature()), List.of(path(CORE + "zlib-1-1-any.pkg.tar.zst")));
        assertThat(bench.openFiles.contains(old)).as("the claim goes on").isFalse();
        assertThat(report.files()).isEqualTo(2);
    }

    @Test
    void packageStaysWhileItsSignatureIsServed() {
        bench.versionsToKeep = 1;
        bench.use(bench.put("bash-1-1").signature());
        bench.put("bash-2-1");

        bench.swept();

        assertThat(bench.files()).hasSize(4);
    }

    @Test
    void anotherFileThatHasTakenThePlaceOfTheOneThatWasLookedAtStays() {
        bench.put(CORE + BASH, 0);
        bench.time.advance(Duration.ofMinutes(1));
        // Between the look and the removal it is downloaded.
        bench.atClaim = paths -> bench.put(CORE + BASH, 100);

        SweepReport report = bench.swept();

        assertThat(bench.files()).containsExactly(CORE + BASH);
        assertThat(report.counts()).containsEntry(RemovalReason.EMPTY, new RemovalCounts.Count(0, 0));
    }

    @Test
    void listedVersionWaitsForAnOlderOneThatIsInUse() {
        bench.versionsToKeep = 1;
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        RepositoryPath old = bench.put("bash-1-1");
        bench.listed.add(bench.put("bash-2-1"));
        bench.time.advance(Duration.ofDays(60));
        bench.use(old);

        bench.swept();

        assertThat(bench.versions("bash")).containsExactly("1-1", "2-1");
    }

    @Test
    void listedVersionWaitsForAnOlderOneThatComesIntoUseAfterTheLook() {
        bench.versionsToKeep = 0;
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        RepositoryPath old = bench.put("bash-1-1");
        bench.listed.add(bench.put("bash-2-1"));
        bench.time.advance(Duration.ofDays(60));
        bench.atClaim = paths -> bench.use(old);

        bench.swept();

        assertThat(bench.versions("bash")).containsExactly("1-1", "2-1");
    }

    @Test
    void packageThatIsNoLongerBuiltForOneArchitectureKeepsItsListedVersion() {
        bench.versionsToKeep = 1;
        bench.cacheSizeLimit = CacheBench.bytes(330);
        RepositoryPath formerly = bench.put("tzdata-1-1");
        RepositoryPath now = path(CORE + "tzdata-2-1-any.pkg.tar.zst");
        bench.put(now.toString(), 100);
        bench.put(now + ".sig", 10);
        bench.listed.add(now);
        bench.uses.used(now);
        bench.time.advance(Duration.ofMinutes(1));
        RepositoryPath other = bench.put("zlib-1-1");
        bench.uses.used(other);
        bench.time.advance(Duration.ofMinutes(1));
        bench.uses.used(formerly);
        bench.put("more-1-1");

        bench.swept();

        assertThat(bench.files())
                .as("the one that is not listed was used last, but is older than the listed one")
                .contains(now.toString(), formerly.toString())
                .doesNotContain(other.toString());
    }

    @Test
    void databasesAndHiddenFilesOfOthersStay() throws Exception {
        bench.versionsToKeep = 1;
        List<String> foreign = List.of(
                "core/os/x86_64/core.db",
                "core/os/x86_64/core.db.sig",
                "core/os/x86_64/core.files.tar.gz",
                "core/os/x86_64/.core.db.generation",
                "core/os/x86_64/.bash-1-1-x86_64.pkg.tar.zst.aBcDeF",
                "core/os/x86_64/empty.db",
                ".last-uses.new",
                ".snapshots/core/os/x86_64/bash-1-1-x86_64.pkg.tar.zst",
                ".snapshots/core/os/x86_64/bash-2-1-x86_64.pkg.tar.zst");
        foreign.forEach(file -> bench.put(file, file.contains("empty") ? 0 : 10));
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(1));
        bench.cacheSizeLimit = CacheBench.bytes(1);
        bench.time.advance(Duration.ofDays(1000));

        bench.swept();

        assertThat(bench.files()).containsExactlyInAnyOrderElementsOf(foreign);
    }

    @Test
    void linksAreVersionsButAreNotFollowed() throws Exception {
        bench.versionsToKeep = 1;
        Path outside = Files.createDirectories(folder.resolve("outside/x86_64"));
        for (int i = 1; i < 4; i++) {
            Files.writeString(outside.resolve("bash-" + i + "-1-x86_64.pkg.tar.zst"), "x");
        }
        Files.createDirectories(bench.root.resolve(CORE));
        Files.createSymbolicLink(bench.root.resolve("community"), outside.getParent());
        for (int i = 1; i < 4; i++) {
            String name = "bash-" + i + "-1-x86_64.pkg.tar.zst";
            Files.createSymbolicLink(bench.root.resolve(CORE + name), outside.resolve(name));
        }
        bench.cacheSizeLimit = CacheBench.bytes(0);

        SweepReport report = bench.swept();

        assertThat(bench.versions("bash")).containsExactly("3-1");
        assertThat(report.counts()).containsEntry(RemovalReason.OLD_VERSION, new RemovalCounts.Count(2, 0));
        try (var files = Files.list(outside)) {
            assertThat(files).hasSize(3);
        }
    }

    @Test
    void linkThatLeadsToNoFileIsNoVersion() throws Exception {
        bench.versionsToKeep = 1;
        bench.put("bash-1-1");
        for (String target : List.of("gone", ".", "bash-4-1-x86_64.pkg.tar.zst")) {
            int version = bench.files().size();
            Files.createSymbolicLink(
                    bench.root.resolve(CORE + "bash-" + version + "-1-x86_64.pkg.tar.zst"), Path.of(target));
        }
        Set<String> before = bench.files();

        bench.swept();

        assertThat(bench.files()).isEqualTo(before);
    }

    @Test
    void cacheMayLieBehindALink() throws Exception {
        bench.put("bash-1-1");
        bench.put("bash-2-1");
        Path link = Files.createSymbolicLink(folder.resolve("link"), bench.root);
        CacheBench linked = new CacheBench(link);
        linked.versionsToKeep = 1;

        linked.swept();

        assertThat(bench.versions("bash")).containsExactly("2-1");
    }

    // What a crash leaves.

    @Test
    void emptyFilesAreRemovedOnceNobodyCanBeWritingThem() {
        bench.put(CORE + BASH, 0);
        bench.put(CORE + BASH + ".sig", 0);
        bench.swept();
        assertThat(bench.files()).hasSize(2);

        bench.time.advance(Duration.ofSeconds(30));
        SweepReport report = bench.swept();

        assertThat(bench.files()).isEmpty();
        assertThat(report.counts()).containsEntry(RemovalReason.EMPTY, new RemovalCounts.Count(2, 0));
    }

    @Test
    void emptyFileIsNoVersion() {
        bench.versionsToKeep = 1;
        bench.put("bash-1-1");
        bench.put(CORE + "bash-2-1-x86_64.pkg.tar.zst", 0);

        bench.swept();

        assertThat(bench.versions("bash")).containsExactly("1-1", "2-1");
    }

    @Test
    void signatureWaitsAnHourForItsPackage() {
        bench.put(CORE + BASH + ".sig", 10);
        bench.time.advance(Duration.ofMinutes(59));
        bench.swept();
        assertThat(bench.files()).hasSize(1);

        bench.time.advance(Duration.ofMinutes(2));
        SweepReport report = bench.swept();

        assertThat(bench.files()).isEmpty();
        assertThat(report.counts()).containsEntry(RemovalReason.ORPHAN_SIGNATURE, new RemovalCounts.Count(1, 10));
    }

    @Test
    void leftoverOfADownloadIsKeptForAWeek() throws Exception {
        leftover(BASH);
        bench.put(CORE + BASH + ".sig", 10);
        bench.time.advance(Duration.ofDays(6));
        bench.swept();
        assertThat(bench.files()).hasSize(3);
        assertThat(bench.cache.leftover(path(CORE + BASH))).isPresent();

        bench.time.advance(Duration.ofDays(2));
        bench.swept();
        assertThat(bench.files()).containsExactly(CORE + BASH + ".sig");

        bench.swept();
        assertThat(bench.files()).isEmpty();
    }

    private void leftover(String name) throws IOException {
        try (PartFile part = bench.cache.create(path(CORE + name), new ContentHead(100, Instant.EPOCH))) {
            part.write(ByteBuffer.wrap(new byte[40]), 0);
        }
    }

    @Test
    void partThatCannotBeResumedIsRemoved() {
        bench.put(CORE + ".1234567.part", 10);
        bench.put(CORE + "." + BASH + ".part", 10);
        bench.put("iso/.archlinux.iso.part", 0);
        bench.put("iso/.archlinux.iso.head", 5);
        bench.put(CORE + ".zlib-1-1-x86_64.pkg.tar.zst.part", 10);
        bench.put(CORE + ".zlib-1-1-x86_64.pkg.tar.zst.head", 10);
        bench.put("zlib-1-1");
        bench.swept();
        assertThat(bench.files()).hasSize(8);

        bench.time.advance(Duration.ofMinutes(1));
        SweepReport report = bench.swept();

        assertThat(bench.files()).hasSize(2).allMatch(file -> file.contains("/zlib-1-1"));
        assertThat(report.counts()).containsEntry(RemovalReason.USELESS_PART, new RemovalCounts.Count(4, 45));
    }

    @Test
    void lastUseIsNotForgottenWithAUselessPart() {
        bench.uses.used(bench.put("zlib-1-1"));
        bench.put(CORE + ".zlib-1-1-x86_64.pkg.tar.zst.part", 10);
        bench.time.advance(Duration.ofMinutes(1));

        bench.swept();

        assertThat(bench.files()).hasSize(2);
        assertThat(bench.uses.size()).isEqualTo(1);
    }

    @Test
    void notesOfFilesThatAreNotThereAreRemoved() throws Exception {
        bench.put(CORE + "." + BASH + ".head", 10);
        Files.writeString(bench.put(CORE + ".gone-1-1-any.pkg.tar.zst.cfs", 0), "100\n");
        Files.writeString(bench.put(CORE + ".whole-1-1-any.pkg.tar.zst.cfs", 0), "100\n");
        bench.put(CORE + "whole-1-1-any.pkg.tar.zst", 100);
        bench.time.advance(Duration.ofMinutes(1));

        bench.swept();

        assertThat(bench.files())
                .containsExactlyInAnyOrder(CORE + ".whole-1-1-any.pkg.tar.zst.cfs", CORE + "whole-1-1-any.pkg.tar.zst");
    }

    @Test
    void partialFileOfFlexoIsALeftoverAndNoVersion() throws Exception {
        bench.versionsToKeep = 1;
        bench.put("bash-1-1");
        bench.put("bash-2-1");
        Files.writeString(bench.put(CORE + ".bash-2-1-x86_64.pkg.tar.zst.cfs", 0), "500\n");
        bench.time.advance(Duration.ofDays(6));
        bench.swept();
        assertThat(bench.versions("bash")).containsExactly("1-1", "2-1");

        bench.time.advance(Duration.ofDays(2));
        SweepReport report = bench.swept();

        assertThat(bench.versions("bash")).containsExactly("1-1");
        assertThat(report.counts()).containsEntry(RemovalReason.LEFTOVER, new RemovalCounts.Count(1, 104));
    }

    @Test
    void cacheThatIsNoDirectoryIsToldOnce() {
        Path file = bench.put("a-file", 1);
        RetentionSweep sweep = new CacheBench(file).sweep();

        List<String> lines = LogLines.of(RetentionSweep.class, Level.WARNING, () -> {
            sweep.sweep(List.of()).report();
            sweep.sweep(List.of()).report();
        });

        assertThat(lines).hasSize(1).allMatch(line -> line.contains("a-file cannot be read"));
    }

    @Test
    void fileThatCannotBeRemovedKeepsNoOtherFromGoing() throws Exception {
        bench.versionsToKeep = 1;
        List.of("bash-1-1", "bash-2-1", "zlib-1-1", "zlib-2-1").forEach(bench::put);
        // The one thing that root cannot remove either.
        Path stubborn = bench.root.resolve(CORE + "bash-1-1-x86_64.pkg.tar.zst.sig");
        bench.atClaim = paths -> replaceByDirectory(stubborn);
        RetentionSweep sweep = bench.sweep();

        List<String> lines = LogLines.of(
                RetentionSweep.class,
                Level.WARNING,
                () -> sweep.sweep(List.of()).report());

        assertThat(lines).hasSize(1).allMatch(line -> line.contains("core/os/x86_64 has files that cannot be removed"));
        assertThat(bench.versions("zlib")).containsExactly("2-1");
        assertThat(sweep.removed().sum()).isEqualTo(new RemovalCounts.Count(2, 220));
    }

    private static void replaceByDirectory(Path file) {
        try {
            if (Files.isRegularFile(file)) {
                Files.delete(file);
                Files.createDirectories(file.resolve("below"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void filesThatVanishAreNoErrors() {
        bench.versionsToKeep = 1;
        for (int i = 1; i < 6; i++) {
            bench.put("bash-" + i + "-1");
            bench.put("zlib-" + i + "-1");
        }
        CacheBench hasty = new CacheBench(bench.root);
        hasty.versionsToKeep = 1;
        // Somebody runs paccache while the sweep has looked, but not yet removed.
        bench.atClaim = paths -> hasty.swept();
        RetentionSweep sweep = bench.sweep();

        List<String> lines = LogLines.of(
                RetentionSweep.class,
                Level.WARNING,
                () -> sweep.sweep(List.of()).report());

        assertThat(lines).isEmpty();
        assertThat(bench.versions("bash")).containsExactly("5-1");
        assertThat(bench.versions("zlib")).containsExactly("5-1");
        assertThat(sweep.removed().sum().files()).isZero();
    }

    @Test
    void cacheThatDoesNotExistYetIsEmpty() {
        assertThat(bench.swept().files()).isZero();
        assertThat(bench.root).doesNotExist();
    }

    // Reports.

    @Test
    void dryRunTellsJustWhatWouldGo() throws Exception {
        bench.versionsToKeep = 2;
        bench.purgeUnusedAfter = Optional.of(Duration.ofDays(30));
        bench.cacheSizeLimit = CacheBench.bytes(500);
        bench.uses.used(bench.put("aged-1-1"));
        bench.time.advance(Duration.ofDays(40));
        bench.put(CORE + "empty-1-1-any.pkg.tar.zst", 0);
        for (int i = 1; i < 8; i++) {
            bench.uses.used(bench.put("bash-" + i + "-1"));
            bench.uses.used(bench.put("p" + i + "-1-1"));
            bench.time.advance(Duration.ofMinutes(1));
        }
        Set<String> before = bench.files();

        SweepReport dry = bench.sweep().dryRun();

        assertThat(bench.files()).isEqualTo(before);
        SweepReport real = bench.swept();
        assertThat(dry.dry()).isTrue();
        assertThat(real.dry()).isFalse();
        assertThat(real.removals()).isEmpty();
        assertThat(dry.counts()).isEqualTo(real.counts());
        assertThat(dry.files()).isEqualTo(real.files()).isEqualTo(bench.files().size());
        assertThat(dry.bytes()).isEqualTo(real.bytes()).isLessThanOrEqualTo(450);
        Set<String> gone = new TreeSet<>(before);
        gone.removeAll(bench.files());
        gone.removeIf(name -> name.endsWith(".sig"));
        assertThat(dry.removals())
                .extracting(removal -> removal.path().toString())
                .containsExactlyInAnyOrderElementsOf(gone);
        assertThat(dry.removals())
                .extracting(Removal::reason)
                .contains(
                        RemovalReason.OLD_VERSION, RemovalReason.UNUSED, RemovalReason.EMPTY, RemovalReason.CACHE_SIZE);
    }

    @Test
    void everyRemovalIsOneLineAndIsCounted() {
        bench.versionsToKeep = 1;
        List.of("bash-1-1", "bash-2-1", "bash-3-1").forEach(bench::put);
        RetentionSweep sweep = bench.sweep();

        List<String> lines = LogLines.of(
                RetentionSweep.class, Level.INFO, () -> sweep.sweep(List.of()).report());

        assertThat(lines)
                .containsExactly(
                        bench.root.resolve(CORE) + "/bash-1-1-x86_64.pkg.tar.zst: removed, since "
                                + RemovalReason.OLD_VERSION.text() + "; 110 bytes are free again",
                        bench.root.resolve(CORE) + "/bash-2-1-x86_64.pkg.tar.zst: removed, since "
                                + RemovalReason.OLD_VERSION.text() + "; 110 bytes are free again");
        assertThat(sweep.removed().sum()).isEqualTo(new RemovalCounts.Count(2, 220));
        assertThat(sweep.removed().all())
                .containsEntry(RemovalReason.OLD_VERSION, new RemovalCounts.Count(2, 220))
                .containsEntry(RemovalReason.UNUSED, new RemovalCounts.Count(0, 0))
                .hasSize(RemovalReason.values().length);
    }

    @Test
    void stoppedSweepRemovesNothingMore() {
        bench.versionsToKeep = 1;
        List.of("bash-1-1", "bash-2-1").forEach(bench::put);
        RetentionSweep sweep = bench.sweep();
        sweep.stop();

        SweepReport report = sweep.sweep(List.of()).report();

        assertThat(report.complete()).isFalse();
        assertThat(bench.versions("bash")).hasSize(2);
    }

    @Test
    void directoryWithMoreFilesThanAreHeldAtOnceIsSweptAsAWhole() throws IOException {
        bench.versionsToKeep = 1;
        int count = FileGroups.MOST_NAMES;
        Path directory = Files.createDirectories(bench.root.resolve(CORE));
        for (int i = 0; i < count; i++) {
            Files.writeString(directory.resolve("p" + i + "-1-1-any.pkg.tar.zst"), "x");
            Files.writeString(directory.resolve("p" + i + "-2-1-any.pkg.tar.zst"), "x");
        }
        bench.put(CORE + "below/bash-1-1-any.pkg.tar.zst", 1);
        bench.put(CORE + "below/bash-2-1-any.pkg.tar.zst", 1);
        Logger.getLogger(RetentionSweep.class.getName()).setLevel(Level.WARNING);

        try {
            SweepReport report = bench.swept();

            assertThat(report.counts())
                    .containsEntry(RemovalReason.OLD_VERSION, new RemovalCounts.Count(count + 1, count + 1));
            assertThat(bench.files()).hasSize(count + 1).allMatch(file -> file.contains("-2-1-"));
        } finally {
            Logger.getLogger(RetentionSweep.class.getName()).setLevel(null);
        }
    }
}
