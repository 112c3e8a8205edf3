package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** The result of one test request for {@code core.db}. */
public sealed interface ProbeResult {

    /**
     * The mirror answered with any status.
     *
     * @param status the status of the last response, after redirects
     * @param latency the time from the request to the end of the response's head, without name lookup
     * @param cloudflare whether the response's {@code Server} is cloudflare, whose latency says nothing about files it
     *     has not cached
     * @param lastModified the time of the database; null if the mirror does not report it
     */
    record Answered(int status, Duration latency, boolean cloudflare, Instant lastModified) implements ProbeResult {

        public Answered {
            Objects.requireNonNull(latency, "latency");
        }

        /** Whether the mirror has the file. */
        public boolean successful() {
            return status >= 200 && status < 300;
        }
    }

    /**
     * No answer came in time.
     *
     * @param reason the reason, in words for a log
     */
    record Unanswered(String reason) implements ProbeResult {}
}
