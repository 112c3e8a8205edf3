package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.SettingSources;
import flexo.web.SettingsState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final Instant NOW = Instant.parse("2024-02-29T12:00:00Z");

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
    private int starts;

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
        start(new SettingSources(Map.of(), Map.of(), Map.of(), file));
    }

    private void start(SettingSources sources) {
        reload = new Reload(
                new Reload.Reading() {
                    @Override
                    public SettingSources sources() {
                        return sources;
                    }

                    @Override
                    public FlexoConfig read() throws InvalidConfigException {
                        return FlexoConfig.load(sources);
                    }
                },
                () -> NOW);
        reload.begin(begun -> {
            starts++;
            settings = begun;
        });
        // The line that names the sources.
        logged.remove(0);
    }

    private void change(String toml) throws Exception {
        Files.writeString(file, toml);
        reload.look();
        reload.look();
    }

    @Test
    void aChangedFileCountsFromThenOn() throws Exception {
        Supplier<Integer> retain =
                settings.supplier(config -> config.retention().rules().usual().versionsToKeep());

        change("num_versions_retain = 22");

        assertThat(retain.get()).isEqualTo(22);
        assertThat(logged).containsExactly("INFO " + file + " has changed; its settings are in force now");
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
                limits ->
                        found.add(settings.current().retention().rules().usual().versionsToKeep()));

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
                                + " line 2: mirrors_predefinde: unknown setting; did you mean mirrors_predefined?\n  "
                                + file
                                + " line 1: num_versions_retain = \"-1\": expected a whole number from 0 (all are kept) to 1000000");
    }

    @Test
    void aFileThatWasMendedCounts() throws Exception {
        change("num_versions_retain = ");
        change("num_versions_retain = 5");

        assertThat(settings.current().retention().rules().usual().versionsToKeep())
                .isEqualTo(5);
        assertThat(logged).hasSize(2);
    }

    @Test
    void aFileThatIsGoneKeepsTheSettings() throws Exception {
        Files.delete(file);
        reload.look();
        reload.look();

        assertThat(settings.current().retention().rules().usual().versionsToKeep())
                .isEqualTo(1);
        assertThat(logged).containsExactly("WARNING " + file + " is gone; the settings stay as they were");
    }

    @Test
    void aFileThatWasNotThereCountsWhenItComes() throws Exception {
        Files.delete(file);
        start(new SettingSources(Map.of(), Map.of(), Map.of(), file));

        change("num_versions_retain = 5");

        assertThat(settings.current().retention().rules().usual().versionsToKeep())
                .isEqualTo(5);
    }

    @Test
    void whatNeedsARestartIsNamedInOneLine() throws Exception {
        change("cache_directory = \"/srv\"\nconnect_timeout = 7\nport = 80\n");

        assertThat(logged)
                .containsExactly(
                        "INFO " + file + " has changed; its settings are in force now",
                        "WARNING These settings were changed, and take effect after a restart: cache_directory, connect_timeout,"
                                + " listen_ip_address and port");
    }

    @Test
    void whatWasTakenBackNeedsNoRestart() throws Exception {
        start("port = 80");
        change("connect_timeout = 7\nport = 80");
        logged.clear();

        change("port = 80\nnum_versions_retain = 5");

        assertThat(logged).containsExactly("INFO " + file + " has changed; its settings are in force now");
    }

    @Test
    void anotherSourceStaysStrongerThanTheFile() throws Exception {
        start(new SettingSources(Map.of("flexo.num_versions_retain", "9"), Map.of(), Map.of(), file));

        change("num_versions_retain = 5");

        assertThat(settings.current().retention().rules().usual().versionsToKeep())
                .isEqualTo(9);
        assertThat(logged)
                .extracting(line -> Level.parse(line.substring(0, line.indexOf(" "))))
                .containsExactly(Level.INFO);
    }

    @Test
    void theSourcesAreNamedInOneLineWithoutTheirValues() throws Exception {
        Files.delete(file);
        SettingSources sources = new SettingSources(
                Map.of("flexo.proxy_password", "s3cret"),
                Map.of("FLEXO_PORT", "80", "FLEXO_CACHE_DIRECTORY", "/srv", "PATH", "/bin"),
                Map.of("flexo.user_agent", "me", "other", "x"),
                file);

        assertThat(sources.summary())
                .isEqualTo(
                        file + " (does not exist); system properties flexo.proxy_password;"
                                + " environment variables FLEXO_CACHE_DIRECTORY, FLEXO_PORT; context parameters flexo.user_agent");
    }

    @Test
    void theApplicationIsStartedOnceTheFileIsMended() throws Exception {
        starts = 0;
        start("num_versions_retain = \"many\"");
        assertThat(starts).isZero();
        assertThat(state().loadedAt()).isEmpty();
        assertThat(state().refused())
                .hasValueSatisfying(refusal -> assertThat(refusal.mistakes())
                        .singleElement()
                        .asString()
                        .contains("num_versions_retain"));

        reload.look();
        reload.look();
        assertThat(logged).as("what was told already").hasSize(1);
        change("num_versions_retain = 5");
        change("num_versions_retain = 6");

        assertThat(starts).isEqualTo(1);
        assertThat(settings.current().retention().rules().usual().versionsToKeep())
                .isEqualTo(6);
        assertThat(state())
                .isEqualTo(new SettingsState(file.toString(), Optional.of(NOW), Optional.empty(), List.of()));
    }

    @Test
    void aFileThatSettingsNameMayBeMendedInsteadOfTheSettings() throws Exception {
        Path password = folder.resolve("password");
        start("proxy_user = \"me\"\nhttp_proxy = \"http://127.0.0.1:1\"\nproxy_password_file = \"" + password + "\"");
        assertThat(state().refused()).isPresent();

        Files.writeString(password, "s3cret");
        reload.look();
        reload.look();

        assertThat(state().inForce()).isTrue();
    }

    @Test
    void whatIsRefusedIsInTheStateUntilItIsMended() throws Exception {
        change("num_versions_retain = \"many\"\nport = 0");

        assertThat(state().inForce()).isFalse();
        assertThat(state().loadedAt()).hasValue(NOW);
        assertThat(state().refused().orElseThrow().since()).isEqualTo(NOW);
        assertThat(state().refused().orElseThrow().mistakes()).hasSize(2);

        change("num_versions_retain = 7");
        assertThat(state().inForce()).isTrue();
    }

    @Test
    void aFileThatIsGoneIsInTheState() throws Exception {
        Files.delete(file);
        reload.look();
        reload.look();

        assertThat(state().refused().orElseThrow().mistakes()).containsExactly(file + ": it is gone");
    }

    @Test
    void whatWaitsForARestartIsInTheStateUntilThen() throws Exception {
        change("connect_timeout = 7");
        change("connect_timeout = 7\nnum_versions_retain = 3");
        assertThat(state().inForce()).isFalse();
        assertThat(state().afterRestart()).containsExactly("connect_timeout");

        change("num_versions_retain = 3");
        assertThat(state().inForce()).isTrue();
    }

    @Test
    void aPartThatThrowsKeepsNobodyFromBeingToldAndNothingOfTheNewSettingsInForce() throws Exception {
        List<Integer> told = new ArrayList<>();
        settings.whenChanged(config -> config.retention().rules().usual().versionsToKeep(), retain -> {
            if (retain == 5) {
                throw new IllegalStateException("five");
            }
        });
        settings.whenChanged(config -> config.retention().rules().usual().versionsToKeep(), told::add);

        change("num_versions_retain = 5");

        assertThat(told).containsExactly(5, 1);
        assertThat(settings.current().retention().rules().usual().versionsToKeep())
                .isEqualTo(1);
        assertThat(state().refused().orElseThrow().mistakes())
                .singleElement()
                .asString()
                .contains("five");
        reload.look();
        assertThat(told).as("it is not tried again").hasSize(2);
        change("num_versions_retain = 6");
        assertThat(told).containsExactly(5, 1, 6);
        assertThat(state().inForce()).isTrue();
    }

    private SettingsState state() {
        return reload.state();
    }
}
