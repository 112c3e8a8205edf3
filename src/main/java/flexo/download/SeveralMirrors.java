package flexo.download;

import flexo.mirror.Mirror;
import flexo.mirror.MirrorLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Has other mirrors fetch ranges of a large package ahead of its prefix, as {@link RangePlan} chooses them.
 *
 * <p>The transfer that began the download goes on from the front until it meets a range. From then on {@link Failover} waits,
 * its mirror is one like the others, and the prefix grows by what they bring. A mirror that fails or is late loses its range
 * to the others; one that makes nothing faster is let go. When none is left, Failover goes on alone as ever.
 *
 * <p>Guarded by its own monitor, in which transfers are started and cancelled; all events come on storage threads.
 */
final class SeveralMirrors {
    private static final Logger LOG = Logger.getLogger(SeveralMirrors.class.getName());
    /** How long the first mirror is watched before others are asked. */
    private static final Duration FIRST_LOOK = Duration.ofMillis(50);

    private static final Duration LOOKS_APART = Duration.ofMillis(500);
    /** What is there sooner is worth no further connection. */
    private static final Duration SOON = Duration.ofMillis(500);
    /** How long all mirrors have been at work before it is tried whether one can be spared. */
    private static final Duration BEFORE_TRIAL = Duration.ofSeconds(1);
    /** How long one pauses in a trial, which costs its bytes. */
    private static final Duration TRIAL = Duration.ofMillis(500);
    /** What is there sooner is worth no trial. */
    private static final Duration WORTH_A_TRIAL = Duration.ofSeconds(5);
    /** A mirror adds nothing if the others make up for so much of what it gave. */
    private static final double MADE_UP_FOR = 0.5;

    private static final int AGAIN_AT_MOST = 2;
    /** A file that so many mirrors fail at is not asked of hundreds more. */
    private static final int TRIED_AT_MOST = 16;

    private static final double NANOS_PER_SECOND = 1e9;

    private final Fetch fetch;
    private final DownloadContext context;
    private final Download download;
    private final PartWriter prefix;
    private final Runnable endPrefix;
    private final BooleanSupplier isReadAhead;

    private final List<Source> sources = new ArrayList<>();
    /** Those that are not asked again. */
    private final Set<Mirror> tried = new HashSet<>();
    /** Null until the first byte is there. */
    private Speed prefixSpeed;

    /** Whose speed that was when the transfer of the prefix ended; null while it has not. */
    private Mirror former;

    private long beganNanos;
    /** So many mirrors are of use, the one that fetches the prefix among them. */
    private int most = Integer.MAX_VALUE;
    /** Null unless one pauses. */
    private Trial trial;
    /** Whether a trial has shown that none can be spared. */
    private boolean allAreNeeded;
    /** Who goes on when no range is being fetched; null while the prefix has a transfer of its own. */
    private Runnable whenOver;
    /** Completed when the prefix has taken in what was there. */
    private CompletableFuture<Void> caughtUp = CompletableFuture.completedFuture(null);
    /** Null unless a look is due. */
    private ScheduledFuture<?> look;

    private volatile boolean active;
    private volatile boolean cancelled;

    /** A mirror that pauses to show whether it can be spared, and how fast all and it were before. */
    private record Trial(Source paused, double before, double its, long missingBytes, long beganNanos) {}

    /**
     * Of one download.
     *
     * @param endPrefix ends the transfer of the prefix early; {@link #goOn} is to follow
     * @param isReadAhead whether a range is being fetched for a reader by somebody else
     */
    SeveralMirrors(Fetch fetch, PartWriter prefix, Runnable endPrefix, BooleanSupplier isReadAhead) {
        this.fetch = fetch;
        this.context = fetch.context();
        this.download = fetch.download();
        this.prefix = prefix;
        this.endPrefix = endPrefix;
        this.isReadAhead = isReadAhead;
    }

    /** The first bytes may be read. */
    synchronized void begin() {
        if (cancelled || fetch.headOnly() || !fetch.policy().mayComeFromSeveral()) {
            return;
        }
        beganNanos = fetch.nowNanos();
        prefixSpeed = new Speed(download.written(), beganNanos);
        lookAfter(FIRST_LOOK);
    }

