package flexo.web;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Exponential backoff after wrong passwords. A container may lock a user out of all its applications after a few (Tomcat's {@code
 * LockOutRealm}: five); strangers must not be able to cause that, or to guess passwords by brute force.
 *
 * <p>Users share buckets by the hash of their names, so that memory is bounded and no flood of names makes one forgotten. Thread-safe.
 */
final class LoginBackoff {
    private static final int BUCKETS = 1024;
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final int FACTOR = 4;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final LongSupplier nanoTime;
    /** Null where the last password was right. Guarded by the monitor. */
    private final Failures[] failures = new Failures[BUCKETS];

    private record Failures(Duration pause, long atNanos) {}

    LoginBackoff(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Begins to try a password, which counts as wrong until {@link #right}: otherwise many could be tried at the same moment.
     *
     * @return how long none of this user is tried; empty if this one is
     */
    synchronized Optional<Duration> begin(String user) {
        Failures known = failures[bucket(user)];
        long now = nanoTime.getAsLong();
        if (known != null && now - known.atNanos() < known.pause().toNanos()) {
            return Optional.of(known.pause().minusNanos(now - known.atNanos()));
        }
        Duration next = known == null ? FIRST : known.pause().multipliedBy(FACTOR);
        failures[bucket(user)] = new Failures(next.compareTo(LONGEST) < 0 ? next : LONGEST, now);
        return Optional.empty();
    }

    /** The container has taken the password. */
    synchronized void right(String user) {
        failures[bucket(user)] = null;
    }

    private static int bucket(String user) {
        return Math.floorMod(user.hashCode(), BUCKETS);
    }
}
