package flexo.web;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Exponential backoff for passwords that the container does not take. A container may lock a user out of all its applications after
 * some wrong passwords (Tomcat's {@code LockOutRealm}: five), and strangers must not be able to cause that, nor to guess on and on.
 *
 * <p>Users share buckets by the hash of their names, so that memory is bounded and no flood of names makes one forgotten. Safe for
 * threads.
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

    /** {@return how long no password of a user is tried; zero or less if one is} */
    synchronized Duration left(String user) {
        Failures known = failures[bucket(user)];
        return known == null ? Duration.ZERO : known.pause().minusNanos(nanoTime.getAsLong() - known.atNanos());
    }

    /** The container has taken a password or not. */
    synchronized void tried(String user, boolean right) {
        Failures known = failures[bucket(user)];
        Duration next = known == null ? FIRST : known.pause().multipliedBy(FACTOR);
        failures[bucket(user)] =
                right ? null : new Failures(next.compareTo(LONGEST) < 0 ? next : LONGEST, nanoTime.getAsLong());
    }

    private static int bucket(String user) {
        return Math.floorMod(user.hashCode(), BUCKETS);
    }
}
