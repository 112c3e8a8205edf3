package flexo.app;

import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.PrintedSettings;
import flexo.config.Problem;
import flexo.config.SettingSources;
import flexo.web.SettingsState;
import flexo.web.StateJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the application on the current settings: starts it as soon as they are valid, and applies a changed TOML file.
 * Invalid settings change nothing, and are read again until they are corrected.
 *
 * <p>Thread-safe: the monitor serialises checks.
 */
final class Reload implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Reload.class.getName());

    /** The settings of parts that live as long as the application. */
    private static final Map<String, Function<FlexoConfig, Object>> AFTER_RESTART = afterRestart();

    private final Reading reading;
    private final InstantSource clock;
    private final Path file;
    private final FileWatch watch;
    /** Empty until the application has been started. */
    private Optional<Settings> settings = Optional.empty();

    private Optional<Start> start = Optional.empty();
    private Optional<FlexoConfig> atStart = Optional.empty();
    /** The application failed with valid settings; only other settings are tried. */
    private boolean failed;

    private boolean closed;
    private volatile SettingsState state;
    private volatile List<PrintedSettings.Line> lines = List.of();

    /** Reads the settings from all sources. */
    interface Reading {
        /** {@return the current sources} */
        SettingSources sources();

        /**
         * Reads them.
         *
         * @throws InvalidConfigException with all mistakes
         */
        FlexoConfig read() throws InvalidConfigException;
    }

    /** Builds the application. */
    @FunctionalInterface
    interface Start {
        /**
         * Builds it and begins to serve.
         *
         * @param settings the first ones, to be replaced when they change
         * @throws InvalidConfigException if it cannot be built with these; then nothing of it remains
         */
        void with(Settings settings) throws InvalidConfigException;
    }

    /**
     * Nothing is read yet.
     *
     * @param clock stamps events
     */
    Reload(Reading reading, InstantSource clock) {
        this.reading = reading;
        this.clock = clock;
        SettingSources sources = reading.sources();
        file = sources.file().orElse(SettingSources.FLEXO_TOML);
        watch = new FileWatch(file);
        state = new SettingsState(sources.summary(), Optional.empty(), Optional.empty(), List.of());
    }

    private static Map<String, Function<FlexoConfig, Object>> afterRestart() {
        Map<String, Function<FlexoConfig, Object>> parts = new LinkedHashMap<>();
        parts.put("cache_directory", FlexoConfig::cacheDirectory);
        parts.put("connect_timeout", config -> config.outbound().connectTimeout());
        parts.put("user_agent", config -> config.outbound().userAgent());
        parts.put("ca_certificates", config -> config.outbound().tls().authorities());
        parts.put(
                "client_certificate and client_key",
                config -> List.of(
                        config.outbound().tls().certificate(),
                        config.outbound().tls().key()));
        parts.put("minimum_tls", config -> config.outbound().tls().minimum());
        parts.put(
                "listen_ip_address and port",
                config ->
                        List.of(config.listening().address(), config.listening().port()));
        return parts;
    }

    /** The settings in force, as text; empty before the first. Thread-safe. */
    StateJson.AllSettings settings() {
        SettingsState now = state;
        return new StateJson.AllSettings(
                now.sources(),
                now.refused().map(SettingsState.Refusal::mistakes).orElse(List.of()),
                lines.stream()
                        .map(line ->
                                new StateJson.Setting(line.name(), line.value().orElse(null), line.source()))
                        .toList());
    }

    /** The state of the settings. Thread-safe. */
    SettingsState state() {
        return state;
    }

    /**
     * Reads the settings for the first time.
     *
     * @param start called once with valid settings, now or at a later check
     */
    synchronized void begin(Start start) {
        this.start = Optional.of(start);
        LOG.log(Level.INFO, "Settings are read from {0}", state.sources());
        read();
    }

    /** Checks for changes, and applies them. */
    synchronized void look() {
        boolean changed = watch.changed();
        // The mistake may have been corrected elsewhere: a file that settings name, a mode, a mount.
        if (!closed && (changed || (state.refused().isPresent() && !failed && watch.atRest()))) {
            read();
        }
    }

    /** Reads and applies the settings now, changed or not. */
    synchronized SettingsState readNow() {
        if (!closed) {
            boolean unused = watch.changed();
            read();
        }
        return state;
    }

    private void read() {
        failed = false;
        try {
            if (settings.isEmpty()) {
                first(reading.read());
            } else if (Files.notExists(file)
                    && settings.get().current().configFile().isPresent()) {
                refuse(
                        Level.WARNING,
                        file + " is gone; the settings stay as they were",
                        List.of(file + ": it is gone"));
            } else {
                use(settings.get(), reading.read());
            }
        } catch (InvalidConfigException e) {
            refuse(
                    Level.SEVERE,
                    (settings.isEmpty() ? "" : refusal() + ". ") + e.getMessage(),
                    e.problems().stream().map(Problem::toString).toList());
        } catch (RuntimeException e) {
            failed = true;
            LOG.log(Level.SEVERE, "The settings are valid, but a part of Flexo fails with them", e);
            refuse(
                    Level.SEVERE,
                    settings.isEmpty()
                            ? "Flexo cannot start because of a fault of its own; the log says more"
                            : refusal(),
                    List.of("A part of Flexo fails with these settings, though they are right: " + e));
        }
    }

    private String refusal() {
        return file + " was changed, and cannot be used; the settings stay as they were";
    }

    private void first(FlexoConfig first) throws InvalidConfigException {
        Settings begun = new Settings(first);
        start.orElseThrow().with(begun);
        boolean mended = state.refused().isPresent();
        settings = Optional.of(begun);
        atStart = Optional.of(first);
        inForce(List.of());
        if (mended) {
            LOG.info("The settings are valid now, and Flexo begins to serve");
        }
    }

    private void use(Settings settings, FlexoConfig next) {
        FlexoConfig before = settings.current();
        settings.replace(next);
        List<String> later = changed(atStart.orElseThrow(), next);
        inForce(later);
        LOG.log(
                Level.INFO,
                next.equals(before)
                        ? "{0} was read again; its settings are as they were"
                        : "{0} has changed; its settings are in force now",
                file);
        next.warnings().stream()
                .filter(warning -> !before.warnings().contains(warning))
                .forEach(warning -> LOG.warning(warning.toString()));
        List<String> sinceLast = changed(before, next);
        sinceLast.retainAll(later);
        if (!sinceLast.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "These settings were changed, and take effect after a restart: {0}",
                    String.join(", ", sinceLast));
        }
    }

    /** The names of settings that a restart would change. */
    private static List<String> changed(FlexoConfig one, FlexoConfig other) {
        List<String> names = new ArrayList<>();
        AFTER_RESTART.forEach((name, part) -> {
            if (!part.apply(one).equals(part.apply(other))) {
                names.add(name);
            }
        });
        return names;
    }

    /** Before the log tells of it: who reads the line may look at the state. */
    private void inForce(List<String> afterRestart) {
        lines = new PrintedSettings(reading.sources()).lines();
        state = new SettingsState(
                reading.sources().summary(), Optional.of(clock.instant()), Optional.empty(), afterRestart);
    }

    /** Logs a refusal once. */
    private void refuse(Level level, String report, List<String> mistakes) {
        if (state.refused().filter(known -> known.report().equals(report)).isEmpty()) {
            LOG.log(level, "{0}", report);
            state = new SettingsState(
                    reading.sources().summary(),
                    state.loadedAt(),
                    Optional.of(new SettingsState.Refusal(clock.instant(), report, mistakes)),
                    state.afterRestart());
        }
    }

    /** Ends all checks; nothing is started or changed any more. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
