package flexo.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What a reading of all settings came to, before more is checked than can be seen from their text.
 *
 * @param settings with defaults in the place of wrong values
 * @param problems everything that is wrong so far
 */
public record SettingsDraft(FlexoConfig settings, List<Problem> problems) {
    /** Copies the list. */
    public SettingsDraft {
        problems = List.copyOf(problems);
    }

    /**
     * Hands out settings that may be used.
     *
     * @param more what was found to be wrong besides
     * @throws InvalidConfigException with everything that is wrong, if anything is
     */
    public FlexoConfig checked(List<Problem> more) throws InvalidConfigException {
        List<Problem> all = new ArrayList<>(problems);
        all.addAll(more);
        if (!all.isEmpty()) {
            throw new InvalidConfigException(all);
        }
        return settings;
    }
}
