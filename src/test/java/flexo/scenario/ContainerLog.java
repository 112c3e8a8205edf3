package flexo.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;

/**
 * Everything that Tomcat and the application log while a test runs, and the judgement whether it is acceptable.
 *
 * <p>Not acceptable: a leak that Tomcat found at undeploy, and any SEVERE that the test did not announce.
 */
final class ContainerLog extends Handler {
    private static final String LEAKS = "org.apache.catalina.loader.WebappClassLoaderBase";

    private final Logger root = Logger.getLogger("");
    private final List<LogRecord> records = new ArrayList<>();
    private final List<Pattern> expected = new ArrayList<>();

    ContainerLog() {
        setLevel(Level.ALL);
        setFormatter(new SimpleFormatter());
        // Tomcat's default web.xml names the JSP servlet, and there are no JSPs here, so no Jasper on the class path.
        expect("JspServlet");
        // Tomcat's own housekeeping, caught by chance while it looks after the application that is being removed.
        expect("thread named \\[Catalina-utility-");
    }

    void attach() {
        root.addHandler(this);
    }

    void detach() {
        root.removeHandler(this);
    }

    /** Announces SEVERE records whose message or exception matches. */
    synchronized void expect(String regex) {
        expected.add(Pattern.compile(regex));
    }

    /** Messages of one level and above, formatted with their parameters. */
    synchronized List<String> messages(Level atLeast) {
        return records.stream()
                .filter(record -> record.getLevel().intValue() >= atLeast.intValue())
                .map(this::text)
                .toList();
    }

    /** Records that fail the test. */
    synchronized List<String> problems() {
        return records.stream()
                .filter(record -> isLeak(record) || record.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(this::text)
                .filter(text -> expected.stream()
                        .noneMatch(pattern -> pattern.matcher(text).find()))
                .toList();
    }

    @Override
    public synchronized void publish(LogRecord record) {
        records.add(record);
    }

    @Override
    public void flush() {
        // Nothing is buffered.
    }

    @Override
    public void close() {
        detach();
    }

    private static boolean isLeak(LogRecord record) {
        return LEAKS.equals(record.getLoggerName()) && record.getLevel().intValue() >= Level.WARNING.intValue();
    }

    private String text(LogRecord record) {
        String text = record.getLevel() + " " + record.getLoggerName() + ": "
                + getFormatter().formatMessage(record);
        return record.getThrown() == null ? text : text + " | " + record.getThrown();
    }
}
