package flexo.web;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.time.Instant;
import java.util.List;

/** The state of the application as JSON. */
final class SettingsStateJson {
    /** One for all, as building it is expensive; any thread may use it. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    private SettingsStateJson() {}

    /** The whole document. */
    public record Status(Settings settings) {}

    /**
     * What is said of the settings; members without a value are left out. The components are written under their own names.
     *
     * @param in_force whether all that is written down counts
     * @param sources where settings were found
     * @param loaded_at as RFC 3339 has it
     * @param refused_at when those were found that do not count
     * @param mistakes why they do not
     * @param after_restart what waits for a restart
     */
    public record Settings(
            boolean in_force,
            String sources,
            String loaded_at,
            String refused_at,
            List<String> mistakes,
            List<String> after_restart) {}

    static String print(SettingsState state) {
        return JSONB.toJson(new Status(new Settings(
                state.inForce(),
                state.sources(),
                state.loadedAt().map(Instant::toString).orElse(null),
                state.refused().map(refusal -> refusal.since().toString()).orElse(null),
                state.refused().map(SettingsState.Refusal::mistakes).orElse(List.of()),
                state.afterRestart())));
    }
}
