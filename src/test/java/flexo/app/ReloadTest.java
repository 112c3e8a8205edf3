package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.config.FlexoConfig;
import flexo.config.SettingSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks are taken by hand; two in a row make a change count. */
class ReloadTest {
    @TempDir
    Path folder;

    private final List<String> logged = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            logged.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    };

    private Path file;
    private Settings settings;
    private Reload reload;

    @BeforeEach
    void start() throws Exception {
        Logger.getLogger(Reload.class.getName()).addHandler(handler);
        file = folder.resolve("flexo.toml");
        start("num_versions_retain = 1\n");
    }

    @AfterEach
    void silence() {
        Logger.getLogger(Reload.class.getName()).removeHandler(handler);
    }

    private void start(String toml) throws Exception {
        Files.writeString(file, toml);
        SettingSources sources = new SettingSources(Map.of(), Map.of(), Map.of(), file);
        settings = new Settings(FlexoConfig.load(sources));
        reload = new Reload(() -> FlexoConfig.load(sources), file, settings);
    }

    private void change(String toml) throws Exception {
        Files.writeString(file, toml);
        reload.look();
        reload.look();
    }

    @Test
    void aChangedFileCountsFromThenOn() throws Exception {
        Supplier<Integer> retain =
                settings.supplier(config -> config.retention().numVersionsRetain());

        change("num_versions_retain = 22");

        assertThat(retain.get()).isEqualTo(22);
        assertThat(logged).containsExactly("INFO " + file + " was changed; its settings count from now on");
    }

    @Test
    void aPartIsToldOnceOfWhatConcernsIt() throws Exception {
        List<Object> told = new ArrayList<>();
        settings.whenChanged(FlexoConfig::retention, told::add);
        settings.whenChanged(FlexoConfig::mirrors, told::add);

        change("num_versions_retain = 22");
        change("num_versions_retain = 22 # as before");

        assertThat(told).containsExactly(settings.current().retention());
    }

    @Test
    void whoIsToldFindsTheNewSettingsEverywhere() throws Exception {
        List<Integer> found = new ArrayList<>();
        settings.whenChanged(
                FlexoConfig::limits,
                limits -> found.add(settings.current().retention().numVersionsRetain()));

        change("num_versions_retain = 22\nclient_timeout_secs = 7");

        assertThat(found).containsExactly(22);
    }

    @Test
    void aBrokenFileKeepsTheSettingsAndIsToldOnceWithAllItsMistakes() throws Exception {
        FlexoConfig before = settings.current();

        change("num_versions_retain = -1\nmirrors_predefinde = []\n");
        reload.look();
        reload.look();

        assertThat(settings.current()).isSameAs(before);
        assertThat(logged)
                .containsExactly(
                        "SEVERE " + file + " was changed, and cannot be used; the settings stay as they were."
                                + " The configuration has 2 mistakes:\n  "
                                + file
                                + " line 2: mirrors_predefinde: unknown setting, the nearest known one is mirrors_predefined\n  "
                                + file
                                + " line 1: num_versions_retain = \"-1\": expected a whole number from 0 (all are kept) to 1000000");
    }

    @Test
    void aFileThatWasMendedCounts() throws Exception {
        change("num_versions_retain = ");
        change("num_versions_retain = 5");

        assertThat(settings.current().retention().numVersionsRetain()).isEqualTo(5);
        assertThat(logged).hasSize(2);
    }

    @Test
    void aFileThatIsGoneKeepsTheSettings() throws Exception {
        Files.delete(file);
        reload.look();
        reload.look();

        assertThat(settings.current().retention().numVersionsRetain()).isEqualTo(1);
        assertThat(logged).containsExactly("WARNING " + file + " is gone; the settings stay as they were");
    }

    @Test
    void aFileThatWasNotThereCountsWhenItComes() throws Exception {
        Files.delete(file);
        SettingSources sources = new SettingSources(Map.of(), Map.of(), Map.of(), file);
        settings = new Settings(FlexoConfig.load(sources));
        reload = new Reload(() -> FlexoConfig.load(sources), file, settings);

        change("num_versions_retain = 5");

        assertThat(settings.current().retention().numVersionsRetain()).isEqualTo(5);
    }

    @Test
    void whatNeedsARestartIsNamedInOneLine() throws Exception {
        change("cache_directory = \"/srv\"\nconnect_timeout = 7\nport = 80\n");

        assertThat(logged)
                .containsExactly(
                        "INFO " + file + " was changed; its settings count from now on",
                        "WARNING What was changed of these takes effect after a restart: cache_directory, connect_timeout,"
                                + " listen_ip_address and port");
    }

    @Test
    void whatWasTakenBackNeedsNoRestart() throws Exception {
        start("port = 80");
        change("connect_timeout = 7\nport = 80");
        logged.clear();

        change("port = 80\nnum_versions_retain = 5");

        assertThat(logged).containsExactly("INFO " + file + " was changed; its settings count from now on");
    }

    @Test
    void anotherSourceStaysStrongerThanTheFile() throws Exception {
        SettingSources sources = new SettingSources(Map.of("flexo.num_versions_retain", "9"), Map.of(), Map.of(), file);
        settings = new Settings(FlexoConfig.load(sources));
        reload = new Reload(() -> FlexoConfig.load(sources), file, settings);

        change("num_versions_retain = 5");

        assertThat(settings.current().retention().numVersionsRetain()).isEqualTo(9);
        assertThat(logged)
                .extracting(line -> Level.parse(line.substring(0, line.indexOf(" "))))
                .containsExactly(Level.INFO);
    }
}
