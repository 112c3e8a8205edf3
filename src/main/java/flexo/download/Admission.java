package flexo.download;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Admission control: how many downloads may be on their way at once. A place stands for a connection to a mirror and for
 * the memory which that takes, so no request ever waits in the pool of connections.
 *
 * <p>Databases and small files have shares of their own, so that they never wait behind packages. Within a share one client
 * has a quarter at most, a quarter is kept for those who have few, and whoever has the fewest places comes next. Downloads
 * that nobody waits for give way; a client whose turn does not come in time is told to come again.
 *
 * <p>All state is guarded by the monitor, inside which holders are asked whether somebody waits for them; everything else is
 * told outside it.
 */
public final class Admission {
    /** Together with the patience for mirrors it fits into pacman's: both begin with the request. */
    static final Duration PATIENCE = Duration.ofSeconds(4);
    /** What one client has of a share. */
    private static final int CLIENTS_PART = 4;

    private static final int LEAST_FOR_A_CLIENT = 8;
    /** What is kept of a share for clients with so few places. */
    private static final int RESERVED_PART = 4;

    private static final int FEW = 2;
    /** What downloads may have of a share that nobody waits for. */
    private static final int NOBODYS_PART = 8;

    /** Who shares places. */
    public enum Share {
        /** Packages, images and whatever else may be large. */
        FILES,
        /** Signatures, and heads alone. */
        SMALL_FILES,
        /** Databases with their signatures. */
        DATABASES
    }

    /** How long a place may be waited for. */
    public enum Urgency {
        /** Not at all. */
        NOW_OR_NEVER,
        /** For {@link #PATIENCE}. */
        SOON,
        /** For as long as the reader of a rest does, who gives the place up to the next one after a while. */
        IN_TURN,
        /** For as long as clients need the places. */
        WHENEVER
    }

    /**
     * What a download wants.
     *
     * @param client the address for which it is; empty if it is for ourselves
     */
    public record Wish(Share share, Optional<String> client, Urgency urgency) {
        /** Checks that clients wait for a while, or for their turn. */
        public Wish {
            if (client.isPresent() && urgency != Urgency.SOON && urgency != Urgency.IN_TURN) {
                throw new IllegalArgumentException("a client waits for a while, or for its turn");
            }
        }

        /** For a client. */
        public static Wish of(Share share, Client client) {
            return new Wish(share, Optional.of(client.address()), Urgency.SOON);
        }

        /** For the reader of a rest. */
        static Wish inTurn(Share share, Client client) {
            return new Wish(share, Optional.of(client.address()), Urgency.IN_TURN);
        }

        /** For ourselves. */
        public static Wish ofOurs(Share share, Urgency urgency) {
            return new Wish(share, Optional.empty(), urgency);
        }
    }

    /** A download as this sees it. */
    interface Holder {
        /** It may begin; told once, unless it is refused or leaves the queue. */
        void placed();

        /** It may not; told once. */
        void refused(String why);

        /** Whether nobody waits for it. Called inside the monitor. */
        boolean isAbandoned();

        /** Whether it has had its turn, so that it can give way though somebody waits for it. Called inside the monitor. */
        default boolean hasHadItsTurn() {
            return false;
        }

        /** Ends soon unless somebody waits for it and its turn is not over, and then returns false. */
        boolean giveWay();
    }

    /**
     * How many places there are.
     *
     * @param files for packages and whatever else may be large
     * @param smallFiles for signatures and heads
     * @param databases for databases
     */
    public record Limits(int files, int smallFiles, int databases) {
        /** Two buffers of 64 KiB each, what TLS takes, and the objects of a download. */
        private static final long PLACE_BYTES = 192 * 1024;

        private static final int PART_OF_HEAP = 8;
        private static final int FEWEST = 16;
        /** More at once would make no file come sooner. */
        private static final int MOST = 384;

        /** Checks all three. */
        public Limits {
            if (files < 1 || smallFiles < 1 || databases < 1) {
                throw new IllegalArgumentException("each kind of file needs a place");
            }
        }

        /** Two thirds of what an eighth of the heap holds are for files, and a sixth for each of the others. */
        public static Limits ofHeap(long maxBytes) {
            long all = Math.max(FEWEST, Math.min(MOST, maxBytes / PART_OF_HEAP / PLACE_BYTES));
            int sixth = (int) (all / 6);
            return new Limits((int) all - 2 * sixth, sixth, sixth);
        }

        /** How many connections all of them need at once. */
        public int connections() {
            return files + smallFiles + databases;
        }

