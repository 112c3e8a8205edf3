package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.MirrorCriteria.Order;
import flexo.testing.LogLines;
import flexo.testing.SteppedTimer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorRefreshTest {

    private static final Mirror A = Mirror.of("https://a.example/");
    private static final Mirror B = Mirror.of("https://b.example/");
    private static final Mirror GIVEN = Mirror.of("https://given.example/");
    private static final Mirror PROVISIONAL = Mirror.of("https://provisional.example/");
    private static final Duration FULL_TEST_AFTER = Duration.ofDays(8);

    @TempDir
    Path directory;

    private final TestClock clock = new TestClock();
    private final SteppedTimer timer = new SteppedTimer();
    private final FakeMirrors mirrors = new FakeMirrors();
    private final RankedMirrors ranked = new RankedMirrors(new MirrorHealth(clock), FileSizes.unknown(), clock);
    private final Deque<CompletionStage<List<MirrorStatus>>> documents = new ArrayDeque<>();
    private int fetched;
    private Set<Mirror> blacklist = Set.of();

    @Test
    void predefinedMirrorsAreUsedUntilTheTestHasEnded() {
        CompletableFuture<List<MirrorStatus>> document = new CompletableFuture<>();
        documents.add(document);
        mirrors.good(A, 30);
        start(List.of(GIVEN));

        assertThat(first()).contains(GIVEN);
        document.complete(List.of(status(A, "DE")));
        assertThat(first()).contains(GIVEN);
        play();

        assertThat(first()).contains(A);
    }

    @Test
    void provisionalMirrorIsUsedWhenThereIsNothingElse() {
        documents.add(unavailable());

        start(List.of());
        play();

        assertThat(first()).contains(PROVISIONAL);
    }

    @Test
    void withoutInternetItIsSaidWhatToDoAndWhenItIsTriedAgain() {
        documents.add(unavailable());
        documents.add(unavailable());

        assertThat(told(() -> {
                    start(List.of());
                    play();
                }))
                .containsExactly(
                        "The mirror status document could not be fetched: archlinux.org: status 503. No mirror passed the"
                                + " test; the mirrors in use stay. The next test is in a minute. If the internet is reached by a proxy,"
                                + " set https_proxy to it; without internet, set mirrors_predefined to the mirrors to use.");
        assertThat(told(() -> timer.advance(Duration.ofMinutes(1))))
                .containsExactly(
                        "The mirror status document could not be fetched: archlinux.org: status 503. No mirror passed the"
                                + " test; the mirrors in use stay. The next test is in 2 minutes.");
    }

    private static List<String> told(Runnable work) {
        return LogLines.of(MirrorRefresh.class, Level.WARNING, work);
    }

    @Test
    void provisionalMirrorIsUsedWhenAllOthersAreBlacklisted() {
        documents.add(unavailable());
        blacklist = Set.of(GIVEN);

        start(List.of(GIVEN));

        assertThat(first()).contains(PROVISIONAL);
    }

    @Test
    void mirrorlistIsUsedWhenEveryPredefinedMirrorIsBlacklisted() throws Exception {
        documents.add(unavailable());
        blacklist = Set.of(GIVEN);
        Files.writeString(
                directory.resolve("mirrorlist"),
                Mirrorlist.of(List.of(GIVEN, B)).print());

        start(List.of(GIVEN));

        assertThat(first()).contains(B);
    }

    @Test
    void mirrorlistOfLastTimeIsUsedWhenNothingIsPredefined() throws Exception {
        documents.add(unavailable());
        Files.writeString(
                directory.resolve("mirrorlist"), Mirrorlist.of(List.of(B, A)).print());

        start(List.of());

        assertThat(first()).contains(B);
    }

    @Test
    void storedResultsAreUsedAtOnceAndAFollowUpTestComesAfterThem() throws Exception {
        store(results(A, "DE"));
        documents.add(available(status(A, "DE"), status(B, "SE")));
        mirrors.good(A, 30).good(B, 10);

        start(List.of(GIVEN));
        assertThat(first()).contains(A);
        play();

        assertThat(mirrors.asked()).containsOnly(A);
        assertThat(first()).contains(A);
    }

    @Test
    void oldStoredResultsAreUsedAndReplacedByAFullTest() throws Exception {
        store(results(A, "DE"));
        clock.advance(FULL_TEST_AFTER.plusSeconds(1));
        documents.add(available(status(A, "DE"), status(B, "SE")));
        mirrors.good(A, 30).good(B, 10);

        start(List.of());
        assertThat(first()).contains(A);
        play();

        assertThat(mirrors.asked()).contains(A, B);
        assertThat(first()).contains(B);
    }

    @Test
    void withoutADocumentTheMirrorsOfTheStoredResultsAreTestedAgain() throws Exception {
        store(new MirrorTestResults(clock.instant(), List.of(result(A, "DE", 1), result(B, "SE", 2))));
        documents.add(unavailable());
        mirrors.silent(A).good(B, 10);

        start(List.of());
        play();

        assertThat(first()).contains(B);
        assertThat(stored().mirrors()).extracting(MirrorTestResult::mirror).containsExactly(B);
    }

    @Test
    void testThatNobodyPassesChangesNothing() throws Exception {
        store(results(A, "DE"));
        documents.add(available(status(A, "DE")));
        mirrors.silent(A);

        start(List.of());
        play();

        assertThat(first()).contains(A);
        assertThat(stored()).isEqualTo(results(A, "DE"));
    }

    @Test
    void followUpTestDoesNotPutOffTheNextFullTest() throws Exception {
        store(results(A, "DE"));
        clock.advance(Duration.ofDays(3));
        documents.add(available(status(A, "DE")));
        mirrors.good(A, 10);

        start(List.of());
        play();

        assertThat(timer.delays()).containsExactly(Duration.ofDays(5));
        assertThat(stored().tested()).isEqualTo(results(A, "DE").tested().minus(Duration.ofDays(3)));
    }

    @Test
    void nextFullTestComesWhenTheResultsAreOld() {
        documents.add(available(status(A, "DE")));
        documents.add(available(status(B, "SE")));
        mirrors.good(A, 10).good(B, 10);
        start(List.of());
        play();
        assertThat(first()).contains(A);

        pass(FULL_TEST_AFTER);

        assertThat(fetched).isEqualTo(2);
        assertThat(first()).contains(B);
    }

    @Test
    void testThatFoundNothingIsRepeatedAfterAGrowingTime() {
        for (int i = 0; i < 10; i++) {
            documents.add(unavailable());
        }
        start(List.of());
        play();

        Duration expected = Duration.ofMinutes(1);
        for (int i = 0; i < 9; i++) {
            assertThat(timer.delays()).containsExactly(expected);
            pass(expected);
            expected = expected.multipliedBy(2).compareTo(Duration.ofHours(1)) > 0
                    ? Duration.ofHours(1)
                    : expected.multipliedBy(2);
        }
        assertThat(fetched).isEqualTo(10);
    }

    @Test
    void lineThatComesBackIsNoticedWithoutARestart() {
        documents.add(unavailable());
        documents.add(available(status(A, "DE")));
        mirrors.good(A, 10);
        start(List.of());
        play();
        assertThat(first()).contains(PROVISIONAL);

        pass(Duration.ofMinutes(1));

        assertThat(first()).contains(A);
        assertThat(timer.delays()).containsExactly(FULL_TEST_AFTER);
    }

    @Test
    void blacklistedMirrorsOfTheStoredResultsAreNotUsed() throws Exception {
        store(new MirrorTestResults(clock.instant(), List.of(result(A, "DE", 1), result(B, "SE", 2))));
        documents.add(unavailable());
        mirrors.good(B, 10);
        blacklist = Set.of(A);

        start(List.of());
        assertThat(first()).contains(B);
        play();

        assertThat(mirrors.asked()).containsOnly(B);
    }

    @Test
    void whatWasLearnedIsStoredAtTheEnd() throws Exception {
        documents.add(available(status(A, "DE")));
        mirrors.good(A, 10);
        MirrorRefresh refresh = start(List.of());
        play();
        MirrorLease lease = ranked.next(TestPaths.path("core/os/x86_64/a-1-1-any.pkg.tar.zst"), Set.of())
                .orElseThrow();
        lease.delivered(10_000_000, Duration.ofSeconds(2));
        lease.close();

        refresh.stop();

        assertThat(stored().mirrors())
                .extracting(MirrorTestResult::bytesPerSecond)
                .containsExactly(5_000_000L);
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void storedSpeedIsKnownAfterARestart() throws Exception {
        store(new MirrorTestResults(
                clock.instant(), List.of(result(A, "DE", 1).learned(3_000_000, 2), result(B, "SE", 2))));
        documents.add(unavailable());
        mirrors.good(A, 10).good(B, 20);

        start(List.of());

        assertThat(ranked.ratesOfOthers(TestPaths.path("core/os/x86_64/core.db"), B))
                .containsExactly(3_000_000.0);
    }

    @Test
    void testThatEndsAfterTheStopIsNotScheduledAgain() {
        CompletableFuture<List<MirrorStatus>> document = new CompletableFuture<>();
        documents.add(document);
        mirrors.good(A, 10);
        MirrorRefresh refresh = start(List.of());

        refresh.stop();
        document.complete(List.of(status(A, "DE")));
        play();

        assertThat(timer.delays()).isEmpty();
        assertThat(directory.resolve("results.json")).doesNotExist();
    }

    private MirrorRefresh start(List<Mirror> predefined) {
        StatusDocuments source = () -> {
            fetched++;
            return documents.remove();
        };
        MirrorRefresh refresh = new MirrorRefresh(
                ranked,
                source,
                new MirrorSearch(mirrors, MirrorTest.Plan.USUAL, new Random(1), clock),
                new MirrorCriteria(true, true, false, 2.5, Set.of(), blacklist, 8, Order.SORT, Duration.ofMillis(350)),
                storedMirrors(),
                new MirrorRefresh.Schedule(FULL_TEST_AFTER, timer, timer),
                clock);
        refresh.start(predefined, PROVISIONAL);
        return refresh;
    }

    /** Lets mirrors answer and the storage executor work until nothing is left to do. */
    private void play() {
        mirrors.runAll();
        timer.runAll();
        mirrors.runAll();
        timer.runAll();
    }

    private void pass(Duration time) {
        clock.advance(time);
        timer.advance(time);
        play();
    }

    private Optional<Mirror> first() {
        Optional<MirrorLease> lease =
                ranked.next(TestPaths.path("core/os/x86_64/zlib-1-1-x86_64.pkg.tar.zst"), Set.of());
        lease.ifPresent(MirrorLease::close);
        return lease.map(MirrorLease::mirror);
    }

    private StoredMirrors storedMirrors() {
        return new StoredMirrors(directory.resolve("results.json"), directory.resolve("mirrorlist"));
    }

    private void store(MirrorTestResults results) throws IOException {
        Files.writeString(directory.resolve("results.json"), MirrorTestResultsJson.print(results));
    }

    private MirrorTestResults stored() {
        return storedMirrors().results().orElseThrow();
    }

    private MirrorTestResults results(Mirror mirror, String country) {
        return new MirrorTestResults(clock.instant(), List.of(result(mirror, country, 1)));
    }

    private static MirrorTestResult result(Mirror mirror, String country, int millis) {
        return MirrorTestResult.measured(new MirrorCandidate(mirror, country), Duration.ofMillis(millis), null);
    }

    private static CompletionStage<List<MirrorStatus>> unavailable() {
        return CompletableFuture.failedStage(new IOException("archlinux.org: status 503"));
    }

    private static CompletionStage<List<MirrorStatus>> available(MirrorStatus... statuses) {
        return CompletableFuture.completedStage(List.of(statuses));
    }

    private MirrorStatus status(Mirror mirror, String country) {
        return new MirrorStatus(
                mirror.base().toString(),
                "https",
                true,
                clock.instant(),
                1.0,
                Duration.ZERO,
                0.1,
                0.1,
                1.0,
                country,
                true,
                true);
    }
}
