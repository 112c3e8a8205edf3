package flexo.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What is told in the log while something is done. */
public final class LogLines {
    private LogLines() {}

    /**
     * Listens.
     *
     * @param source the class in whose name it is told
     * @param least what is told at lower levels is left out
     * @param work what is done meanwhile
     * @return the messages, in order
     */
    public static List<String> of(Class<?> source, Level least, Runnable work) {
        Logger logger = Logger.getLogger(source.getName());
        List<String> lines = new CopyOnWriteArrayList<>();
        SimpleFormatter formatter = new SimpleFormatter();
        Handler listening = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= least.intValue()) {
                    lines.add(formatter.formatMessage(line));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(listening);
        try {
            work.run();
        } finally {
            logger.removeHandler(listening);
        }
        return lines;
    }
}
