package flexo.app;

import flexo.config.FlexoConfig;
import flexo.mirror.Mirror;
import flexo.upstream.OutboundRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The outbound rules in force: those of the settings, for the servers in the settings and for the mirrors in the
 * mirrorlists of unofficial repositories.
 */
final class OutboundInUse {
    private final Settings settings;
    private final Consumer<OutboundRules> use;
    /** The mirrors of lists by repository. Guarded by this. */
    private final Map<String, List<Mirror>> listed = new HashMap<>();

    /**
     * Applies the rules of the settings, now and whenever they change.
     *
     * @param use must not block
     */
    OutboundInUse(Settings settings, Consumer<OutboundRules> use) {
        this.settings = settings;
        this.use = use;
        apply();
        settings.whenChanged(Function.identity(), changed -> apply());
    }

    /** Notes that a repository's list was read: its mirrors are accessed by the repository's settings. Thread-safe. */
    synchronized void listed(String repository, List<Mirror> mirrors) {
        listed.put(repository, mirrors);
        apply();
    }

    private synchronized void apply() {
        FlexoConfig current = settings.current();
        use.accept(current.outbound()
                .rules()
                .with(current.customRepositories().stream()
                        .flatMap(repository -> listed.getOrDefault(repository.name(), List.of()).stream()
                                .map(repository::access))
                        .toList()));
    }
}
