package flexo.config;

import java.util.List;
import java.util.stream.Stream;

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

    /** {@return the same with more that was found to be wrong} */
    public SettingsDraft with(List<Problem> more) {
        return new SettingsDraft(
                settings, Stream.concat(problems.stream(), more.stream()).toList());
    }

    /**
     * Hands out settings that may be used.
     *
     * @throws InvalidConfigException with everything that is wrong, if anything is
     */
    public FlexoConfig checked() throws InvalidConfigException {
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return settings;
    }
}
