package flexo.mirror;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Logger;

/**
 * Searches for usable mirrors: tests those that meet the criteria and, while none passes, weakens the criteria, up to
 * {@value MirrorCriteria#MAX_ATTEMPTS} times in total. Has no thread and never blocks.
 */
public final class MirrorSearch {

    private static final Logger LOG = Logger.getLogger(MirrorSearch.class.getName());

    private final MirrorProbe probe;
    private final MirrorTest.Plan plan;
    private final Random random;
    private final Clock clock;
    private volatile boolean stopped;

    /** Searches through a probe. */
    public MirrorSearch(MirrorProbe probe, MirrorTest.Plan plan, Random random, Clock clock) {
        this.probe = probe;
        this.plan = plan;
        this.random = random;
        this.clock = clock;
    }

    /**
     * Tests all mirrors of a status document that meet the criteria.
     *
     * @return the ranked results; empty if even the weakest criteria left no mirror
     */
    public CompletionStage<MirrorTestResults> full(MirrorCriteria criteria, List<MirrorStatus> statuses) {
        return attempt(criteria.attempts(), statuses);
    }

    /**
     * Tests the few mirrors that the last test suggests, and all others if none of those passes.
     *
     * @param last results recent enough to rely on their countries
     */
    public CompletionStage<MirrorTestResults> followUp(
            MirrorCriteria criteria, List<MirrorStatus> statuses, MirrorTestResults last) {
        return test(criteria.selectFollowUp(statuses, last, random), criteria)
                .thenCompose(results -> results.mirrors().isEmpty()
                        ? full(criteria, statuses)
                        : CompletableFuture.completedStage(results));
    }

    /**
     * Tests the mirrors of the last test again, for lack of a status document.
     *
     * @return the ranked results; empty if none passed
     */
    public CompletionStage<MirrorTestResults> again(MirrorCriteria criteria, MirrorTestResults last) {
        return test(
                last.without(criteria.blacklist()).mirrors().stream()
                        .map(result -> new MirrorCandidate(result.mirror(), result.countryCode()))
                        .toList(),
                criteria);
    }

    /** Cancels the running search, which then never completes, and sends no further requests. */
    void stop() {
        stopped = true;
    }

    private CompletionStage<MirrorTestResults> attempt(List<MirrorCriteria> attempts, List<MirrorStatus> statuses) {
        MirrorCriteria criteria = attempts.get(0);
        List<MirrorCriteria> weaker = attempts.subList(1, attempts.size());
        return test(criteria.select(statuses, random), criteria).thenCompose(results -> {
            if (!results.mirrors().isEmpty() || weaker.isEmpty()) {
                return CompletableFuture.completedStage(results);
            }
            LOG.info(() -> "No mirror with a score up to " + criteria.maxScore() + " answered within "
                    + criteria.timeout().toMillis() + " ms; trying again with a score up to "
                    + weaker.get(0).maxScore() + " and "
                    + weaker.get(0).timeout().toMillis() + " ms.");
            return attempt(weaker, statuses);
        });
    }

    private CompletionStage<MirrorTestResults> test(List<MirrorCandidate> candidates, MirrorCriteria criteria) {
        return new MirrorTest(this::probe, candidates, criteria.timeout(), plan, clock)
                .run()
                .thenCompose(
                        results -> stopped ? new CompletableFuture<>() : CompletableFuture.completedStage(results));
    }

    private CompletionStage<ProbeResult> probe(Mirror mirror, Duration timeout) {
        return stopped ? new CompletableFuture<>() : probe.probe(mirror, timeout);
    }
}
