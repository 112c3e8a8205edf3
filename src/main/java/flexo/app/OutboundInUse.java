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
 * The rules of the way out that are in force: those of the settings, for the addresses that stand in the settings and for
 * those of the mirrorlists that unofficial repositories name.
 */
final class OutboundInUse {
    private final Settings settings;
    private final Consumer<OutboundRules> use;
    /** The mirrors of lists by the repository that names the list. Guarded by this. */
    private final Map<String, List<Mirror>> listed = new HashMap<>();

    /**
     * Puts the rules of the settings to use, now and whenever they change.
     *
     * @param use must not block
     */
    OutboundInUse(Settings settings, Consumer<OutboundRules> use) {
        this.settings = settings;
        this.use = use;
        apply();
        settings.whenChanged(Function.identity(), changed -> apply());
    }

    /** A repository's list has been read: its mirrors are asked as the repository's settings say. Safe for threads. */
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
