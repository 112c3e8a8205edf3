package flexo.app;

import flexo.cache.CacheMark;
import flexo.config.CacheDirectoryChoice;
import flexo.config.ContainerDirectories;
import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.Problem;
import flexo.config.SettingSources;
import flexo.config.SettingsDraft;
import flexo.upstream.TlsSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the settings from all sources, with checks beyond their text, such as the contents of certificates. Changes
 * nothing.
 *
 * @param contextParameters the web application's
 * @param container its directories are not ours
 * @param clock decides whether certificates have expired
 */
record SettingsReading(Map<String, String> contextParameters, ContainerDirectories container, InstantSource clock)
        implements Reload.Reading {
    @Override
    public SettingSources sources() {
        return SettingSources.ofThisProcess(contextParameters);
    }

    @Override
    public FlexoConfig read() throws InvalidConfigException {
        return draft(sources()).checked();
    }

    /** {@return the settings of some sources, with all mistakes} */
    SettingsDraft draft(SettingSources sources) {
        SettingsDraft draft = FlexoConfig.draft(sources);
        SettingsDraft withTls = draft.with(mistakes(draft.settings().outbound().tls()));
        // The choice cannot be judged if the text of its setting is unknown.
        boolean known = draft.problems().stream()
                .noneMatch(problem -> problem.key().isEmpty() || problem.key().equals("cache_directory"));
        return known ? withTls.with(mistakes(draft.settings().cacheDirectory(), sources)) : withTls;
    }

    private List<Problem> mistakes(Optional<Path> cacheDirectory, SettingSources sources) {
        try {
            CacheDirectoryChoice choice =
                    CacheDirectoryChoice.choose(cacheDirectory, sources.environment(), container, Places.home());
            choice.refuseWhatIsInItsWay();
            CacheMark mark = new CacheMark(choice.directory());
            return mark.foreign()
                    .map(entry -> choice.foreign(entry, mark.path()).problems())
                    .orElse(List.of());
        } catch (InvalidConfigException e) {
            return e.problems();
        } catch (IOException e) {
            // It does not exist yet, or cannot be searched: clients are served without it, and a warning is logged.
            return List.of();
        }
    }

    private List<Problem> mistakes(TlsSetup.Files tls) {
        if (tls.authorities().isEmpty() && tls.certificate().isEmpty()) {
            // Setting up TLS takes a tenth of a second, and there is nothing to check.
            return List.of();
        }
        try {
            TlsReading.read(tls, clock.instant());
            return List.of();
        } catch (InvalidConfigException e) {
            return e.problems();
        }
    }
}
