package flexo.mirror;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The port through which a mirror test asks a mirror. */
public interface MirrorProbe {

    /**
     * Asks for the head of {@code core/os/x86_64/core.db}, following redirects, or for one byte of it where the mirror
     * refuses HEAD. Does not block; may be called many times at once.
     *
     * @param timeout of the whole request without name lookup; after it the stage has to complete
     * @return what came of it. Failures are a result; a stage that completes exceptionally counts as unanswered too
     */
    CompletionStage<ProbeResult> probe(Mirror mirror, Duration timeout);
}
