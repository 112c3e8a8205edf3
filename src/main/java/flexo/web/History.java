package flexo.web;

import flexo.cache.DiskFailure;
import flexo.cache.NoteFile;
import flexo.cache.SmallFile;
import flexo.web.RequestFigures.Totals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Request counts of the last hour, day and month, in steps of a minute, a quarter of an hour and six hours. They
 * survive restarts and have a fixed size. Thread-safe; {@link #sample} sometimes accesses the disk, and {@link #close}
 * does.
 */
public final class History implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(History.class.getName());
    private static final int MOST_BYTES = 1 << 20;
    /** The number of minutes that a crash may lose. */
    private static final int SAMPLES_PER_NOTE = 10;

    private final Supplier<Totals> totals;
    private final NoteFile file;
    private final InstantSource clock;

    // Guarded by the monitor:
    private final Map<String, Series> series = new TreeMap<>(Map.of(
            "hour", new Series(Duration.ofMinutes(1), 60),
            "day", new Series(Duration.ofMinutes(15), 96),
            "month", new Series(Duration.ofHours(6), 124)));

    private Totals last = Totals.NONE;
    private int samples;

    /** The requests from one moment on. */
    record Point(Instant from, Totals totals) {}

    /** The latest points of a series, equidistant; guarded by the monitor of its owner. */
    private static final class Series {
        private final Duration step;
        private final int most;
        private final Deque<Point> points = new ArrayDeque<>();

        Series(Duration step, int most) {
            this.step = step;
            this.most = most;
        }

        void add(Instant now, Totals more) {
            long seconds = step.toSeconds();
            Instant from = Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), seconds) * seconds);
            // The clock may have been set back.
            points.removeIf(point ->
                    point.from().isAfter(from) || point.from().isBefore(from.minus(step.multipliedBy(most - 1L))));
            Totals before = Totals.NONE;
            if (!points.isEmpty() && points.getLast().from().equals(from)) {
                before = points.removeLast().totals();
            }
            points.add(new Point(from, before.plus(more)));
        }
    }

    /**
     * Continues the saved history of an earlier run.
     *
     * @param totals the totals of this run
     * @param path the file; need not exist
     */
    public History(Supplier<Totals> totals, Path path, InstantSource clock) {
        this.totals = totals;
        this.file = new NoteFile(path, "The plots of the page begin anew after a restart");
        this.clock = clock;
        try {
            SmallFile.read(path, MOST_BYTES).ifPresent(this::take);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} cannot be read: {1}. The plots of the page begin anew", new Object[] {
                path, DiskFailure.reason(e)
            });
        }
    }

    private void take(byte[] document) {
        HistoryJson.parse(document).forEach((name, points) -> {
            Series known = series.get(name);
            if (known != null) {
                points.stream().skip(Math.max(0, points.size() - known.most)).forEach(known.points::add);
            }
        });
    }

    /** Adds the requests since the last call; called every minute. */
    public void sample() {
        boolean note;
        synchronized (this) {
            Instant now = clock.instant();
            Totals current = totals.get();
            Totals more = current.minus(last);
            last = current;
            series.values().forEach(each -> each.add(now, more));
            samples++;
            note = samples % SAMPLES_PER_NOTE == 0;
        }
        if (note) {
            note();
        }
    }

    /** The series by name. */
    synchronized Map<String, HistoryJson.Series> series() {
        Map<String, HistoryJson.Series> all = new TreeMap<>();
        series.forEach(
                (name, each) -> all.put(name, new HistoryJson.Series(each.step.toSeconds(), points(each.points))));
        return all;
    }

    private static List<HistoryJson.Point> points(Collection<Point> points) {
        List<HistoryJson.Point> all = new ArrayList<>();
        points.forEach(point -> all.add(HistoryJson.Point.of(point)));
        return all;
    }

    private void note() {
        byte[] document = HistoryJson.print(series()).getBytes(StandardCharsets.UTF_8);
        boolean unused = file.replace(out -> out.write(document));
    }

    @Override
    public void close() {
        sample();
        note();
    }
}