        private int of(Share share) {
            return switch (share) {
                case FILES -> files;
                case SMALL_FILES -> smallFiles;
                case DATABASES -> databases;
            };
        }
    }

    private final ScheduledExecutorService timer;
    private final Map<Share, Section> sections = new EnumMap<>(Share.class);
    private long refused;

    /**
     * All places are free.
     *
     * @param timer ends waiting
     */
    public Admission(Limits limits, ScheduledExecutorService timer) {
        this.timer = timer;
        for (Share share : Share.values()) {
            sections.put(share, new Section(limits.of(share)));
        }
    }

    /** How many downloads have a place. */
    public synchronized int taken() {
        return sections.values().stream()
                .mapToInt(section -> section.taken.size())
                .sum();
    }

    /** How many downloads wait for a place. */
    public synchronized int waiting() {
        return sections.values().stream()
                .mapToInt(section -> section.waiting.size())
                .sum();
    }

    /** How many downloads were refused for lack of a place. */
    public synchronized long refused() {
        return refused;
    }

    /** A place that is not taken yet. */
    Place place(Wish wish, Holder holder) {
        return new Place(wish, holder);
    }

    /** The places of one share, and who waits for them. Only under the monitor. */
    private static final class Section {
        private final int size;
        private final int reserved;
        private final int clientsMost;
        private final int nobodysMost;
        /** In the order in which they were taken. */
        private final Set<Place> taken = new LinkedHashSet<>();
        /** In the order in which they came. */
        private final Set<Place> waiting = new LinkedHashSet<>();

        Section(int size) {
            this.size = size;
            this.reserved = size / RESERVED_PART;
            this.clientsMost = Math.min(size, Math.max(LEAST_FOR_A_CLIENT, size / CLIENTS_PART));
            this.nobodysMost = Math.max(1, size / NOBODYS_PART);
        }

        /** How many places each client has; what nobody waits for is nobody's. */
        Map<Optional<String>, Integer> holdings() {
            Map<Optional<String>, Integer> holdings = new HashMap<>();
            for (Place place : taken) {
                if (!place.holder.isAbandoned()) {
                    holdings.merge(place.client, 1, Integer::sum);
                }
            }
            return holdings;
        }

        /** Whether there is a place for a download whose client has so many. */
        boolean hasFree(Place place, int has) {
            return taken.size() < (has < FEW ? size : size - reserved) && mayHaveMore(place, has);
        }

        /** Of ours as many as there are. */
        boolean mayHaveMore(Place place, int has) {
            return place.client.isEmpty() || has < clientsMost;
        }

        /** Whether one more may wait for a while. */
        boolean hasRoomToWait(Place place) {
            long waitForAWhile = waiting.stream().filter(Place::isForAWhile).count();
            return waitForAWhile < size
                    && (place.client.isEmpty()
                            || waiting.stream()
                                            .filter(other -> other.client.equals(place.client))
                                            .count()
                                    < clientsMost);
        }

        /** Gives a place to each that may have one, and returns them. */
        List<Place> admit() {
            List<Place> admitted = new ArrayList<>();
            Map<Optional<String>, Integer> holdings = holdings();
            ToIntFunction<Place> has = place -> holdings.getOrDefault(place.client, 0);
            Optional<Place> next = next(has);
            while (next.isPresent()) {
                Place place = next.get();
                waiting.remove(place);
                taken.add(place);
                place.taken();
                holdings.merge(place.client, 1, Integer::sum);
                admitted.add(place);
                next = next(has);
            }
            return admitted;
        }

        private Optional<Place> next(ToIntFunction<Place> has) {
            return waiting.stream()
                    .filter(place -> hasFree(place, has.applyAsInt(place)))
                    .min(Comparator.comparing(Place::isPatient).thenComparingInt(has));
        }

        /** Who is to give way: as many as there are who need a place, and those beyond nobody's part; oldest first. */
        List<Place> giveWay() {
            Map<Optional<String>, Integer> holdings = holdings();
            long needed = waiting.stream()
                    .filter(place -> !place.isPatient() && mayHaveMore(place, holdings.getOrDefault(place.client, 0)))
                    .count();
            List<Place> abandoned =
                    taken.stream().filter(place -> place.holder.isAbandoned()).toList();
            long leaving = taken.stream().filter(place -> place.givesWay).count();
            long count = Math.max(needed, abandoned.size() - (long) nobodysMost) - leaving;
            Stream<Place> inTurn = taken.stream().filter(place -> place.holder.hasHadItsTurn());
            List<Place> chosen = Stream.concat(abandoned.stream(), inTurn.limit(Math.max(0, needed)))
                    .filter(place -> !place.givesWay)
                    .distinct()
                    .limit(Math.max(0, count))
                    .toList();
            chosen.forEach(place -> place.givesWay = true);
            return chosen;
        }
    }

