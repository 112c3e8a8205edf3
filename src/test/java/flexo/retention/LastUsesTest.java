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
    void databasesAndSignaturesAreNotRecorded() {
        LastUses uses = started();
        for (String name : List.of("core/os/x86_64/core.db", "core/os/x86_64/core.db.sig", BASH + ".sig")) {
            uses.used(path(name));
        }
        assertThat(uses.size()).isZero();

        uses.used(path("iso/latest/arch.iso"));
        assertThat(uses.lastUse(path("iso/latest/arch.iso"))).contains(start);
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
            assertThat(files).containsExactly(root.resolve("last-uses"));
        }
    }

    @Test
    void nothingIsWrittenWhenNothingHasChanged() throws Exception {
        LastUses uses = started();
        uses.save();
        Files.delete(root.resolve("last-uses"));

        uses.save();

        assertThat(root.resolve("last-uses")).doesNotExist();
    }

    @Test
    void tornStateIsAsIfThereHadBeenNone() throws Exception {
        LastUses before = started();
        before.used(BASH);
        before.used(ZLIB);
        before.save();
        Path file = root.resolve("last-uses");
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
    void whatTheClockIsSetToMakesNothingOlderOrYounger() {
        LastUses earlier = started();
        earlier.used(ZLIB);
        earlier.save();
        time.advance(Duration.ofDays(1));
        LastUses uses = started();
        uses.used(BASH);
        for (int years : List.of(10, -10, -30, 30)) {
            time.set(time.instant().plus(Duration.ofDays(365L * years)));
            time.advance(Duration.ofHours(1));
            assertThat(uses.recordedSince()).isEqualTo(start);
        }

        assertThat(age(uses, ZLIB)).isEqualTo(Duration.ofHours(28));
        assertThat(age(uses, BASH)).isEqualTo(Duration.ofHours(4));
    }

    @Test
    void usesOfAWrongClockDoNotLastForYears() {
        LastUses uses = started();
        time.set(start.plus(Duration.ofDays(3650)));
        uses.used(BASH);
        uses.save();
        time.set(start);

        LastUses after = started();
        time.advance(Duration.ofDays(2));

        assertThat(age(after, BASH)).isEqualTo(Duration.ofDays(2));
    }

    /** As without a battery: each start is at the same moment, and only minutes later somebody tells the time. */
    @Test
    void machineWithoutAClockForgetsNothingHoweverOftenItStarts() {
        LastUses first = started();
        first.used(ZLIB);
        first.save();
        Instant real = start;
        for (int i = 0; i < 5; i++) {
            real = real.plus(Duration.ofDays(3));
            time.set(Instant.EPOCH.plusSeconds(5));
            LastUses uses = started();
            time.advance(Duration.ofMinutes(1));
            uses.save();
            if (i % 2 == 0) {
                uses.used(BASH);
                uses.save();
                time.set(real);
                assertThat(age(uses, BASH)).isZero();
                uses.save();
            }
        }

        LastUses last = started();
        assertThat(age(last, ZLIB)).isEqualTo(Duration.ofMinutes(5));
        assertThat(age(last, BASH)).isZero();
        assertThat(last.onTheClock(last.lastUse(BASH).orElseThrow())).isEqualTo(real);
    }

    @Test
    void timeThatReallyPassesCountsThoughNothingRuns() {
        LastUses uses = started();
        uses.used(BASH);
        uses.save();
        time.advance(Duration.ofDays(60));
        assertThat(age(uses, BASH)).isEqualTo(Duration.ofDays(60));

        time.set(time.instant().plus(Duration.ofDays(100)));
        assertThat(age(started(), BASH)).isEqualTo(Duration.ofDays(160));
    }

    @Test
    void clockThatIsYearsAheadAtTheStartIsNotBelieved() {
        LastUses uses = started();
        uses.used(BASH);
        uses.save();
        time.set(start.plus(Duration.ofDays(3650)));
        LastUses after = started();
        assertThat(age(after, BASH)).isZero();

        time.set(start);
        time.advance(Duration.ofMinutes(1));
        assertThat(age(after, BASH)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void suspendedNightCountsAndALittleStepBackDoesNot() {
        LastUses uses = started();
        uses.used(BASH);
        time.set(start.plus(Duration.ofHours(10)));
        assertThat(age(uses, BASH)).isEqualTo(Duration.ofHours(10));
        time.set(time.instant().minusSeconds(30));
        assertThat(age(uses, BASH)).isEqualTo(Duration.ofHours(10));
    }

    @Test
    void filesAreAsOldAsTheyWereHoweverTheClockIsSet() {
        LastUses uses = started();
        Instant file = start.minus(Duration.ofDays(3));
        assertThat(since(uses, file)).isEqualTo(Duration.ofDays(3));

        time.set(start.plus(Duration.ofDays(3650)));
        assertThat(since(uses, file)).isEqualTo(Duration.ofDays(3));
        Instant while10YearsAhead = time.instant();
        time.advance(Duration.ofHours(1));
        assertThat(since(uses, while10YearsAhead)).isEqualTo(Duration.ofHours(1));

        time.set(start.plus(Duration.ofHours(1)));
        assertThat(since(uses, file)).isEqualTo(Duration.ofDays(3).plusHours(1));
        assertThat(since(uses, while10YearsAhead)).isEqualTo(Duration.ofHours(1));
        assertThat(since(uses, time.instant().plusSeconds(2)))
                .as("a file server's clock")
                .isZero();
    }

    @Test
    void fileWhoseTimeNobodyCanExplainIsInTheFuture() {
        assertThat(since(started(), start.plus(Duration.ofDays(3650)))).isNegative();
    }

    @Test
    void ageAtAMomentIsTheSameHoweverLateItIsAskedFor() {
        LastUses uses = started();
        Instant moment = uses.now();
        Instant justBefore = start.minusSeconds(1);
        Instant aLittleAhead = start.plusSeconds(3);

        time.advance(Duration.ofSeconds(5));

        assertThat(uses.since(justBefore, moment)).isEqualTo(Duration.ofSeconds(1));
        assertThat(uses.since(aLittleAhead, moment)).isZero();
    }

    private static Duration since(LastUses uses, Instant file) {
        return uses.since(file, uses.now());
    }

    private static Duration age(LastUses uses, RepositoryPath path) {
        return Duration.between(uses.lastUse(path).orElseThrow(), uses.now());
    }

    @Test
    void leastRecentlyUsedAreForgottenWhenThereAreTooMany() {
        LastUses uses = started();
        uses.used(numbered(0));
        uses.used(numbered(1));
        uses.used(numbered(0));
        for (int i = 2; i <= LastUses.MOST_FILES; i++) {
            uses.used(numbered(i));
        }

        assertThat(uses.size()).isEqualTo(LastUses.MOST_FILES);
        assertThat(uses.lastUse(numbered(1))).isEmpty();
        assertThat(uses.lastUse(numbered(0))).isPresent();
        assertThat(uses.lastUse(numbered(LastUses.MOST_FILES))).isPresent();
        uses.save();
        LastUses after = started();
        assertThat(after.size()).isEqualTo(LastUses.MOST_FILES);
        after.used(BASH);
        assertThat(after.lastUse(numbered(0))).as("their order survives, too").isEmpty();
    }

    @Test
    void similarPathsHaveDifferentKeys() {
        List<String> paths = List.of("a", "b", "ab", "ba", "a/b", "b/a", "core/a-1", "core/a-2");

        assertThat(paths.stream().map(name -> LastUses.key(path(name))))
                .doesNotHaveDuplicates()
                .doesNotContain(0L);
    }

    private static RepositoryPath numbered(int i) {
        return path("extra/os/x86_64/package-" + i + "-1-x86_64.pkg.tar.zst");
    }

    private LastUses started() {
        LastUses uses = new LastUses(root, time, time::nanoTime);
        uses.load();
        return uses;
    }
}
