package flexo.retention;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastUsesTest {
    private static final RepositoryPath BASH = path("core/os/x86_64/bash-5.2-1-x86_64.pkg.tar.zst");
    private static final RepositoryPath ZLIB = path("core/os/x86_64/zlib-1:1.3-1-x86_64.pkg.tar.zst");

    @TempDir
    private Path root;

    private final TestTime time = new TestTime();
    private final Instant start = time.instant();

    @Test
    void lastOfSeveralUsesCounts() {
        LastUses uses = started();
        uses.used(BASH);
        time.advance(Duration.ofDays(2));
        uses.used(BASH);

        assertThat(uses.lastUse(BASH)).contains(start.plus(Duration.ofDays(2)));
        assertThat(uses.lastUse(ZLIB)).isEmpty();
        assertThat(uses.size()).isEqualTo(1);
    }

    @Test
    void inheritedUseCountsUntilAClientUsesTheFileItself() {
        LastUses uses = started();
        uses.inherit(BASH, start.minus(Duration.ofDays(9)));
        assertThat(uses.lastUse(BASH)).contains(start.minus(Duration.ofDays(9)));

        uses.used(BASH);
        uses.inherit(BASH, start.minus(Duration.ofDays(9)));

        assertThat(uses.lastUse(BASH)).contains(start);
    }

    @Test
    void onlyPackagesAreRecorded() {
        LastUses uses = started();
        for (String name : List.of("core/os/x86_64/core.db", BASH + ".sig", "lastsync", "iso/latest/arch.iso")) {
            uses.used(path(name));
        }

        assertThat(uses.size()).isZero();
    }

    @Test
    void usesSurviveARestart() {
        LastUses before = started();
        before.used(BASH);
        before.save();
        time.advance(Duration.ofDays(40));

        LastUses after = started();

        assertThat(after.lastUse(BASH)).contains(start);
        assertThat(after.recordedSince()).isEqualTo(start);
    }

    @Test
    void momentSinceWhichUsesAreRecordedSurvivesThoughNothingWasUsed() {
        started().save();
        time.advance(Duration.ofDays(40));

        assertThat(started().recordedSince()).isEqualTo(start);
    }

    @Test
    void useBeforeTheStateIsReadIsNotLost() {
        LastUses before = started();
        before.used(BASH);
        before.used(ZLIB);
        before.save();
        time.advance(Duration.ofDays(1));

        LastUses after = new LastUses(root, time, time::nanoTime);
        after.used(BASH);
        after.load();

        assertThat(after.lastUse(BASH)).contains(start.plus(Duration.ofDays(1)));
        assertThat(after.lastUse(ZLIB)).contains(start);
    }

    @Test
    void forgottenFileStaysForgotten() {
        LastUses before = started();
        before.used(BASH);
        before.used(ZLIB);
        before.save();
        before.forget(BASH);
        before.save();

        LastUses after = started();

        assertThat(after.lastUse(BASH)).isEmpty();
        assertThat(after.lastUse(ZLIB)).isPresent();
        assertThat(after.size()).isEqualTo(1);
    }

    @Test
    void stateIsOneHiddenFile() throws Exception {
        LastUses uses = started();
        uses.used(BASH);
        uses.save();

        try (Stream<Path> files = Files.list(root)) {
            assertThat(files).containsExactly(root.resolve(".last-uses"));
        }
    }

    @Test
    void nothingIsWrittenWhenNothingHasChanged() throws Exception {
        LastUses uses = started();
        uses.save();
        Files.delete(root.resolve(".last-uses"));

        uses.save();

        assertThat(root.resolve(".last-uses")).doesNotExist();
    }

    @Test
    void tornStateIsAsIfThereHadBeenNone() throws Exception {
        LastUses before = started();
        before.used(BASH);
        before.used(ZLIB);
        before.save();
        Path file = root.resolve(".last-uses");
        byte[] whole = Files.readAllBytes(file);
        time.advance(Duration.ofDays(1));
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(started().size())
                    .as("%s of %s bytes", length, whole.length)
                    .isZero();
        }
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(file, damaged);
            LastUses after = started();
            assertThat(after.size()).as("byte %s damaged", at).isZero();
            assertThat(after.recordedSince()).isEqualTo(start.plus(Duration.ofDays(1)));
        }
    }

    @Test
    void whatCannotBeSavedIsSavedLater() throws Exception {
        Path blocked = root.resolve("blocked");
        Files.writeString(blocked, "a file where a directory should be");
        LastUses uses = new LastUses(blocked, time, time::nanoTime);
        uses.used(BASH);
        uses.save();
        Files.delete(blocked);
        uses.save();

        LastUses after = new LastUses(blocked, time, time::nanoTime);
        after.load();
        assertThat(after.lastUse(BASH)).isPresent();
    }

    @Test
    void timesInTheFutureBecomeThePresent() {
        LastUses uses = started();
        time.set(start.plus(Duration.ofDays(2)));
        uses.used(BASH);
        time.set(start.minus(Duration.ofDays(1)));

        Instant now = uses.settle();

        assertThat(now).isEqualTo(start.minus(Duration.ofDays(1)));
        assertThat(uses.lastUse(BASH)).contains(now);
        assertThat(uses.recordedSince()).isEqualTo(now);
    }

    @Test
    void whatWasUsedBeforeTheClockWasSetAheadIsNotOld() {
        LastUses earlier = started();
        earlier.used(ZLIB);
        earlier.save();
        time.advance(Duration.ofDays(1));
        LastUses uses = started();
        uses.used(BASH);
        time.advance(Duration.ofHours(1));
        Duration jump = Duration.ofDays(3650);
        time.set(time.instant().plus(jump));

        uses.settle();

        assertThat(uses.lastUse(BASH)).contains(start.plus(Duration.ofDays(1)).plus(jump));
        assertThat(uses.lastUse(ZLIB)).as("recorded while the clock was right").contains(start);
        time.advance(Duration.ofDays(2));
        uses.used(BASH);
        assertThat(uses.settle()).isEqualTo(time.instant());
        assertThat(uses.lastUse(BASH)).contains(time.instant());
    }

    @Test
    void clockThatOnlyLearnsTheTimeAfterTheStartSpoilsNothing() {
        LastUses earlier = started();
        earlier.used(ZLIB);
        earlier.save();
        time.set(Instant.EPOCH);
        LastUses uses = started();
        uses.settle();
        uses.used(BASH);
        Instant real = start.plus(Duration.ofDays(100));
        time.set(real);
        uses.settle();

        assertThat(uses.lastUse(BASH).orElseThrow()).isBetween(real.minusSeconds(120), real);
        assertThat(uses.lastUse(ZLIB).orElseThrow()).isBeforeOrEqualTo(real);
    }

    @Test
    void timeThatReallyPassesIsNoJump() {
        LastUses uses = started();
        uses.used(BASH);
        time.advance(Duration.ofDays(60));
        uses.settle();

        assertThat(uses.lastUse(BASH)).contains(start);
    }

    @Test
    void hundredsOfThousandsOfFilesAreTold() {
        UseTable table = new UseTable();
        for (int i = 0; i < 300_000; i++) {
            table.put(key(i), 1 + i);
        }
        for (int i = 0; i < 300_000; i += 3) {
            table.remove(key(i));
        }
        for (int i = 0; i < 300_000; i++) {
            assertThat(table.get(key(i))).isEqualTo(i % 3 == 0 ? 0 : 1 + i);
        }
        assertThat(table.size()).isEqualTo(200_000);
        int[] seen = new int[1];
        table.copy().forEach((key, minute) -> seen[0]++);
        assertThat(seen[0]).isEqualTo(200_000);
    }

    @Test
    void leastRecentlyUsedAreForgottenWhenThereAreTooMany() {
        UseTable table = new UseTable();
        int all = 1_000_000;
        for (int i = 0; i < all; i++) {
            table.put(key(i), 1 + i);
        }
        assertThat(table.size()).isLessThan(800_000);
        for (int i = all - 300_000; i < all; i++) {
            assertThat(table.get(key(i))).isEqualTo(1 + i);
        }
        for (int i = 0; i < 100_000; i++) {
            assertThat(table.get(key(i))).isZero();
        }
    }

    @Test
    void filesThatComeAndGoDoNotFillTheTable() {
        UseTable table = new UseTable();
        for (int i = 0; i < 100_000; i++) {
            table.put(key(i), 1);
            table.remove(key(i));
            table.put(key(i), 2);
            table.remove(key(i));
        }
        assertThat(table.size()).isZero();
        assertThat(table.get(key(5))).isZero();
    }

    @Test
    void similarPathsHaveDifferentKeys() {
        List<String> paths = List.of("a", "b", "ab", "ba", "a/b", "b/a", "", "core/a-1", "core/a-2");

        assertThat(paths.stream().map(UseTable::key)).doesNotHaveDuplicates().doesNotContain(0L);
    }

    private static long key(int i) {
        return UseTable.key("extra/os/x86_64/package-" + i + "-1-x86_64.pkg.tar.zst");
    }

    private LastUses started() {
        LastUses uses = new LastUses(root, time, time::nanoTime);
        uses.load();
        return uses;
    }
}
