package flexo.download;

import flexo.mirror.MirrorLease;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Fetches ahead for a reader far beyond the prefix of a download, if the prefix would take longer than a client waits:
 * a second transfer begins at the reader's byte, while the first one continues from the front until they meet.
 *
 * <p>One range at a time. Guarded by its own monitor; transfers are started and cancelled, and callbacks run, outside
 * of it.
 */
final class ReadAhead implements Admission.Holder {
    private static final Logger LOG = Logger.getLogger(ReadAhead.class.getName());
    /** The time for measuring the speed of the prefix. */
    private static final Duration LOOK_AFTER = Duration.ofMillis(700);
    /** The longest acceptable wait for the prefix. */
    private static final Duration BEARABLE = Duration.ofSeconds(3);

    private final Fetch fetch;
    private final PartWriter prefix;
    private final Download download;
    private final BooleanSupplier othersDo;

    /** Null unless a check is scheduled. */
    private ScheduledFuture<?> look;

    private long seenBytes;
    private long seenNanos;
    /** Null unless a range is being fetched, as are the next four. */
    private Admission.Place place;

    private AheadWriter writer;
    private MirrorChoice mirrors;
    private Race race;
    /** Called when the range has ended; null if nobody waits. */
    private Runnable whenOver;

    private boolean cancelled;
    /** Whether a range is being fetched; for whoever does not have the monitor. */
    private volatile boolean active;

    /**
     * Of one download, whose prefix is written by another.
     *
     * @param othersDo whether several mirrors fetch ranges, and so what this reader waits for
     */
    ReadAhead(Fetch fetch, PartWriter prefix, BooleanSupplier othersDo) {
        this.fetch = fetch;
        this.prefix = prefix;
        this.download = fetch.download();
        this.othersDo = othersDo;
    }

    /** A reader has begun to wait far ahead. */
    synchronized void readerIsFar() {
        if (look == null && place == null && !cancelled) {
            lookAfter(LOOK_AFTER);
        }
    }

    private void lookAfter(Duration delay) {
        seenBytes = download.written();
        seenNanos = fetch.nowNanos();
        look = fetch.context()
                .timer()
                .schedule(
                        () -> fetch.context().storage().execute(this::lookNow), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void lookNow() {
        Admission.Place taking;
        synchronized (this) {
            look = null;
            OptionalLong wanted = download.firstWantedFarAhead();
            if (cancelled || place != null || wanted.isEmpty()) {
                return;
            }
            long written = download.written();
            double bytesPerNano = (written - seenBytes) / (double) Math.max(1, fetch.nowNanos() - seenNanos);
            if (othersDo.getAsBoolean()
                    || (wanted.getAsLong() - written)
                            <= bytesPerNano * BEARABLE.minus(LOOK_AFTER).toNanos()) {
                lookAfter(BEARABLE);
                return;
            }
            if (!download.beginAhead(wanted.getAsLong())) {
                return;
            }
            if (!prefix.prepareForHoles()) {
                download.endAhead(wanted.getAsLong());
                return;
            }
            writer = new AheadWriter(download, prefix, wanted.getAsLong());
            mirrors = new MirrorChoice(fetch.context(), fetch.path(), Optional.empty());
            active = true;
            place = taking = fetch.context()
                    .admission()
                    .place(Admission.Wish.ofOurs(Admission.Share.FILES, Admission.Urgency.NOW_OR_NEVER), this);
        }
        LOG.log(Level.FINE, "{0}: a client waits for byte {1}, which is fetched ahead", new Object[] {
            fetch.path(), String.valueOf(writer.position())
        });
        taking.take();
    }

    @Override
    public void placed() {
        fetch.context().storage().execute(this::askNext);
    }

    @Override
    public void refused(String why) {
        over();
    }

    @Override
    public boolean isAbandoned() {
        return false;
    }

    @Override
    public boolean giveWay() {
        return false;
    }

    private void askNext() {
        Optional<MirrorLease> lease = mirrors.take();
        if (lease.isEmpty() || mirrors.patienceLeftNanos() <= 0) {
            lease.ifPresent(MirrorLease::close);
            over();
            return;
        }
        Race next = new Race(fetch, writer, mirrors, new Attempts(mirror -> false), this::ended);
        synchronized (this) {
            if (!cancelled) {
                race = next;
            }
        }
        if (race == next) {
            next.start(lease.get());
        } else {
            lease.get().close();
        }
    }

    private void ended(Transfer latest, Outcome outcome) {
        MirrorLease lease = latest.lease();
        if (latest.hasDelivered()) {
            mirrors.renewPatience();
        }
        if (outcome instanceof Outcome.Delivered all) {
            all.reportTo(lease);
        } else if (outcome instanceof Outcome.Failed failed) {
            LOG.log(Level.FINE, "{0}: {1} {2}; asking the next one for what is ahead", new Object[] {
                fetch.path(), lease.mirror(), failed.detail()
            });
        }
        lease.close();
        if (outcome instanceof Outcome.Failed || outcome instanceof Outcome.Again) {
            askNext();
        } else {
            over();
        }
    }

    private void over() {
        Runnable told;
        Admission.Place left;
        synchronized (this) {
            left = place;
            place = null;
            active = false;
            race = null;
            told = whenOver;
            whenOver = null;
        }
        mirrors.release();
        download.endAhead(writer.from());
        if (left != null) {
            left.leave();
        }
        if (told != null) {
            told.run();
        }
    }

    /** Whether a range is being fetched. */
    boolean isActive() {
        return active;
    }

    /** Tells when no range is being fetched any more; at once if none is. */
    void whenOver(Runnable told) {
        synchronized (this) {
            if (place != null) {
                whenOver = told;
                return;
            }
        }
        told.run();
    }

    /** The download has ended. */
    void cancel() {
        Race running;
        Admission.Place left;
        synchronized (this) {
            cancelled = true;
            if (look != null) {
                look.cancel(false);
            }
            running = race;
            left = place;
            race = null;
            whenOver = null;
        }
        if (left == null) {
            return;
        }
        if (running != null && running.cancel()) {
            mirrors.release();
        }
        left.leave();
    }
}
