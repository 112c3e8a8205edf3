package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The attempts at one mirror during a test. Guarded by the lock of its {@link MirrorTest}. */
final class Trial {

    /** One lost packet does not end a trial, but a dead mirror costs no third timeout. */
    private static final int UNANSWERED_TO_GIVE_UP = 2;

    private final MirrorCandidate candidate;
    private final int attempts;
    private final List<Duration> latencies = new ArrayList<>();
    private Instant databaseModified;
    private int unanswered;
    private boolean refused;

    Trial(MirrorCandidate candidate, int attempts) {
        this.candidate = candidate;
        this.attempts = attempts;
    }

    MirrorCandidate candidate() {
        return candidate;
    }

    void add(ProbeResult result) {
        if (!(result instanceof ProbeResult.Answered answer)) {
            unanswered++;
        } else if (answer.cloudflare() || !answer.successful()) {
            refused = true;
        } else {
            latencies.add(answer.latency());
            if (answer.lastModified() != null) {
                databaseModified = answer.lastModified();
            }
        }
    }

    /** Whether further attempts could not change the outcome. */
    boolean over() {
        return refused || unanswered >= UNANSWERED_TO_GIVE_UP || latencies.size() + unanswered >= attempts;
    }

    /** Empty if the mirror did not pass. */
    Optional<MirrorTestResult> result() {
        if (refused || latencies.isEmpty() || unanswered >= UNANSWERED_TO_GIVE_UP) {
            return Optional.empty();
        }
        return Optional.of(MirrorTestResult.measured(candidate, median(), databaseModified));
    }

    /**
     * The lower median: the first attempt includes the connection setup, a single one may have been unlucky, and the
     * minimum would favour a mirror that is occasionally fast.
     */
    private Duration median() {
        return latencies.stream().sorted().toList().get((latencies.size() - 1) / 2);
    }
}
