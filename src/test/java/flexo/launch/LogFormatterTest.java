package flexo.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written to a terminal, and what to the journal. */
class LogFormatterTest {
    private static final LogFormatter TERMINAL = new LogFormatter(false);
    private static final LogFormatter JOURNAL = new LogFormatter(true);

    @Test
    void terminalGetsTimeLevelAndLogger() {
        assertThat(TERMINAL.format(record(Level.INFO, "two: {0}", "2")))
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d INFO    flexo\\.Some: two: 2\\R");
    }

    @ParameterizedTest
    @CsvSource({"SEVERE, 3", "WARNING, 4", "INFO, 6", "CONFIG, 6", "FINE, 7", "FINEST, 7"})
    void journalGetsPrioritiesAndNoTime(String level, int priority) {
        assertThat(JOURNAL.format(record(Level.parse(level), "told")))
                .isEqualTo("<" + priority + ">flexo.Some: told\n");
    }

    @Test
    void eachLineOfAMessageHasThePriority() {
        assertThat(JOURNAL.format(record(Level.WARNING, "first\nsecond\r\n<0>third")))
                .isEqualTo("<4>flexo.Some: first\n<4>second\n<4><0>third\n");
    }

    @Test
    void eachLineOfATraceHasThePriority() {
        LogRecord line = record(Level.SEVERE, "failed");
        line.setThrown(new IOException("broken", new IOException("below")));

        assertThat(JOURNAL.format(line).lines())
                .startsWith("<3>flexo.Some: failed", "<3>java.io.IOException: broken")
                .contains("<3>Caused by: java.io.IOException: below")
                .allMatch(text -> text.startsWith("<3>"));
    }

    @Test
    void nothingSteersTheTerminal() {
        assertThat(TERMINAL.format(record(Level.INFO, "a\u001b[2Jb\u0007\tc")))
                .endsWith(": a?[2Jb?\tc" + System.lineSeparator());
    }

    @Test
    void onlyTheStreamThatSystemdNamesIsTheJournal(@TempDir Path folder) throws IOException {
        Path stream = Files.createFile(folder.resolve("stream"));
        String itself = Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino");

        assertThat(LogFormatter.isJournal(itself, stream)).isTrue();
        assertThat(LogFormatter.isJournal(itself + "1", stream))
                .as("standard error was redirected")
                .isFalse();
        assertThat(LogFormatter.isJournal(null, stream)).isFalse();
        assertThat(LogFormatter.isJournal(itself, folder.resolve("nothing"))).isFalse();
    }

    private static LogRecord record(Level level, String message, Object... parameters) {
        LogRecord line = new LogRecord(level, message);
        line.setLoggerName("flexo.Some");
        line.setParameters(parameters);
        return line;
    }
}