    private enum Stage {
        OUTSIDE,
        WAITING,
        TAKEN,
        LEFT
    }

    /** A download's place, from its wish to its end. */
    final class Place {
        private final Section section;
        private final Holder holder;
        // Guarded by the monitor, all that follow.
        private Optional<String> client;
        private Urgency urgency;
        private Stage stage = Stage.OUTSIDE;
        private boolean givesWay;
        /** Null unless it waits for a while. */
        private ScheduledFuture<?> patience;

        private Place(Wish wish, Holder holder) {
            this.section = sections.get(wish.share());
            this.client = wish.client();
            this.urgency = wish.urgency();
            this.holder = holder;
        }

        /** Takes it, or queues for it, or is refused. */
        void take() {
            boolean turnedAway = false;
            synchronized (Admission.this) {
                boolean atOnce = section.hasFree(this, has());
                boolean waits =
                        isPatient() || urgency == Urgency.IN_TURN || (isForAWhile() && section.hasRoomToWait(this));
                if (atOnce || waits) {
                    stage = Stage.WAITING;
                    section.waiting.add(this);
                    if (!atOnce && urgency == Urgency.SOON) {
                        beginPatience();
                    }
                } else {
                    stage = Stage.LEFT;
                    refused++;
                    turnedAway = true;
                }
            }
            if (turnedAway) {
                holder.refused(why());
            }
            look(section);
        }

        /**
         * A client waits for it, too.
         *
         * @return whether nobody has waited for it so far
         */
        boolean wantedBy(String another) {
            boolean first;
            synchronized (Admission.this) {
                if (stage != Stage.WAITING || client.equals(Optional.of(another))) {
                    return false;
                }
                Optional<String> former = client;
                client = Optional.of(another);
                if (former.isPresent() && !section.mayHaveMore(this, has())) {
                    client = former;
                }
                first = urgency != Urgency.SOON;
                if (first) {
                    urgency = Urgency.SOON;
                    beginPatience();
                }
            }
            look(section);
            return first;
        }

        /** Nobody waits for it any longer, or its turn is over. */
        void mayBeGivenUp() {
            look(section);
        }

        /** Waits no longer; false if it did not wait. */
        boolean leaveQueue() {
            synchronized (Admission.this) {
                if (stage != Stage.WAITING) {
                    return false;
                }
                end();
            }
            look(section);
            return true;
        }

        /** Its end. */
        void leave() {
            synchronized (Admission.this) {
                end();
            }
            look(section);
        }

        private void timedOut() {
            synchronized (Admission.this) {
                if (stage != Stage.WAITING) {
                    return;
                }
                end();
                refused++;
            }
            holder.refused(why());
        }

        private String why() {
            synchronized (Admission.this) {
                return client.isPresent() && !section.mayHaveMore(this, has())
                        ? section.clientsMost + " downloads are on their way for " + client.get()
                                + ", the most for one client"
                        : "all " + section.size + " places for such downloads are taken, or kept for others";
            }
        }

        // Only under the monitor.

        private int has() {
            return section.holdings().getOrDefault(client, 0);
        }

        private void taken() {
            stage = Stage.TAKEN;
            endPatience();
        }

        private void beginPatience() {
            patience = timer.schedule(this::timedOut, PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        }

        private void end() {
            section.waiting.remove(this);
            section.taken.remove(this);
            stage = Stage.LEFT;
            endPatience();
        }

        private void endPatience() {
            if (patience != null) {
                patience.cancel(false);
                patience = null;
            }
        }

        private boolean isPatient() {
            return urgency == Urgency.WHENEVER;
        }

        private boolean isForAWhile() {
            return urgency == Urgency.SOON;
        }
    }

    /** Gives places to those who may have them, and has others give way. */
    private void look(Section section) {
        List<Place> placed;
        List<Place> leaving;
        synchronized (this) {
            placed = section.admit();
            leaving = section.giveWay();
        }
        placed.forEach(place -> place.holder.placed());
        for (Place place : leaving) {
            if (!place.holder.giveWay()) {
                synchronized (this) {
                    place.givesWay = false;
                }
            }
        }
    }
}
