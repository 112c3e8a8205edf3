package flexo.app;

import flexo.web.Figures;
import flexo.web.PrometheusText;
import flexo.web.SettingsState;
import java.util.function.Supplier;

/** Whether the settings that are written down are the ones in force. */
record SettingsFigures(Supplier<SettingsState> state) implements Figures {
    @Override
    public void writeTo(PrometheusText text) {
        SettingsState now = state.get();
        text.gauge("flexo_settings_in_force", "1 if the settings that are written down are the ones in force, else 0.")
                .sample(now.inForce() ? 1 : 0);
        text.gauge("flexo_settings_mistakes", "Mistakes in the settings that are written down.")
                .sample(now.refused().map(refusal -> refusal.mistakes().size()).orElse(0));
        text.gauge("flexo_settings_after_restart", "Changed settings that take effect after a restart.")
                .sample(now.afterRestart().size());
        now.loadedAt()
                .ifPresent(loaded -> text.gauge(
                                "flexo_settings_loaded_timestamp_seconds",
                                "When the settings in force were read, since 1970.")
                        .sample(loaded.getEpochSecond()));
    }
}
