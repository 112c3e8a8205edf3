package flexo.app;

import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Puts changed settings to use while the application runs: reads all of them again when the TOML file has changed, and keeps
 * what there was if anything in it is wrong.
 *
 * <p>Safe for threads: one look at a time, guarded by the monitor.
 */
final class Reload {
    private static final Logger LOG = Logger.getLogger(Reload.class.getName());

    /** What was built into parts that live as long as the application. */
    private static final Map<String, Function<FlexoConfig, Object>> AFTER_RESTART = afterRestart();

    private final Reading reading;
    private final Path file;
    private final Settings settings;
    private final FlexoConfig atStart;
    private final FileWatch watch;

    /** Reads the settings from all sources. */
    @FunctionalInterface
    interface Reading {
        /**
         * Reads them now.
         *
         * @throws InvalidConfigException with everything that is wrong
         */
        FlexoConfig read() throws InvalidConfigException;
    }

    /**
     * A reload that has seen the file as it is now.
     *
     * @param file that was read, or would have been if it existed
     * @param settings to be replaced
     */
    Reload(Reading reading, Path file, Settings settings) {
        this.reading = reading;
        this.file = file;
        this.settings = settings;
        this.atStart = settings.current();
        this.watch = new FileWatch(file);
    }

    private static Map<String, Function<FlexoConfig, Object>> afterRestart() {
        Map<String, Function<FlexoConfig, Object>> parts = new LinkedHashMap<>();
        parts.put("cache_directory", FlexoConfig::cacheDirectory);
        parts.put("connect_timeout", config -> config.outbound().connectTimeout());
        parts.put("user_agent", config -> config.outbound().userAgent());
        parts.put("ca_certificates", config -> config.outbound().tls().caCertificates());
        parts.put(
                "client_certificate and client_key",
                config -> config.outbound().tls().clientCertificate());
        parts.put("minimum_tls", config -> config.outbound().tls().minimum());
        // Without the places of the settings, which move with every line that is added.
        parts.put(
                "listen_ip_address and port",
                config -> config.connectorSettings().stream()
                        .map(setting -> setting.replaceFirst(" \\(.*", ""))
                        .toList());
        return parts;
    }

    /** Looks whether the file has changed, and acts on it. */
    synchronized void look() {
        if (!watch.changed()) {
            return;
        }
        if (Files.notExists(file)) {
            LOG.log(Level.WARNING, "{0} is gone; the settings stay as they were", file);
            return;
        }
        try {
            use(reading.read());
        } catch (InvalidConfigException e) {
            LOG.log(
                    Level.SEVERE,
                    "{0} was changed, and cannot be used; the settings stay as they were. {1}",
                    new Object[] {file, e.getMessage()});
        }
    }

    private void use(FlexoConfig next) {
        FlexoConfig before = settings.current();
        settings.replace(next);
        LOG.log(Level.INFO, "{0} was changed; its settings count from now on", file);
        next.warnings().stream()
                .filter(warning -> !before.warnings().contains(warning))
                .forEach(warning -> LOG.warning(warning.toString()));
        List<String> later = new ArrayList<>();
        AFTER_RESTART.forEach((name, part) -> {
            Object value = part.apply(next);
            if (!value.equals(part.apply(before)) && !value.equals(part.apply(atStart))) {
                later.add(name);
            }
        });
        if (!later.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "What was changed of these takes effect after a restart: {0}",
                    String.join(", ", later));
        }
    }
}
