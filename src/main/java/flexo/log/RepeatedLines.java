package flexo.log;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Rate-limits log lines that outsiders can cause at will: clients by requests, mirrors by responses.
 *
 * <p>The first lines of each kind and originator are written; the rest of the minute is counted, and summed up in one
 * line at its end. So nobody can fill a disk with them, and none is lost: {@link #close} writes outstanding sums, too.
 *
 * <p>Untrusted text is escaped by {@link Printable}. Memory is bounded: originators beyond a limit share one count
 * until the minute is over. Thread-safe; originators do not contend.
 */
public final class RepeatedLines implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofMinutes(1);
    static final int ORIGINATORS = 1000;
    static final String OTHERS = "Others";

    private final ScheduledExecutorService timer;
    private final Executor writer;
    private final Map<Key, Count> counts = new ConcurrentHashMap<>();
    /** The number of lines of each kind written since the last sums. */
    private final Map<String, AtomicInteger> written = new ConcurrentHashMap<>();

    private final AtomicBoolean sumsAreDue = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * A kind of line.
     *
     * @param plural what it is about, as in "12 more requests for missing files"
     * @param ofOne the lines per minute for one originator
     * @param ofAll the lines per minute in total
     */
    public record Kind(String plural, int ofOne, int ofAll) {}

    /** Only JDK types: on Java 17 the hash code of a record keeps a component's class, and so its loader, reachable. */
    private record Key(String plural, String originator) {}

    /** Not a record: lines compare by identity. */
    private static final class Line {
        final Logger logger;
        final Level level;
        final Supplier<String> text;

        Line(Logger logger, Level level, Supplier<String> text) {
            this.logger = logger;
            this.level = level;
            this.text = text;
        }

        void write() {
            // The source is named, so that the logger does not walk the stack, which took longer than the rest of the
            // line.
            logger.logp(level, logger.getName(), "log", () -> Printable.of(text.get()));
        }
    }

    /** The counts; {@code last} is the latest suppressed line, or null. */
    private record Count(int written, long more, Line last) {
        static final Count NOTHING = new Count(0, 0, null);
    }

    /**
     * Starts with all counts at zero.
     *
     * @param timer ends each minute; its tasks are short
     * @param writer writes the sums; may block
     */
    public RepeatedLines(ScheduledExecutorService timer, Executor writer) {
        this.timer = timer;
        this.writer = writer;
    }

    /**
     * Writes a line, or counts it.
     *
     * @param originator the name of the client or mirror that caused it, as shown in the sum
     * @param text evaluated at most once, perhaps a minute later
     */
    public void log(Logger logger, Level level, Kind kind, String originator, Supplier<String> text) {
        if (!logger.isLoggable(level)) {
            return;
        }
        Line line = new Line(logger, level, text);
        if (closed || count(kind, key(kind, originator), line).last() != line) {
            line.write();
        }
        if (closed) {
            // It may have been counted while the last sums were written.
            sumUp();
        } else if (sumsAreDue.compareAndSet(false, true)) {
            sumUpLater();
        }
    }

    private Key key(Kind kind, String originator) {
        Key key = new Key(kind.plural(), originator);
        return counts.size() < ORIGINATORS || counts.containsKey(key) ? key : new Key(kind.plural(), OTHERS);
    }

    private Count count(Kind kind, Key key, Line line) {
        return counts.compute(key, (same, earlier) -> {
            Count count = earlier == null ? Count.NOTHING : earlier;
            return count.written() < kind.ofOne() && isOneOfFew(kind)
                    ? new Count(count.written() + 1, count.more(), count.last())
                    : new Count(count.written(), count.more() + 1, line);
        });
    }

    private boolean isOneOfFew(Kind kind) {
        AtomicInteger lines = written.computeIfAbsent(kind.plural(), first -> new AtomicInteger());
        return lines.get() < kind.ofAll() && lines.incrementAndGet() <= kind.ofAll();
    }

    private void sumUpLater() {
        try {
            ScheduledFuture<?> unused =
                    timer.schedule(() -> writer.execute(this::sumUp), INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Shutting down; {@link #close} will write the sums.
            sumsAreDue.set(false);
        }
    }

    void sumUp() {
        // Reset first: later counts schedule sums of their own.
        sumsAreDue.set(false);
        written.clear();
        for (Key key : List.copyOf(counts.keySet())) {
            Count count = counts.remove(key);
            if (count != null && count.more() == 1) {
                count.last().write();
            } else if (count != null && count.more() > 1) {
                sum(key, count).write();
            }
        }
    }

    private static Line sum(Key key, Count count) {
        Line last = count.last();
        return new Line(
                last.logger,
                last.level,
                () -> String.format(
                        Locale.ROOT,
                        "%s: %,d more %s within a minute, the last one: %s",
                        key.originator(),
                        count.more(),
                        key.plural(),
                        last.text.get()));
    }

    /** Writes the outstanding sums; later lines are not limited. */
    @Override
    public void close() {
        closed = true;
        sumUp();
    }
}