    /** Whether other mirrors are at work. */
    boolean isActive() {
        return active;
    }

    /**
     * The transfer of the prefix has ended: the rest comes by others, as far as it can.
     *
     * @param mirror from which it was
     * @param whenNoMore told once when no range is being fetched any more, and the prefix is as long as it can be
     */
    void goOn(Mirror mirror, Runnable whenNoMore) {
        synchronized (this) {
            if (prefixSpeed != null) {
                measure();
                former = mirror;
                whenOver = whenNoMore;
                assignAll();
                settle();
                return;
            }
        }
        whenNoMore.run();
    }

    /** A mirror failed, and is not to be asked for a range. */
    synchronized void leaveOut(Mirror mirror) {
        tried.add(mirror);
    }

    /** The download has ended. */
    synchronized void cancel() {
        cancelled = true;
        whenOver = null;
        if (look != null) {
            look.cancel(false);
        }
        letAllGo();
    }

    private void lookAfter(Duration delay) {
        if (look != null) {
            look.cancel(false);
        }
        look = context.timer()
                .schedule(() -> context.storage().execute(this::lookNow), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void lookNow() {
        if (cancelled) {
            return;
        }
        measure();
        judgeTrial();
        if (!isWanted()) {
            letAllGo();
        }
        assignAll();
        settle();
        lookAfter(LOOKS_APART);
    }

    private void measure() {
        long now = fetch.nowNanos();
        if (whenOver == null && prefixSpeed != null) {
            prefixSpeed.look(download.written(), now);
        }
        sources.forEach(source -> source.look(now));
    }

    // More mirrors, and ranges for them.

    private void assignAll() {
        if (cancelled || prefixSpeed == null || isReadAhead.getAsBoolean()) {
            return;
        }
        hire();
        // Some may leave meanwhile.
        List.copyOf(sources).forEach(this::assign);
    }

    private void hire() {
        if (prefix.origins().values().stream().anyMatch(context.mirrors()::isSibling)) {
            // What another node has is asked of no mirror.
            return;
        }
        int limit = Math.min(most, context.mirrorsPerFile().getAsInt());
        while (isWanted() && atWork() < limit && tried.size() < TRIED_AT_MOST && isLong(SOON)) {
            Optional<MirrorLease> lease = context.mirrors().idle(fetch.path(), tried);
            if (lease.isEmpty()) {
                return;
            }
            tried.add(lease.get().mirror());
            boolean isKnown = lease.get().mirror().equals(former);
            Source source = new Source(lease.get(), isKnown ? prefixSpeed : new Speed(0, fetch.nowNanos()));
            sources.add(source);
            active = true;
            source.place.take();
        }
    }

    /** What nobody waits for may come from one mirror. */
    private boolean isWanted() {
        return download.demand().isWanted() && !download.isAbandoned();
    }

    private int atWork() {
        return sources.size() + (whenOver == null ? 1 : 0);
    }

    /** Whether what is missing will take so long. */
    private boolean isLong(Duration time) {
        List<RangePlan.Gap> gaps = gaps();
        return missing(gaps) * NANOS_PER_SECOND > speed(gaps) * time.toNanos();
    }

    private static long missing(List<RangePlan.Gap> gaps) {
        return gaps.stream().mapToLong(RangePlan.Gap::bytes).sum();
    }

    private static double speed(List<RangePlan.Gap> gaps) {
        return gaps.stream().mapToDouble(RangePlan.Gap::speed).sum();
    }

    private List<RangePlan.Gap> gaps() {
        List<RangePlan.Gap> gaps = new ArrayList<>();
        for (Download.Hole hole : download.holes()) {
            Optional<Source> source = at(hole.rangeFrom());
            if (source.isPresent()) {
                long end = Math.min(hole.to(), source.get().writer.end());
                if (hole.from() < end) {
                    gaps.add(gap(hole.from(), end, source.get().speed));
                }
                if (end < hole.to()) {
                    gaps.add(new RangePlan.Gap(end, hole.to(), OptionalDouble.empty()));
                }
            } else if (whenOver == null && gaps.isEmpty()) {
                gaps.add(gap(hole.from(), hole.to(), prefixSpeed));
            } else {
                gaps.add(new RangePlan.Gap(hole.from(), hole.to(), OptionalDouble.empty()));
            }
        }
        return gaps;
    }

    /** Of a mirror that has sent nothing yet what was planned is expected. */
    private static RangePlan.Gap gap(long from, long to, Speed speed) {
        return new RangePlan.Gap(
                from, to, OptionalDouble.of(speed.bytesPerSecond().orElse(RangePlan.planned(to - from))));
    }

    /** Who fetches the range that begins at a byte. */
    private Optional<Source> at(long rangeFrom) {
        return sources.stream()
                .filter(source -> source.race != null && source.writer.from() == rangeFrom)
                .findFirst();
    }

    private void assign(Source source) {
        if (!source.isFree() || (trial != null && trial.paused() == source)) {
            return;
        }
        List<RangePlan.Gap> gaps = gaps();
        Optional<RangePlan.Range> next =
                RangePlan.next(gaps, source.speed.bytesPerSecond(), download.firstWantedFarAhead());
        if (next.isEmpty()) {
            return;
        }
        RangePlan.Range range = next.get();
        if (range.instead()) {
            takeFrom(range.from(), source);
            return;
        }
        boolean isFetched =
                gaps.stream().anyMatch(gap -> gap.isFetched() && gap.from() <= range.from() && range.from() < gap.to());
        if (!download.beginAhead(range.from(), isFetched ? Download.FAR_BYTES : 0)) {
            // Others came nearer meanwhile; the next look finds something else.
            return;
        }
        if (!prefix.prepareForHoles()) {
            download.endAhead(range.from());
            most = 0;
            letAllGo();
            return;
        }
        source.fetch(range);
    }

    /** The one that fetches what begins there is late; its range is another's now. */
    private void takeFrom(long position, Source by) {
        Optional<Source> late = download.holes().stream()
                .filter(hole -> hole.from() >= position)
                .findFirst()
                .flatMap(hole -> at(hole.rangeFrom()));
        if (late.isPresent()) {
            tell(late.get().lease.mirror(), "is late, and loses its range to others");
            letGo(late.get());
            assign(by);
        } else if (whenOver == null) {
            Map.Entry<Long, Mirror> origin = prefix.origins().floorEntry(position);
            if (origin != null) {
                tried.add(origin.getValue());
                tell(origin.getValue(), "is late, and others go on");
            }
            context.storage().execute(endPrefix);
        }
    }

    private void tell(Mirror mirror, String what) {
        LOG.log(Level.FINE, "{0}: {1} {2}", new Object[] {fetch.path(), mirror, what});
    }

    // What comes of them.

    private synchronized void ended(Source source, Outcome outcome) {
        measure();
        download.endAhead(source.writer.from());
        source.race = null;
        if (!sources.contains(source)) {
            source.lease.close();
            return;
        }
        if (outcome instanceof Outcome.Delivered all) {
            source.again = 0;
            all.reportTo(source.lease);
            pause(source);
        } else if (outcome instanceof Outcome.StorageFailed) {
            most = 0;
            letAllGo();
        } else if (!(outcome instanceof Outcome.Again) || source.again++ >= AGAIN_AT_MOST) {
            tell(
                    source.lease.mirror(),
                    (outcome instanceof Outcome.Failed failed ? failed.detail() : "ended") + "; others go on");
            letGo(source);
        }
        if (most < 2 || (whenOver != null && sources.equals(List.of(source)))) {
            hire();
            if (most < 2 || sources.equals(List.of(source))) {
                // One alone is watched better by Failover, and needs no further request.
                letGo(source);
            }
        }
        assignAll();
        settle();
    }

    private void letAllGo() {
        List.copyOf(sources).forEach(this::letGo);
    }

    private void letGo(Source source) {
        if (!sources.remove(source)) {
            return;
        }
        if (trial != null && trial.paused() == source) {
            trial = null;
        }
        active = !sources.isEmpty();
        source.end();
    }

    /** When none fetches anything any more, Failover goes on. */
    private void settle() {
        if (whenOver == null) {
            return;
        }
        caughtUp = caughtUp.thenRunAsync(this::catchUp, context.storage());
        if (trial == null && sources.stream().allMatch(Source::isFree)) {
            Runnable told = whenOver;
            whenOver = null;
            former = null;
            prefixSpeed = new Speed(download.written(), fetch.nowNanos());
            var unused = caughtUp.whenComplete((there, failure) -> told.run());
        }
    }

    private void catchUp() {
        if (!cancelled) {
            prefix.skipAhead();
        }
    }

    // Whether one can be spared.

    private void pause(Source source) {
        List<RangePlan.Gap> gaps = gaps();
        long now = fetch.nowNanos();
        if (allAreNeeded
                || trial != null
                || atWork() < 2
                || now - beganNanos < BEFORE_TRIAL.toNanos()
                || !isLong(WORTH_A_TRIAL)) {
            return;
        }
        double its = source.speed.bytesPerSecond().orElse(0);
        trial = new Trial(source, speed(gaps) + its, its, missing(gaps), now);
        lookAfter(TRIAL);
    }

    private void judgeTrial() {
        long now = fetch.nowNanos();
        if (trial == null || now - trial.beganNanos() < TRIAL.toNanos()) {
            return;
        }
        Trial judged = trial;
        trial = null;
        double without = (judged.missingBytes() - missing(gaps())) * NANOS_PER_SECOND / (now - judged.beganNanos());
        allAreNeeded = without < judged.before() - judged.its() * MADE_UP_FOR;
        if (!allAreNeeded) {
            tell(judged.paused().lease.mirror(), "makes it no faster, and is let go");
            letGo(judged.paused());
            most = atWork();
        }
    }

    /** A mirror that fetches one range after another. */
    private final class Source implements Admission.Holder {
        private final MirrorLease lease;
        private final Admission.Place place;
        private final MirrorChoice choice = MirrorChoice.ofNoOther(context, fetch.path());
        private final Speed speed;
        private boolean hasPlace;
        /** Null before the first range, as it ended the last time. */
        private AheadWriter writer;
        /** Null while it fetches nothing. */
        private Race race;

        private int again;

        Source(MirrorLease lease, Speed speed) {
            this.lease = lease;
            this.speed = speed;
            this.place = context.admission()
                    .place(Admission.Wish.ofOurs(Admission.Share.FILES, Admission.Urgency.NOW_OR_NEVER), this);
        }

        boolean isFree() {
            return hasPlace && race == null;
        }

        void look(long nowNanos) {
            if (race != null) {
                speed.look(writer.position(), nowNanos);
            }
        }

        void fetch(RangePlan.Range range) {
            writer = new AheadWriter(download, prefix, range.from(), range.to());
            speed.beginAt(range.from(), fetch.nowNanos());
            choice.renewPatience();
            race = new Race(
                    fetch, writer, choice, new Attempts(any -> false), (transfer, outcome) -> ended(this, outcome));
            race.start(lease);
        }

        void end() {
            if (race == null) {
                lease.close();
            } else {
                // Unless it has ended, and that is being told.
                boolean unused = race.cancel();
                download.endAhead(writer.from());
            }
            place.leave();
        }

        @Override
        public void placed() {
            context.storage().execute(this::begin);
        }

        private void begin() {
            synchronized (SeveralMirrors.this) {
                hasPlace = true;
                if (sources.contains(this)) {
                    assign(this);
                    settle();
                }
            }
        }

        @Override
        public void refused(String why) {
            boolean unused = giveWay();
        }

        @Override
        public boolean isAbandoned() {
            return false;
        }

        /** The download goes on without it. */
        @Override
        public boolean hasHadItsTurn() {
            return true;
        }

        @Override
        public boolean giveWay() {
            context.storage().execute(this::leave);
            return true;
        }

        private void leave() {
            synchronized (SeveralMirrors.this) {
                letGo(this);
                most = atWork();
                assignAll();
                settle();
            }
        }
    }
}
