package flexo.mirror;

import static flexo.mirror.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RankedMirrorsTest {

    private static final RepositoryPath PACKAGE = path("extra/os/x86_64/vim-1-1-x86_64.pkg.tar.zst");
    private static final RepositoryPath LARGE = path("extra/os/x86_64/game-data-1-1-x86_64.pkg.tar.zst");
    private static final RepositoryPath DATABASE = path("core/os/x86_64/core.db");
    private static final RepositoryPath OTHER_DATABASE = path("extra/os/x86_64/extra.db");
    private static final Mirror A = Mirror.of("https://a.example/");
    private static final Mirror B = Mirror.of("https://b.example/");
    private static final Mirror C = Mirror.of("https://c.example/");
    private static final long MIB = 1 << 20;

    private final TestClock clock = new TestClock();
    private final MirrorHealth health = new MirrorHealth(clock);
    private final RankedMirrors mirrors = new RankedMirrors(
            health, path -> path.equals(LARGE) ? OptionalLong.of(500 * MIB) : OptionalLong.empty(), clock);
    private final LogLines log = new LogLines();

    @BeforeEach
    void listen() {
        Logger.getLogger(RankedMirrors.class.getName()).addHandler(log);
    }

    @AfterEach
    void stopListening() {
        Logger.getLogger(RankedMirrors.class.getName()).removeHandler(log);
    }

    @Test
    void withoutMirrorsThereIsNone() {
        assertThat(mirrors.next(PACKAGE, Set.of())).isEmpty();
    }

    @Test
    void fiveParallelDownloadsUseFiveMirrors() {
        measured(5);

        List<MirrorLease> leases = IntStream.range(0, 5)
                .mapToObj(i -> mirrors.next(PACKAGE, Set.of()).orElseThrow())
                .toList();

        assertThat(leases).extracting(MirrorLease::mirror).doesNotHaveDuplicates();
    }

    @Test
    void downloadsOfManyThreadsSpreadEvenly() throws Exception {
        measured(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Mirror>> downloads = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                downloads.add(
                        () -> mirrors.next(PACKAGE, Set.of()).orElseThrow().mirror());
            }
            List<Mirror> chosen = new ArrayList<>();
            for (Future<Mirror> mirror : threads.invokeAll(downloads)) {
                chosen.add(mirror.get());
            }

            Set<Mirror> each = new HashSet<>(chosen);
            assertThat(each)
                    .hasSize(8)
                    .allSatisfy(mirror ->
                            assertThat(chosen).filteredOn(mirror::equals).hasSize(8));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aMirrorGivenBackIsFreeAgainHoweverOftenItIsGivenBack() {
        measured(A, 10, B, 20);
        MirrorLease first = mirrors.next(PACKAGE, Set.of()).orElseThrow();
        assertThat(chosen(PACKAGE)).isEqualTo(B);

        first.close();
        first.close();

        assertThat(health.use(A).inUse()).isZero();
        assertThat(chosen(PACKAGE)).isEqualTo(A);
    }

    @Test
    void speedLearnedFromUseDecidesAboutLargeFiles() {
        measured(A, 10, B, 20);
        deliver(A, 100 * MIB, Duration.ofSeconds(1000));
        deliver(B, 100 * MIB, Duration.ofSeconds(10));

        assertThat(chosen(LARGE)).isEqualTo(B);
    }

    @Test
    void mirrorsAlreadyTriedAreNotGivenAgain() {
        measured(A, 10, B, 20);

        assertThat(chosen(PACKAGE, A)).isEqualTo(B);
        assertThat(mirrors.next(PACKAGE, Set.of(A, B))).isEmpty();
    }

    @Test
    void theNewRankingHoldsAtOnceAndRunningTransfersAreNotDisturbed() {
        measured(A, 10, B, 20);
        MirrorLease running = mirrors.next(PACKAGE, Set.of()).orElseThrow();

        measured(C, 10);

        assertThat(chosen(PACKAGE)).isEqualTo(C);
        running.delivered(MIB, Duration.ofSeconds(1));
        running.close();
        assertThat(health.use(A).bytesPerSecond()).isEqualTo(MIB);
        assertThat(health.use(A).inUse()).isZero();
    }

    @Test
    void deadFirstMirrorsAreSkippedNextTimeAndTriedOnceTheirRestIsOver() {
        mirrors.useInOrder(List.of(A, B, C));
        fail(PACKAGE, A, MirrorFailure.UNREACHABLE);
        fail(PACKAGE, B, MirrorFailure.STALLED, A);
        assertThat(chosen(PACKAGE)).isEqualTo(C);

        clock.advance(CircuitBreaker.FIRST_REST);

        MirrorLease trial = mirrors.next(PACKAGE, Set.of()).orElseThrow();
        assertThat(trial.mirror()).isEqualTo(A);
        MirrorLease secondTrial = mirrors.next(PACKAGE, Set.of()).orElseThrow();
        assertThat(secondTrial.mirror()).isEqualTo(B);
        assertThat(chosen(PACKAGE)).isEqualTo(C);
        trial.delivered(MIB, Duration.ofSeconds(1));
        trial.close();
        assertThat(chosen(PACKAGE)).isEqualTo(A);
    }

    @Test
    void aTrialWhoseClientLeftIsMadeUpForByTheNextRequest() {
        mirrors.useInOrder(List.of(A, B));
        fail(PACKAGE, A, MirrorFailure.UNREACHABLE);
        clock.advance(CircuitBreaker.FIRST_REST);

        mirrors.next(PACKAGE, Set.of()).orElseThrow().close();

        assertThat(chosen(PACKAGE)).isEqualTo(A);
    }

    @Test
    void sixDownloadsAtOnceSpreadOverTheMirrorsThatWereGiven() {
        mirrors.useInOrder(List.of(A, B, C));

        List<Mirror> chosen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            chosen.add(mirrors.next(PACKAGE, Set.of()).orElseThrow().mirror());
        }

        assertThat(chosen).containsExactly(A, B, C, A, B, C);
    }

    @Test
    void aStrictOrderIsKeptHoweverBusyTheFirstMirrorIs() {
        mirrors.order(MirrorsOrder.STRICT);
        mirrors.useInOrder(List.of(A, B, A));

        assertThat(mirrors.next(PACKAGE, Set.of()).orElseThrow().mirror()).isEqualTo(A);
        assertThat(mirrors.next(PACKAGE, Set.of()).orElseThrow().mirror()).isEqualTo(A);
    }

    private Optional<Mirror> idle(Mirror... excluded) {
        return mirrors.idle(PACKAGE, Set.of(excluded)).map(lease -> {
            lease.close();
            return lease.mirror();
        });
    }

    @Test
    void aPartIsFetchedByAMirrorThatIsNotInUse() {
        mirrors.useInOrder(List.of(A, B, C));
        MirrorLease whole = mirrors.next(PACKAGE, Set.of()).orElseThrow();

        assertThat(idle()).contains(B);
        assertThat(idle(B)).contains(C);
        assertThat(idle(B, C)).isEmpty();
        whole.close();
        assertThat(idle(B, C)).contains(A);
    }

    @Test
    void aPartIsFetchedByAHealthyMirrorThatHasTheFile() {
        mirrors.useInOrder(List.of(A, B, C));
        fail(PACKAGE, A, MirrorFailure.UNREACHABLE);
        fail(PACKAGE, B, MirrorFailure.NOT_FOUND);

        assertThat(idle()).contains(C);
        assertThat(idle(C)).isEmpty();
    }

    @Test
    void inStrictOrderNoOtherMirrorFetchesAPart() {
        mirrors.order(MirrorsOrder.STRICT);
        mirrors.useInOrder(List.of(A, B));

        assertThat(idle()).isEmpty();
    }

    @Test
    void mirrorsLeftAloneAreTheLastResortOfADownload() {
        mirrors.useInOrder(List.of(A, B));
        fail(PACKAGE, A, MirrorFailure.UNREACHABLE);

        assertThat(chosen(PACKAGE, B)).isEqualTo(A);
    }

    @Test
    void aMirrorLeftAloneIsAskedBeforeAFileCountsAsMissingEverywhere() {
        mirrors.useInOrder(List.of(A, B));
        fail(PACKAGE, A, MirrorFailure.UNREACHABLE);
        fail(PACKAGE, B, MirrorFailure.NOT_FOUND);

        assertThat(chosen(PACKAGE, B)).isEqualTo(A);
    }

    @Test
    void aMirrorThatWantsRestIsNotAskedUntilThatIsOverThoughItIsTheOnlyOne() {
        mirrors.useInOrder(List.of(A));
        rest(A, 60);
        assertThat(mirrors.next(PACKAGE, Set.of())).isEmpty();
        assertThat(mirrors.lease(PACKAGE, A)).isEmpty();
        assertThat(mirrors.rest(PACKAGE)).contains(new Rest(429, Duration.ofSeconds(60)));

        clock.advance(Duration.ofSeconds(59));
        assertThat(mirrors.next(PACKAGE, Set.of())).isEmpty();
        clock.advance(Duration.ofSeconds(1));

        assertThat(mirrors.rest(PACKAGE)).isEmpty();
        assertThat(chosen(PACKAGE)).isEqualTo(A);
    }

    @Test
    void othersAreAskedWhileAMirrorRests() {
        mirrors.useInOrder(List.of(A, B));
        rest(A, 60);

        assertThat(chosen(PACKAGE)).isEqualTo(B);
        assertThat(mirrors.next(PACKAGE, Set.of(B))).isEmpty();
    }

    @Test
    void aRestOfADayIsCutShort() {
        mirrors.useInOrder(List.of(A));
        rest(A, 86_400);

        assertThat(mirrors.rest(PACKAGE)).map(Rest::left).contains(MirrorHealth.LONGEST_REST);
    }

    private void rest(Mirror mirror, long seconds) {
        try (MirrorLease lease = mirrors.lease(PACKAGE, mirror).orElseThrow()) {
            lease.wantsRest(new Rest(429, Duration.ofSeconds(seconds)));
            lease.failed(MirrorFailure.WANTS_REST);
        }
    }

    @Test
    void aFileThatWasMissingEverywhereAMomentAgoCostsOneRequest() {
        mirrors.useInOrder(List.of(A, B, C));
        fail(PACKAGE, A, MirrorFailure.NOT_FOUND);
        fail(PACKAGE, B, MirrorFailure.NOT_FOUND, A);
        fail(PACKAGE, C, MirrorFailure.NOT_FOUND, A, B);

        assertThat(chosen(PACKAGE)).isEqualTo(A);
        assertThat(mirrors.next(PACKAGE, Set.of(A))).isEmpty();
    }

    @Test
    void aMirrorThatLacksAFileIsPassedOverUntilANewDatabaseArrives() {
        mirrors.useInOrder(List.of(A, B));
        fail(PACKAGE, A, MirrorFailure.NOT_FOUND);
        assertThat(chosen(PACKAGE)).isEqualTo(B);
        assertThat(chosen(LARGE)).isEqualTo(A);

        try (MirrorLease lease = mirrors.next(DATABASE, Set.of()).orElseThrow()) {
            lease.delivered(1000, Duration.ofMillis(1));
        }

        assertThat(chosen(PACKAGE)).isEqualTo(A);
    }

    @Test
    void databasesStayWithTheMirrorThatDeliveredTheLastOne() {
        measured(A, 10, B, 20);
        try (MirrorLease lease = mirrors.next(DATABASE, Set.of(A)).orElseThrow()) {
            lease.delivered(1000, Duration.ofMillis(1));
        }

        assertThat(chosen(DATABASE)).isEqualTo(B);
        assertThat(chosen(OTHER_DATABASE)).isEqualTo(B);
        assertThat(chosen(path("core/os/x86_64/core.db.sig"))).isEqualTo(B);
        assertThat(chosen(PACKAGE)).isEqualTo(A);
    }

    @Test
    void databasesDoNotStayWithAMirrorThatOnlySaysThatNothingHasChanged() {
        measured(A, 10, B, 20);
        try (MirrorLease lease = mirrors.next(DATABASE, Set.of()).orElseThrow()) {
            lease.delivered(1000, Duration.ofMillis(1));
        }
        try (MirrorLease lease = mirrors.next(DATABASE, Set.of(A)).orElseThrow()) {
            lease.delivered(0, Duration.ZERO);
        }

        assertThat(chosen(DATABASE)).isEqualTo(A);
    }

    @Test
    void databasesMoveOnWhenTheirMirrorFails() {
        measured(A, 10, B, 20, C, 30);
        try (MirrorLease lease = mirrors.next(DATABASE, Set.of(A)).orElseThrow()) {
            lease.delivered(1000, Duration.ofMillis(1));
        }

        fail(DATABASE, B, MirrorFailure.STALLED);

        assertThat(chosen(DATABASE)).isEqualTo(A);
    }

    @Test
    void databasesMoveOnWhenTheirMirrorFallsBehindAndNobodyIsBlamed() {
        measured(A, 10, B, 20);
        try (MirrorLease lease = mirrors.next(DATABASE, Set.of()).orElseThrow()) {
            lease.delivered(1000, Duration.ofMillis(1));
        }

        fail(DATABASE, A, MirrorFailure.OUTDATED);

        assertThat(chosen(DATABASE)).isEqualTo(B);
        assertThat(health.metrics().counts().get(A).failures()).isZero();
        clock.advance(RankedMirrors.BEHIND_FOR);
        assertThat(chosen(DATABASE)).isEqualTo(A);
    }

    @Test
    void staleMirrorsOfTheTestComeLast() {
        Instant now = clock.instant();
        mirrors.useMeasured(MirrorTestResults.ranked(
                now, List.of(result(A, 1, now.minus(Duration.ofDays(30))), result(B, 200, now.minusSeconds(60)))));

        assertThat(chosen(DATABASE)).isEqualTo(B);
        MirrorLease busy = mirrors.next(PACKAGE, Set.of()).orElseThrow();
        assertThat(busy.mirror()).isEqualTo(B);
        assertThat(chosen(PACKAGE)).isEqualTo(B);
    }

    @Test
    void whenEveryMirrorFailedTheFirstOneIsAskedAgain() {
        mirrors.useInOrder(List.of(A, B));

        fail(PACKAGE, A, MirrorFailure.BAD_STATUS);
        fail(PACKAGE, B, MirrorFailure.BAD_STATUS, A);

        assertThat(chosen(PACKAGE)).isEqualTo(A);
    }

    @Test
    void thePrimaryMirrorIsAnnouncedWheneverItChangesAndOnlyThen() {
        measured(A, 10, B, 20);
        measured(A, 10, C, 20);
        fail(PACKAGE, A, MirrorFailure.UNREACHABLE);
        fail(PACKAGE, A, MirrorFailure.UNREACHABLE, C);
        clock.advance(CircuitBreaker.FIRST_REST);
        deliver(A, MIB, Duration.ofSeconds(1));

        assertThat(log.lines)
                .containsExactly(
                        "Primary mirror: https://a.example/",
                        "Primary mirror: https://c.example/",
                        "Primary mirror: https://a.example/");
    }

    @Test
    void thePrimaryMirrorOfARepositoryIsAnnouncedWhereThereIsAChoice() {
        RankedMirrors archive = new RankedMirrors("the archive", new MirrorHealth(clock), FileSizes.unknown(), clock);
        archive.useInOrder(List.of(A));
        assertThat(log.lines).isEmpty();

        archive.useInOrder(List.of(B, A));
        assertThat(log.lines).containsExactly("Primary mirror of the archive: https://b.example/");
    }

    @Test
    void whatUseHasTaughtIsStoredAndKnownAgainAfterARestart() {
        MirrorTestResults tested = measured(A, 10, B, 20);
        deliver(B, 100 * MIB, Duration.ofSeconds(10));
        fail(PACKAGE, A, MirrorFailure.STALLED);

        MirrorTestResults stored = mirrors.withLearned(tested);

        assertThat(stored.mirrors()).extracting(MirrorTestResult::failures).containsExactly(1L, 0L);
        assertThat(stored.mirrors())
                .extracting(MirrorTestResult::bytesPerSecond)
                .containsExactly(0L, 10 * MIB);
        MirrorHealth fresh = new MirrorHealth(clock);
        new RankedMirrors(fresh, FileSizes.unknown(), clock).useMeasured(stored);
        assertThat(fresh.use(B).bytesPerSecond()).isEqualTo(10 * MIB);
    }

    @Test
    void ratesOfTheOthersAreZeroWhereTheyAreNotKnown() {
        measured(A, 10, B, 20, C, 30);
        deliver(A, 4 * MIB, Duration.ofSeconds(2));
        deliver(B, 4 * MIB, Duration.ofSeconds(1));

        assertThat(mirrors.ratesOfOthers(PACKAGE, A)).containsExactly(4.0 * MIB, 0.0);
        assertThat(mirrors.ratesOfOthers(PACKAGE, C)).containsExactly(2.0 * MIB, 4.0 * MIB);
    }

    private Mirror chosen(RepositoryPath path, Mirror... tried) {
        try (MirrorLease lease = mirrors.next(path, Set.of(tried)).orElseThrow()) {
            return lease.mirror();
        }
    }

    private void fail(RepositoryPath path, Mirror mirror, MirrorFailure failure, Mirror... tried) {
        try (MirrorLease lease = leaseOf(path, mirror, tried)) {
            lease.failed(failure);
        }
    }

    private void deliver(Mirror mirror, long bytes, Duration elapsed) {
        try (MirrorLease lease = leaseOf(PACKAGE, mirror)) {
            lease.firstByte(Duration.ofMillis(50));
            lease.delivered(bytes, elapsed);
        }
    }

    /** Excludes whatever else is offered until it is this mirror's turn. */
    private MirrorLease leaseOf(RepositoryPath path, Mirror mirror, Mirror... tried) {
        Set<Mirror> excluded = new HashSet<>(Set.of(tried));
        while (true) {
            MirrorLease lease = mirrors.next(path, excluded).orElseThrow();
            if (lease.mirror().equals(mirror)) {
                return lease;
            }
            lease.close();
            excluded.add(lease.mirror());
        }
    }

    private void measured(int count) {
        mirrors.useMeasured(new MirrorTestResults(
                clock.instant(),
                IntStream.range(0, count)
                        .mapToObj(i -> result(Mirror.of("https://m" + i + "/"), 10 + i, null))
                        .toList()));
    }

    private MirrorTestResults measured(Object... mirrorsAndMillis) {
        List<MirrorTestResult> results = new ArrayList<>();
        for (int i = 0; i < mirrorsAndMillis.length; i += 2) {
            results.add(result((Mirror) mirrorsAndMillis[i], (Integer) mirrorsAndMillis[i + 1], null));
        }
        MirrorTestResults ranked = MirrorTestResults.ranked(clock.instant(), results);
        mirrors.useMeasured(ranked);
        return ranked;
    }

    private static MirrorTestResult result(Mirror mirror, long millis, Instant modified) {
        return MirrorTestResult.measured(new MirrorCandidate(mirror, "DE"), Duration.ofMillis(millis), modified);
    }

    private static final class LogLines extends Handler {

        private final List<String> lines = new ArrayList<>();

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
