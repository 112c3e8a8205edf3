package flexo.config;

import java.time.Duration;

/**
 * How up to date databases are kept, and how cached packages are checked against them.
 *
 * @param checkInterval mirrors are asked whether a database has changed at most once in this time; 0 for each request
 * @param refreshInterval how often databases that are of use are checked without being asked for; 0 for never
 * @param maxStale how long a database is served after a mirror last confirmed it, if none answers
 * @param scrubBytesPerSecond how fast cached packages are read in the background to find those that rotted; 0 for never
 */
public record RepositorySettings(
        Duration checkInterval, Duration refreshInterval, Duration maxStale, long scrubBytesPerSecond) {}
