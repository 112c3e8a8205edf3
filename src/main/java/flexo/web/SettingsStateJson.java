package flexo.web;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.time.Instant;
import java.util.List;

/** The state of the settings as JSON. */
final class SettingsStateJson {
    /** Shared, as building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    private SettingsStateJson() {}

    /** The whole document. */
    public record Status(Settings settings) {}

    /**
     * The state of the settings; members without a value are left out. Components have the names of the members.
     *
     * @param in_force whether the current settings are in force
     * @param sources their sources
     * @param loaded_at in RFC 3339 format
     * @param refused_at the time the refused settings were read
     * @param mistakes the reasons for that
     * @param after_restart the settings that wait for a restart
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
