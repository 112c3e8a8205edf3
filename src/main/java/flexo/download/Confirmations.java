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
 * Which cached files may have changed since, and when mirrors last said that they have not. Kept in memory only, bounded: after
 * a restart each file is checked when it is asked for. Safe for threads.
 */
final class Confirmations {
    private static final int PART_OF_HEAP = 128;
    /** Of an entry, beside the letters of its path. */
    private static final int OVERHEAD_BYTES = 400;
    /** For so long each check must have found nothing but older files until one of these is accepted. */
    private static final Duration ROLLED_BACK_AFTER = Duration.ofMinutes(1);

    private final Revalidation settings;
    private final LongSupplier nanoTime;
    private final long beganNanos;
    /** By path. Guarded by itself. */
    private final RecentlyUsed<String, Checked> files = new RecentlyUsed<>(
            Runtime.getRuntime().maxMemory() / PART_OF_HEAP, (path, any) -> (long) OVERHEAD_BYTES + path.length());

    /**
     * What is known of a file.
     *
     * @param confirmedNanos when a mirror last had it
     * @param checkedNanos when mirrors were last asked
     * @param failed whether none of those answered
     * @param mirror who last had it; null if none has in this run
     * @param etag what {@code mirror} calls it; empty if it has no name for it
     * @param olderNanos since when mirrors have nothing but older ones; null if that is not so
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

    /** Whether a file never changes under its name. */
    static boolean neverChanges(RepositoryPath path) {
        return path.hasVersion() || Archive.isOfDay(path);
    }

    /** Whether a cached file may be handed out without asking a mirror. */
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

    /** How long ago a mirror last confirmed a file that no mirror has confirmed since; empty if the last check has. */
    Optional<Duration> stale(RepositoryPath path, CacheEntry entry) {
        Checked checked = neverChanges(path) ? null : get(path, entry.head());
        return checked != null && checked.failed() ? Optional.of(age(path, entry)) : Optional.empty();
    }

    /** Whether a file may be handed out though no mirror answers. */
    boolean mayBeStale(RepositoryPath path, CacheEntry entry) {
        return age(path, entry).compareTo(settings.maxStale().get()) <= 0;
    }

    /** How long ago a mirror last confirmed it; of a file of an earlier run, since this one began. */
    Duration age(RepositoryPath path, CacheEntry entry) {
        Checked checked = get(path, entry.head());
        return Duration.ofNanos(nanoTime.getAsLong() - (checked == null ? beganNanos : checked.confirmedNanos()));
    }

    /** By what a mirror is asked whether it has another one. */
    Validators validators(RepositoryPath path, CacheEntry entry, Mirror mirror) {
        Checked checked = get(path, entry.head());
        boolean named = checked != null && mirror.equals(checked.mirror());
        return new Validators(Optional.of(entry.head().lastModified()), named ? checked.etag() : "");
    }

    /** A mirror has the file; an empty ETag says nothing new. */
    void confirmed(RepositoryPath path, ContentHead head, Mirror mirror, String etag) {
        long now = nanoTime.getAsLong();
        Checked former = get(path, head);
        boolean known = etag.isEmpty() && former != null && mirror.equals(former.mirror());
        put(path, new Checked(head, now, now, false, mirror, known ? former.etag() : etag, null));
    }

    /** No mirror has confirmed it. */
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

    /** A mirror has an older file; returns whether it is to be taken, since no mirror has had ours for a while. */
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
