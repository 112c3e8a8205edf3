package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.ContentHead;
import flexo.cache.RecentlyUsed;
import flexo.cache.Validators;
import flexo.mirror.Archive;
import flexo.mirror.Mirror;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tracks which cached files may have changed, and when mirrors last confirmed them. In memory only, bounded: after a
 * restart each file is revalidated at its first request. Thread-safe.
 */
final class Confirmations {
    private static final int PART_OF_HEAP = 128;
    /** The memory cost of an entry besides the characters of its path. */
    private static final int OVERHEAD_BYTES = 400;
    /** The time for which all checks must have found only older files until one of these is accepted. */
    private static final Duration ROLLED_BACK_AFTER = Duration.ofMinutes(1);

    private final Revalidation settings;
    private final LongSupplier nanoTime;
    private final long beganNanos;
    /** By path. Guarded by itself. */
    private final RecentlyUsed<String, Checked> files = new RecentlyUsed<>(
            Runtime.getRuntime().maxMemory() / PART_OF_HEAP, (path, any) -> (long) OVERHEAD_BYTES + path.length());

    /**
     * The state of a file.
     *
     * @param confirmedNanos the last confirmation by a mirror
     * @param checkedNanos the last check
     * @param failed whether that failed
     * @param mirror the mirror that last had it; null if none has in this run
     * @param etag its {@code ETag} at {@code mirror}; empty if there is none
     * @param olderNanos the time since which mirrors have only older ones; null if they do not
     */
    private record Checked(
            ContentHead head,
            long confirmedNanos,
            long checkedNanos,
            boolean failed,
            Mirror mirror,
            String etag,
            Long olderNanos) {}

    Confirmations(Revalidation settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.beganNanos = nanoTime.getAsLong();
    }

    /** Whether a file is immutable under its name. */
    static boolean neverChanges(RepositoryPath path) {
        return path.hasVersion() || Archive.isOfDay(path);
    }

    /** Whether a cached file may be served without revalidation. */
    boolean isRecent(RepositoryPath path, CacheEntry entry) {
        if (neverChanges(path)) {
            return true;
        }
        Checked checked = get(path, entry.head());
        return checked != null
                && nanoTime.getAsLong() - checked.checkedNanos()
                        < settings.interval().apply(path).toNanos()
                && (!checked.failed() || mayBeStale(path, entry));
    }

    /** The time since the last confirmation, if the last check failed; empty otherwise. */
    Optional<Duration> stale(RepositoryPath path, CacheEntry entry) {
        Checked checked = neverChanges(path) ? null : get(path, entry.head());
        return checked != null && checked.failed() ? Optional.of(age(path, entry)) : Optional.empty();
    }

    /** Whether a file may be served while no mirror answers. */
    boolean mayBeStale(RepositoryPath path, CacheEntry entry) {
        return age(path, entry).compareTo(settings.maxStale().get()) <= 0;
    }

    /** The time since the last confirmation; for a file of an earlier run, since the start of this one. */
    Duration age(RepositoryPath path, CacheEntry entry) {
        Checked checked = get(path, entry.head());
        return Duration.ofNanos(nanoTime.getAsLong() - (checked == null ? beganNanos : checked.confirmedNanos()));
    }

    /** The validators for a request to a mirror. */
    Validators validators(RepositoryPath path, CacheEntry entry, Mirror mirror) {
        Checked checked = get(path, entry.head());
        boolean named = checked != null && mirror.equals(checked.mirror());
        return new Validators(Optional.of(entry.head().lastModified()), named ? checked.etag() : "");
    }

    /** Notes that a mirror has the file; an empty ETag is no news. */
    void confirmed(RepositoryPath path, ContentHead head, Mirror mirror, String etag) {
        long now = nanoTime.getAsLong();
        Checked former = get(path, head);
        boolean known = etag.isEmpty() && former != null && mirror.equals(former.mirror());
        put(path, new Checked(head, now, now, false, mirror, known ? former.etag() : etag, null));
    }

    /** Notes that no mirror has confirmed it. */
    void failed(RepositoryPath path, ContentHead head) {
        Checked former = get(path, head);
        long now = nanoTime.getAsLong();
        put(
                path,
                former == null
                        ? new Checked(head, beganNanos, now, true, null, "", null)
                        : new Checked(
                                head,
                                former.confirmedNanos(),
                                now,
                                true,
                                former.mirror(),
                                former.etag(),
                                former.olderNanos()));
    }

    /**
     * Notes that a mirror has an older file; returns whether to accept it, since no mirror has had ours for a while.
     */
    boolean isRolledBack(RepositoryPath path, ContentHead head) {
        long now = nanoTime.getAsLong();
        Checked former = get(path, head);
        if (former != null && former.olderNanos() != null) {
            return now - former.olderNanos() >= ROLLED_BACK_AFTER.toNanos();
        }
        put(
                path,
                former == null
                        ? new Checked(head, beganNanos, now, true, null, "", now)
                        : new Checked(
                                head,
                                former.confirmedNanos(),
                                former.checkedNanos(),
                                former.failed(),
                                former.mirror(),
                                former.etag(),
                                now));
        return false;
    }

    private Checked get(RepositoryPath path, ContentHead head) {
        synchronized (files) {
            Checked checked = files.get(path.toString());
            return checked != null && checked.head().equals(head) ? checked : null;
        }
    }

    private void put(RepositoryPath path, Checked checked) {
        synchronized (files) {
            files.put(path.toString(), checked);
        }
    }
}
