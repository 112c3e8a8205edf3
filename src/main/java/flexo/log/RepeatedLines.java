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
 * Log lines that somebody outside can cause as often as he likes: a client by its requests, a mirror by its answers.
 *
 * <p>Of each kind, the first lines of an originator are written; the rest of a minute is counted, and told in one line at its
 * end. So nobody fills a disk with them, and none is lost: what has been counted is told when this is closed, too.
 *
 * <p>What somebody outside has written stays in its line: see {@link Printable}. Memory is bounded: those who come when many originators are known share one count, until the minute is over. Safe for
 * threads; originators do not wait for each other.
 */
public final class RepeatedLines implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofMinutes(1);
    static final int ORIGINATORS = 1000;
    static final String OTHERS = "Others";

    private final ScheduledExecutorService timer;
    private final Executor writer;
    private final Map<Key, Count> counts = new ConcurrentHashMap<>();
    /** How many lines of each kind were written since the last sums. */
    private final Map<String, AtomicInteger> written = new ConcurrentHashMap<>();

    private final AtomicBoolean sumsAreDue = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * A kind of line.
     *
     * @param plural what it tells of, as in "12 more requests for missing files"
     * @param ofOne how many of one originator are written in a minute
     * @param ofAll how many are written in a minute altogether
     */
    public record Kind(String plural, int ofOne, int ofAll) {}

    /** Of JDK types alone: on Java 17 the hash of a record keeps the class of a component, and its loader, for ever. */
    private record Key(String plural, String originator) {}

    /** No record: each is another one, whatever it says. */
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
            // With its source named, nothing has to walk the stack for it, which took longer than all the rest of the
            // line.
            logger.logp(level, logger.getName(), "log", () -> Printable.of(text.get()));
        }
    }

    /** What was written and what was not; {@code last} is the latest that was not, or null. */
    private record Count(int written, long more, Line last) {
        static final Count NOTHING = new Count(0, 0, null);
    }

    /**
     * Nothing told yet.
     *
     * @param timer says when a minute is over; its tasks are short
     * @param writer writes sums, which may block
     */
    public RepeatedLines(ScheduledExecutorService timer, Executor writer) {
        this.timer = timer;
        this.writer = writer;
    }

    /**
     * Writes a line, or counts it.
     *
     * @param originator who has caused it, as it is to be told
     * @param text asked for at most once, perhaps a minute later
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
            // It may have been counted while the last sums were made.
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
            // Everything is being stopped; whoever does that closes this, too.
            sumsAreDue.set(false);
        }
    }

    void sumUp() {
        // First: what is counted from here on has its own sums.
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

    /** Tells what has been counted; from now on every line is written. */
    @Override
    public void close() {
        closed = true;
        sumUp();
    }
}
