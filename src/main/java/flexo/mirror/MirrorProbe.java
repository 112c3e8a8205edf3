package flexo.mirror;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Sends the test requests of a mirror test. */
public interface MirrorProbe {

    /**
     * Requests the head of {@code core/os/x86_64/core.db}, following redirects, or one byte of it if the mirror refuses
     * HEAD. Never blocks; thread-safe.
     *
     * @param timeout the deadline of the whole request without name lookup
     * @return the result, which may be a failure; exceptional completion counts as unanswered, too
     */
    CompletionStage<ProbeResult> probe(Mirror mirror, Duration timeout);
}
