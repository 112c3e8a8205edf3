package flexo.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether the settings that are written down are the ones in force.
 *
 * @param sources where settings were found, for people
 * @param loadedAt when the settings in force were read; empty if there are none, and the application does not serve
 * @param refused why what was written since then does not count; empty if it does
 * @param afterRestart the settings that take effect after a restart, of those that were changed
 */
public record SettingsState(
        String sources, Optional<Instant> loadedAt, Optional<Refusal> refused, List<String> afterRestart) {
    /**
     * Settings that do not count.
     *
     * @param since when they were found
     * @param report all that is wrong, as a text for the person who can mend it; without secrets
     * @param mistakes the same, one by one
     */
    public record Refusal(Instant since, String report, List<String> mistakes) {}

    /** Copies the list. */
    public SettingsState {
        afterRestart = List.copyOf(afterRestart);
    }

    /** Tells whether all that is written down counts. */
    public boolean inForce() {
        return refused.isEmpty() && afterRestart.isEmpty();
    }
}
