package flexo.download;

import java.time.Duration;

/**
 * How up to date databases are kept.
 *
 * @param checkInterval mirrors are asked for changes at most once in this time, however many clients ask; not negative
 * @param maxStale how long a database is handed out after a mirror last confirmed it, if none answers
 */
public record DatabaseSettings(Duration checkInterval, Duration maxStale) {}
