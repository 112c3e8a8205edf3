package flexo.retention;

import java.time.Instant;

/**
 * The scrub as people see it, at one moment.
 *
 * @param roundBegins when the present round began, or the next one is to begin
 * @param after the last file that was read in it; empty if none was
 * @param read how many files were read since the start
 * @param wrong how many of them were wrong
 */
public record ScrubView(Instant roundBegins, String after, long read, long wrong) {}
