package flexo.launch;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;

/**
 * Formats log records for standard error. For systemd's journal each line starts with its priority, see
 * {@code sd-daemon(3)}, without the time, which the journal records; otherwise with time and level.
 *
 * <p>It is configured in {@code logging.properties}, and loaded from the system class path, which with
 * {@code java -jar} is the archive. If it is not found there, Java uses its own formatter.
 */
public final class LogFormatter extends Formatter {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final Pattern LINE_END = Pattern.compile("\\R");
    /** The control characters that could affect a terminal. Line ends are allowed, since some messages are lists. */
    private static final Pattern STEERING = Pattern.compile("[\\p{Cntrl}&&[^\r\n\t]]");

    private final boolean journal;

    /** Detects the kind of standard error. */
    public LogFormatter() {
        this(isJournal(System.getenv("JOURNAL_STREAM"), STANDARD_ERROR));
    }

    LogFormatter(boolean journal) {
        this.journal = journal;
    }

    /**
     * Whether a stream is the one that systemd has connected to the journal.
     *
     * @param journalStream device and inode, or null
     */
    static boolean isJournal(String journalStream, Path stream) {
        if (journalStream == null) {
            return false;
        }
        try {
            Map<String, Object> file = Files.readAttributes(stream, "unix:dev,ino");
            return journalStream.equals(file.get("dev") + ":" + file.get("ino"));
        } catch (IOException | UnsupportedOperationException e) {
            // Unknown; only the priorities are lost.
            return false;
        }
    }

    @Override
    public String format(LogRecord line) {
        String text = STEERING.matcher(line.getLoggerName() + ": " + formatMessage(line) + trace(line.getThrown()))
                .replaceAll("?");
        if (journal) {
            String priority = "<" + priority(line.getLevel()) + ">";
            return priority + LINE_END.matcher(text).replaceAll("\n" + priority) + "\n";
        }
        String level = line.getLevel().getName();
        return TIME.format(line.getInstant()) + " " + level + " ".repeat(Math.max(1, 8 - level.length())) + text
                + System.lineSeparator();
    }

    private static int priority(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return 3;
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return 4;
        }
        return level.intValue() >= Level.CONFIG.intValue() ? 6 : 7;
    }

    private static String trace(Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return "\n" + trace.toString().stripTrailing();
    }
}
