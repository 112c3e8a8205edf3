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
 * Admission control: limits the downloads that run at once. A place stands for a connection to a mirror and its memory,
 * so no request ever waits in the connection pool.
 *
 * <p>Databases and small files have shares of their own, so that they never wait behind packages. Within a share one
 * client gets at most a quarter, a quarter is reserved for clients with few places, and the client with the fewest
 * places comes next. Downloads without a waiting client are preempted; a client that gets no place in time is told to
 * try again.
 *
 * <p>The monitor guards all state. Inside it holders are asked whether a client waits for them; all other callbacks run
 * outside of it.
 */
public final class Admission {
    /**
     * The queueing time; together with the deadlines for mirrors it fits into pacman's patience, which begins with the
     * request, too.
     */
    static final Duration PATIENCE = Duration.ofSeconds(4);
    /** The fraction of a share that one client gets. */
    private static final int CLIENTS_PART = 4;

    private static final int LEAST_FOR_A_CLIENT = 8;
    /** The fraction of a share that is reserved for clients with few places. */
    private static final int RESERVED_PART = 4;

    private static final int FEW = 2;
    /** The fraction of a share for downloads without a waiting client. */
    private static final int NOBODYS_PART = 8;

    /** The shares of places. */
    public enum Share {
        /** Packages, images and whatever else may be large. */
        FILES,
        /** Signatures, and heads alone. */
        SMALL_FILES,
        /** Databases with their signatures. */
        DATABASES
    }

    /** How long a download waits for a place. */
    public enum Urgency {
        /** It does not wait. */
        NOW_OR_NEVER,
        /** For {@link #PATIENCE}. */
        SOON,
        /** As long as the reader of a rest does; that passes the place on after a while. */
        IN_TURN,
        /** As long as clients need the places. */
        WHENEVER
    }

    /**
     * A request for a place.
     *
     * @param client the address of the client; empty for our own downloads
     */
    public record Wish(Share share, Optional<String> client, Urgency urgency) {
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

        /** For our own downloads. */
        public static Wish ofOurs(Share share, Urgency urgency) {
            return new Wish(share, Optional.empty(), urgency);
        }
    }

    /** A download, as seen here. */
    interface Holder {
        /** It may begin; called once, unless it is refused or leaves the queue. */
        void placed();

        /** It may not begin; called once. */
        void refused(String why);

        /** Whether no client waits for it. Called inside the monitor. */
        boolean isAbandoned();

        /**
         * Whether its turn is over, so that it can be preempted even with a waiting client. Called inside the monitor.
         */
        default boolean hasHadItsTurn() {
            return false;
        }

        /** Ends soon, or returns false if a client waits for it and its turn is not over. */
        boolean giveWay();
    }

    /**
     * The numbers of places.
     *
     * @param files for packages and other files that may be large
     * @param smallFiles for signatures and heads
     * @param databases for databases
     */
    public record Limits(int files, int smallFiles, int databases) {
        /** Two buffers of 64 KiB each, the memory of TLS, and the objects of a download. */
        private static final long PLACE_BYTES = 192 * 1024;

        private static final int PART_OF_HEAP = 8;
        private static final int FEWEST = 16;
        /** More concurrency would make no file faster. */
        private static final int MOST = 384;

        public Limits {
            if (files < 1 || smallFiles < 1 || databases < 1) {
                throw new IllegalArgumentException("each kind of file needs a place");
            }
        }

        /**
         * Of the places that an eighth of the heap allows, two thirds are for files, and a sixth for each of the
         * others.
         */
        public static Limits ofHeap(long maxBytes) {
            long all = Math.max(FEWEST, Math.min(MOST, maxBytes / PART_OF_HEAP / PLACE_BYTES));
            int sixth = (int) (all / 6);
            return new Limits((int) all - 2 * sixth, sixth, sixth);
        }

        /** The number of connections for all of them. */
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
     * @param timer ends waits
     */
    public Admission(Limits limits, ScheduledExecutorService timer) {
        this.timer = timer;
        for (Share share : Share.values()) {
            sections.put(share, new Section(limits.of(share)));
        }
    }

    /** The number of downloads with a place. */
    public synchronized int taken() {
        return sections.values().stream()
                .mapToInt(section -> section.taken.size())
                .sum();
    }

    /** The number of downloads that wait for a place. */
    public synchronized int waiting() {
        return sections.values().stream()
                .mapToInt(section -> section.waiting.size())
                .sum();
    }

    /** The number of downloads refused for lack of a place. */
    public synchronized long refused() {
        return refused;
    }

    /** A place that is not taken yet. */
    Place place(Wish wish, Holder holder) {
        return new Place(wish, holder);
    }

    /** The places and the queue of one share. Guarded by the monitor. */
    private static final class Section {
        private final int size;
        private final int reserved;
        private final int clientsMost;
        private final int nobodysMost;
        /** In the order in which they were taken. */
        private final Set<Place> taken = new LinkedHashSet<>();
        /** In the order of arrival. */
        private final Set<Place> waiting = new LinkedHashSet<>();

        Section(int size) {
            this.size = size;
            this.reserved = size / RESERVED_PART;
            this.clientsMost = Math.min(size, Math.max(LEAST_FOR_A_CLIENT, size / CLIENTS_PART));
            this.nobodysMost = Math.max(1, size / NOBODYS_PART);
        }

        /** The places of each client; downloads without a waiting client belong to none. */
        Map<Optional<String>, Integer> holdings() {
            Map<Optional<String>, Integer> holdings = new HashMap<>();
            for (Place place : taken) {
                if (!place.holder.isAbandoned()) {
                    holdings.merge(place.client, 1, Integer::sum);
                }
            }
            return holdings;
        }

        /** Whether there is a place for a download of a client that has this many. */
        boolean hasFree(Place place, int has) {
            return taken.size() < (has < FEW ? size : size - reserved) && mayHaveMore(place, has);
        }

        /** Our own downloads have no limit. */
        boolean mayHaveMore(Place place, int has) {
            return place.client.isEmpty() || has < clientsMost;
        }

        /** Whether one more may queue. */
        boolean hasRoomToWait(Place place) {
            long waitForAWhile = waiting.stream().filter(Place::isForAWhile).count();
            return waitForAWhile < size
                    && (place.client.isEmpty()
                            || waiting.stream()
                                            .filter(other -> other.client.equals(place.client))
                                            .count()
                                    < clientsMost);
        }

        /** Assigns the free places, and returns them. */
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

        /** The downloads to preempt: one for each waiting one, and those beyond their fraction; oldest first. */
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

    /** A download's place, from its request to its end. */
    final class Place {
        private final Section section;
        private final Holder holder;
        // All following fields are guarded by the monitor.
        private Optional<String> client;
        private Urgency urgency;
        private Stage stage = Stage.OUTSIDE;
        private boolean givesWay;
        /** Null unless it is queued. */
        private ScheduledFuture<?> patience;

        private Place(Wish wish, Holder holder) {
            this.section = sections.get(wish.share());
            this.client = wish.client();
            this.urgency = wish.urgency();
            this.holder = holder;
        }

        /** Takes the place, queues for it, or is refused. */
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
         * Adds a waiting client.
         *
         * @return whether it is the first
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

        /** Notes that no client waits for it any more, or its turn is over. */
        void mayBeGivenUp() {
            look(section);
        }

        /** Leaves the queue; false if it was not queued. */
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

        /** Releases the place. */
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

        // Guarded by the monitor.

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

    /** Assigns places, and preempts others. */
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
