package flexo.web;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether the current settings are in force.
 *
 * @param sources the sources of the settings, for people
 * @param loadedAt the time the settings in force were read; empty if there are none, and the application does not serve
 * @param refused the reason why later settings are not in force; empty if there are no such
 * @param afterRestart the changed settings that take effect after a restart
 */
public record SettingsState(
        String sources, Optional<Instant> loadedAt, Optional<Refusal> refused, List<String> afterRestart) {
    /**
     * Settings that are not in force.
     *
     * @param since the time they were read
     * @param report all mistakes, as a text for the person who can correct them; without secrets
     * @param mistakes the same, one by one
     */
    public record Refusal(Instant since, String report, List<String> mistakes) {}

    public SettingsState {
        afterRestart = List.copyOf(afterRestart);
    }

    /** Whether the current settings are in force. */
    public boolean inForce() {
        return refused.isEmpty() && afterRestart.isEmpty();
    }
}
