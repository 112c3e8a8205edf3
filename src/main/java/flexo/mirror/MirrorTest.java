package flexo.mirror;

import flexo.mirror.ProbeResult.Unanswered;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One test of many mirrors: each is probed a few times, several mirrors concurrently, and those that pass are ranked.
 *
 * <p>It has no thread and never blocks: it continues on the threads that complete probes. The monitor guards its state;
 * no foreign code runs inside. Single use.
 */
public final class MirrorTest {

    private final MirrorProbe probe;
    private final Clock clock;
    private final Duration timeout;
    private final int concurrency;

    private final Queue<Trial> waiting = new ArrayDeque<>();
    private final List<MirrorTestResult> passed = new ArrayList<>();
    private final CompletableFuture<MirrorTestResults> outcome = new CompletableFuture<>();
    private int running;
    /** Whether a thread is in {@link #startWaiting}; others leave the work to it, which prevents recursion. */
    private boolean starting;

    /**
     * A test that is not started yet.
     *
     * @param candidates the mirrors to test
     * @param timeout the timeout of each attempt
     * @param plan the concurrency and the attempts
     * @param clock stamps the results
     */
    public MirrorTest(MirrorProbe probe, List<MirrorCandidate> candidates, Duration timeout, Plan plan, Clock clock) {
        this.probe = probe;
        this.clock = clock;
        this.timeout = timeout;
        this.concurrency = plan.concurrency();
        Set<Mirror> seen = new HashSet<>();
        candidates.stream()
                .filter(candidate -> seen.add(candidate.mirror()))
                .forEach(candidate -> waiting.add(new Trial(candidate, plan.attempts())));
    }

    /**
     * The effort of a test.
     *
     * @param concurrency the number of mirrors probed at the same time
     * @param attempts the number of probes per mirror
     */
    public record Plan(int concurrency, int attempts) {

        /** Tests some 400 mirrors in seconds, without saturating a home's line with handshakes. */
        public static final Plan USUAL = new Plan(48, 3);

        public Plan {
            if (concurrency < 1 || attempts < 1) {
                throw new IllegalArgumentException("concurrency and attempts must be at least 1");
            }
        }
    }

    /**
     * Starts the test.
     *
     * @return completed with the ranked results, which are empty if no mirror passed; never exceptionally
     */
    public CompletionStage<MirrorTestResults> run() {
        startWaiting();
        return outcome.minimalCompletionStage();
    }

    private void startWaiting() {
        synchronized (this) {
            if (starting) {
                return;
            }
            starting = true;
        }
        for (Trial trial = nextToStart(); trial != null; trial = nextToStart()) {
            start(trial);
        }
        List<MirrorTestResult> all = null;
        synchronized (this) {
            if (waiting.isEmpty() && running == 0) {
                all = List.copyOf(passed);
            }
        }
        if (all != null) {
            outcome.complete(MirrorTestResults.ranked(clock.instant(), all));
        }
    }

    /** Null if nothing can start now; the end of a probe calls {@link #startWaiting} again. */
    private synchronized Trial nextToStart() {
        if (running == concurrency || waiting.isEmpty()) {
            starting = false;
            return null;
        }
        running++;
        return waiting.remove();
    }

    private void start(Trial trial) {
        CompletionStage<ProbeResult> answer;
        try {
            answer = probe.probe(trial.candidate().mirror(), timeout);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedStage(e);
        }
        var unused = answer.whenComplete((result, failure) -> {
            ended(trial, result != null ? result : new Unanswered(String.valueOf(failure)));
            startWaiting();
        });
    }

    private synchronized void ended(Trial trial, ProbeResult result) {
        running--;
        trial.add(result);
        if (trial.over()) {
            trial.result().ifPresent(passed::add);
        } else {
            // Requeued at the end: attempts spaced apart do not share one moment's bad luck.
            waiting.add(trial);
        }
    }
}
