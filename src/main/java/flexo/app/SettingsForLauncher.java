package flexo.app;

import flexo.config.ContainerDirectories;
import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.Problem;
import flexo.config.SettingSources;
import flexo.config.SettingsDraft;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the settings for the executable WAR, which creates one by reflection and uses it as a {@link Function}. The
 * argument is a file to read in place of the configured one. The result contains {@code sources}, {@code warnings},
 * {@code listen_ip_address} and {@code port}, and {@code mistakes} if there are any.
 */
public final class SettingsForLauncher implements Function<Optional<Path>, Map<String, String>> {
    public SettingsForLauncher() {}

    @Override
    public Map<String, String> apply(Optional<Path> file) {
        SettingSources ofProcess = SettingSources.ofThisProcess(Map.of());
        SettingSources sources = file.map(ofProcess::reading).orElse(ofProcess);
        ContainerDirectories container =
                ContainerDirectories.of(System::getProperty, Optional.empty(), Optional.empty());
        SettingsDraft draft = new SettingsReading(Map.of(), container, InstantSource.system()).draft(sources);
        FlexoConfig settings = draft.settings();
        Map<String, String> answer = new HashMap<>(Map.of(
                "sources", sources.summary(),
                "warnings", lines(settings.warnings()),
                "listen_ip_address", settings.listening().address(),
                "port", Integer.toString(settings.listening().port())));
        try {
            draft.checked();
        } catch (InvalidConfigException e) {
            answer.put("mistakes", e.getMessage());
        }
        return answer;
    }

    private static String lines(List<Problem> problems) {
        return problems.stream().map(problem -> problem + "\n").collect(Collectors.joining());
    }
}
