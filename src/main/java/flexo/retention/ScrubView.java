package flexo.retention;

import java.time.Instant;

/**
 * A snapshot of the scrub for people.
 *
 * @param roundBegins the start of the current round, or of the next one
 * @param after the last file verified in it; empty if there is none
 * @param read the number of files verified since the start
 * @param wrong the number of wrong ones among them
 */
public record ScrubView(Instant roundBegins, String after, long read, long wrong) {}
