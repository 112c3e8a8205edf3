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
 * How settings are read: all sources, and what can only be checked by looking further, such as the content of certificates. Nothing is
 * changed by it.
 *
 * @param contextParameters the web application's
 * @param container whose directories are not ours
 * @param clock tells what has expired
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

    /** {@return the settings of some sources, with everything that is wrong with them} */
    SettingsDraft draft(SettingSources sources) {
        SettingsDraft draft = FlexoConfig.draft(sources);
        SettingsDraft withTls = draft.with(mistakes(draft.settings().outbound().tls()));
        // Where it is not known what was written for it, nothing can be said about the choice.
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
            // It is not there yet, or cannot be looked at: clients are served without it, and that is told.
            return List.of();
        }
    }

    private List<Problem> mistakes(TlsSetup.Files tls) {
        if (tls.authorities().isEmpty() && tls.certificate().isEmpty()) {
            // To set up TLS takes a tenth of a second, and nothing can be wrong.
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
