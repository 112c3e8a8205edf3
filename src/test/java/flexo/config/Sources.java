package flexo.config;

import java.nio.file.Path;
import java.util.Map;

/** Sources of settings for tests: nothing of this machine unless it is given. */
final class Sources {
    private static final Path NO_FILE = Path.of("/nonexistent/flexo.toml");

    private Sources() {}

    static SettingSources nothing() {
        return new SettingSources(Map.of(), Map.of(), Map.of(), NO_FILE);
    }

    static SettingSources environment(Map<String, String> environment) {
        return new SettingSources(Map.of(), environment, Map.of(), NO_FILE);
    }

    static SettingSources properties(Map<String, String> properties) {
        return new SettingSources(properties, Map.of(), Map.of(), NO_FILE);
    }

    static SettingSources file(Path file) {
        return new SettingSources(Map.of(), Map.of(), Map.of(), file);
    }
}
