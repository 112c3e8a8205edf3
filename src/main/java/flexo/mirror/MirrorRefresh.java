package flexo.mirror;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps {@link RankedMirrors} up to date with automatic selection: at once with the mirrors at hand, and then with the
 * results of periodic mirror tests.
 *
 * <p>Requests never wait for it. One test runs at a time; the end of a test schedules the next one. Results are
 * processed on the storage executor; the monitor guards {@code last} and {@code next}, and nothing else.
 */
public final class MirrorRefresh {
    private static final Logger LOG = Logger.getLogger(MirrorRefresh.class.getName());
    /** The delay after a failed test, doubled each time. */
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

    private static final Duration LAST_RETRY = Duration.ofHours(1);

    private final RankedMirrors ranked;
    private final StatusDocuments documents;
    private final MirrorSearch search;
    private final MirrorCriteria criteria;
    private final StoredMirrors stored;
    private final Schedule schedule;
    private final Clock clock;

    /** The latest results; null before the first. */
    private MirrorTestResults last;

    private ScheduledFuture<?> next;
    private Duration retry = FIRST_RETRY;
    private boolean stopped;
    private boolean testing;
    /** The start of the next test; null before one is planned. */
    private Instant nextAt;
    /** The end of the last test of this run; null before the first. */
    private Instant ended;

    private String outcome = "";

    /**
     * A snapshot of the tests for people.
     *
     * @param last the end of the last test that passed mirrors, or of any in this run; empty if there is none
     * @param next the start of the next test; empty while one runs
     * @param running whether one runs
     * @param outcome the outcome of the last test of this run; empty before
     */
    public record View(Optional<Instant> last, Optional<Instant> next, boolean running, String outcome) {}

    /**
     * The times and executors of a refresh.
     *
     * @param fullTestAfter the age at which results are replaced by a full test ({@code refresh_latency_tests_after})
     * @param timer starts the next test; its tasks are short
     * @param storage reads and writes stored results
     */
    public record Schedule(Duration fullTestAfter, ScheduledExecutorService timer, Executor storage) {}

    /** A refresh that has not begun. */
    public MirrorRefresh(
            RankedMirrors ranked,
            StatusDocuments documents,
            MirrorSearch search,
            MirrorCriteria criteria,
            StoredMirrors stored,
            Schedule schedule,
            Clock clock) {
        this.ranked = ranked;
        this.documents = documents;
        this.search = search;
        this.criteria = criteria;
        this.stored = stored;
        this.schedule = schedule;
        this.clock = clock;
    }

    /**
     * Puts the mirrors at hand to use and begins testing in the background.
     *
     * @param predefined used if there are no stored results
     * @param provisional used if there is nothing else
     */
    public void start(List<Mirror> predefined, Mirror provisional) {
        Optional<MirrorTestResults> results = stored.results()
                .map(found -> found.without(criteria.blacklist()))
                .filter(found -> !found.mirrors().isEmpty());
        if (results.isPresent()) {
            LOG.log(Level.INFO, "Using {0} mirrors of the test of {1} until they are tested again", new Object[] {
                results.get().mirrors().size(), results.get().tested().truncatedTo(ChronoUnit.SECONDS)
            });
            setLast(results.get());
            ranked.useMeasured(results.get());
        } else {
            List<Mirror> given = withoutBlacklisted(predefined);
            List<Mirror> list = given.isEmpty() ? withoutBlacklisted(stored.mirrorlist()) : given;
            ranked.useInOrder(list.isEmpty() ? List.of(provisional) : list);
        }
        boolean unused = test();
    }

    private List<Mirror> withoutBlacklisted(List<Mirror> mirrors) {
        return mirrors.stream()
                .filter(mirror -> !criteria.blacklist().contains(mirror))
                .toList();
    }

    /**
     * Stops, and stores what was learned since the last test. A running test is cancelled, and the failures of its
     * probes count for nothing.
     */
    public void stop() {
        search.stop();
        MirrorTestResults learned;
        synchronized (this) {
            stopped = true;
            if (next != null) {
                next.cancel(false);
            }
            learned = last;
        }
        if (learned != null) {
            stored.store(ranked.withLearned(learned));
        }
    }

    /**
     * Starts a test now.
     *
     * @return false if a test is running
     */
    public boolean testNow() {
        synchronized (this) {
            if (next != null) {
                next.cancel(false);
            }
        }
        return test();
    }

    /** A snapshot for people. */
    public synchronized View view() {
        return new View(
                Optional.ofNullable(ended).or(() -> Optional.ofNullable(last).map(MirrorTestResults::tested)),
                testing ? Optional.empty() : Optional.ofNullable(nextAt),
                testing,
                outcome);
    }

