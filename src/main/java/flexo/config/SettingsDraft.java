package flexo.config;

import java.util.List;
import java.util.stream.Stream;

/**
 * The result of reading all settings, before the checks that need more than their text.
 *
 * @param settings with defaults in place of invalid values
 * @param problems all problems so far
 */
public record SettingsDraft(FlexoConfig settings, List<Problem> problems) {
    public SettingsDraft {
        problems = List.copyOf(problems);
    }

    /** {@return the same with further problems} */
    public SettingsDraft with(List<Problem> more) {
        return new SettingsDraft(
                settings, Stream.concat(problems.stream(), more.stream()).toList());
    }

    /**
     * Returns the settings if they are valid.
     *
     * @throws InvalidConfigException with all problems, if there are any
     */
    public FlexoConfig checked() throws InvalidConfigException {
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return settings;
    }
}
