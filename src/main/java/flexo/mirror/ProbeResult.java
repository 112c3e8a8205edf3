package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** What came of asking a mirror once for its {@code core.db}. */
public sealed interface ProbeResult {

    /**
     * The mirror answered, whatever it said.
     *
     * @param status the status of the last response, after redirects
     * @param latency from the request to the end of the response's head, name lookup left out
     * @param cloudflare whether the response's {@code Server} is cloudflare, whose latency says nothing about files that
     *     it does not happen to hold
     * @param lastModified when the database was made; null if the mirror does not tell
     */
    record Answered(int status, Duration latency, boolean cloudflare, Instant lastModified) implements ProbeResult {

        /** Refuses an answer without a latency. */
        public Answered {
            Objects.requireNonNull(latency, "latency");
        }

        /** Tells whether the mirror has the file. */
        public boolean successful() {
            return status >= 200 && status < 300;
        }
    }

    /**
     * No answer came in time.
     *
     * @param reason why, in words for a log
     */
    record Unanswered(String reason) implements ProbeResult {}
}