    private synchronized boolean begins() {
        boolean may = !testing && !stopped;
        testing |= may;
        return may;
    }

    private synchronized void ends(String how) {
        testing = false;
        ended = clock.instant();
        outcome = how;
    }

    /** Returns false if a test is running, or this was stopped. */
    private boolean test() {
        if (!begins()) {
            return false;
        }
        documents
                .fetch()
                .handle((statuses, failure) -> search(Optional.ofNullable(statuses))
                        .whenCompleteAsync(
                                (results, broken) -> ended(results, broken, Optional.ofNullable(failure)),
                                schedule.storage()))
                .thenCompose(running -> running)
                .exceptionally(mistake -> {
                    if (!hasStopped()) {
                        LOG.log(Level.SEVERE, "The mirror test cannot continue; the mirrors in use stay", mistake);
                        ends("It cannot continue; the mirrors in use stay.");
                    }
                    return null;
                });
        return true;
    }

    private CompletionStage<MirrorTestResults> search(Optional<List<MirrorStatus>> statuses) {
        Optional<MirrorTestResults> known = last();
        if (known.isEmpty() && statuses.isEmpty()) {
            return CompletableFuture.completedStage(new MirrorTestResults(clock.instant(), List.of()));
        }
        if (statuses.isEmpty()) {
            return search.again(criteria, known.get()).thenApply(results -> asOf(known.get(), results));
        }
        if (known.isEmpty() || known.get().olderThan(schedule.fullTestAfter(), clock.instant())) {
            return search.full(criteria, statuses.get());
        }
        return search.followUp(criteria, statuses.get(), known.get()).thenApply(results -> asOf(known.get(), results));
    }

    /** A follow-up test does not postpone the next full test. */
    private static MirrorTestResults asOf(MirrorTestResults full, MirrorTestResults few) {
        return new MirrorTestResults(full.tested(), few.mirrors());
    }

    private void ended(MirrorTestResults results, Throwable failure, Optional<Throwable> noDocument) {
        if (isStopped()) {
            // The findings of a cancelled test mean nothing.
            return;
        }
        ends(
                failure != null
                        ? "It broke off; the mirrors in use stay."
                        : results.mirrors().isEmpty()
                                ? "No mirror passed; the mirrors in use stay."
                                : results.mirrors().size() + " mirrors passed.");
        if (failure != null) {
            LOG.log(Level.SEVERE, "The mirror test broke off; the mirrors in use stay", failure);
        } else if (results.mirrors().isEmpty()) {
            LOG.warning(() -> noDocument
                            .map(why -> "The mirror status document could not be fetched: " + message(why) + ". ")
                            .orElse("")
                    + "No mirror passed the test; the mirrors in use stay. The next test is in " + minutes() + "."
                    + noDocument.map(why -> advice()).orElse(""));
        } else {
            noDocument.ifPresent(why -> LOG.log(
                    Level.WARNING,
                    "The mirror status document could not be fetched: {0}. The mirrors of the last test were tested again.",
                    message(why)));
            setLast(results);
            ranked.useMeasured(results);
            stored.store(ranked.withLearned(results));
            LOG.log(Level.INFO, "{0} mirrors passed the test", results.mirrors().size());
            Duration untilFull =
                    Duration.between(clock.instant(), results.tested().plus(schedule.fullTestAfter()));
            scheduleNext(untilFull.compareTo(FIRST_RETRY) < 0 ? FIRST_RETRY : untilFull, FIRST_RETRY);
            return;
        }
        scheduleNext(retry, retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2));
    }

    private synchronized String minutes() {
        return retry.toMinutes() == 1 ? "a minute" : retry.toMinutes() + " minutes";
    }

    /** Advice for a machine without internet access; logged once. */
    private synchronized String advice() {
        return retry.equals(FIRST_RETRY)
                ? " If the internet is reached by a proxy, set https_proxy to it; without internet, set mirrors_predefined to"
                        + " the mirrors to use."
                : "";
    }

    private synchronized void scheduleNext(Duration delay, Duration nextRetry) {
        retry = nextRetry;
        if (!stopped) {
            nextAt = clock.instant().plus(delay);
            Runnable again = this::test;
            next = schedule.timer().schedule(again, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized boolean hasStopped() {
        return stopped;
    }

    private synchronized void setLast(MirrorTestResults results) {
        last = results;
    }

    private synchronized Optional<MirrorTestResults> last() {
        return Optional.ofNullable(last);
    }

    private static String message(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage();
    }
}
