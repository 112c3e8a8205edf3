package flexo.app;

import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.Problem;
import flexo.config.SettingSources;
import flexo.config.SettingsDraft;
import flexo.config.Tls;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * How settings are read: all sources, and what can only be checked by looking further, such as the content of certificates.
 *
 * @param contextParameters the web application's
 * @param clock tells what has expired
 */
record SettingsReading(Map<String, String> contextParameters, InstantSource clock) implements Reload.Reading {
    @Override
    public SettingSources sources() {
        return SettingSources.ofThisProcess(contextParameters);
    }

    @Override
    public FlexoConfig read() throws InvalidConfigException {
        return draft(sources(), clock).checked();
    }

    static SettingsDraft draft(SettingSources sources, InstantSource clock) {
        SettingsDraft draft = FlexoConfig.draft(sources);
        return draft.with(mistakes(draft.settings().outbound().tls(), clock));
    }

    private static List<Problem> mistakes(Tls tls, InstantSource clock) {
        if (tls.caCertificates().isEmpty() && tls.clientCertificate().isEmpty()) {
            // To set up TLS takes a tenth of a second, and nothing can be wrong.
            return List.of();
        }
        try {
            OutboundSettings.tls(tls, clock.instant());
            return List.of();
        } catch (InvalidConfigException e) {
            return e.problems();
        }
    }
}
