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
    private final List<Line> lines = new ArrayList<>();
    private final List<Pattern> expected = new ArrayList<>();

    /** What is kept of a record: text, because an exception would keep the application's class loader alive. */
    private record Line(Level level, String logger, String text) {}

    ContainerLog() {
        setLevel(Level.ALL);
        setFormatter(new SimpleFormatter());
        // Tomcat's default web.xml names the JSP servlet, and there are no JSPs here, so no Jasper on the class path.
        expect("JspServlet");
        // Tomcat's own housekeeping, caught by chance while it looks after the application that is being removed.
        expect("thread named \\[Catalina-utility-");
        // A dispatch to an application that Tomcat has forgotten a moment before it tells it to stop.
        expect("Error during mapping");
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
        return lines.stream()
                .filter(line -> line.level().intValue() >= atLeast.intValue())
                .map(Line::text)
                .toList();
    }

    /** Records that fail the test. */
    synchronized List<String> problems() {
        return lines.stream()
                .filter(line -> isLeak(line) || line.level().intValue() >= Level.SEVERE.intValue())
                .map(Line::text)
                .filter(text -> expected.stream()
                        .noneMatch(pattern -> pattern.matcher(text).find()))
                .toList();
    }

    @Override
    public synchronized void publish(LogRecord record) {
        String text = record.getLevel() + " " + record.getLoggerName() + ": "
                + getFormatter().formatMessage(record);
        lines.add(new Line(
                record.getLevel(),
                String.valueOf(record.getLoggerName()),
                record.getThrown() == null ? text : text + " | " + record.getThrown()));
    }

    @Override
    public void flush() {
        // Nothing is buffered.
    }

    @Override
    public void close() {
        detach();
    }

    private static boolean isLeak(Line line) {
        return LEAKS.equals(line.logger()) && line.level().intValue() >= Level.WARNING.intValue();
    }
}
