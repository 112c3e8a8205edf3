package flexo.app;

import flexo.mirror.Mirror;
import flexo.upstream.OutboundRules;
import java.net.URI;
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
    private final Map<String, List<URI>> listed = new HashMap<>();

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
        listed.put(repository, mirrors.stream().map(Mirror::base).toList());
        apply();
    }

    private synchronized void apply() {
        use.accept(OutboundSettings.rules(settings.current(), listed));
    }
}
