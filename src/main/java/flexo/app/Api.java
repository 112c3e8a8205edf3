package flexo.app;

import flexo.database.Databases;
import flexo.mirror.MirrorHealth;
import flexo.mirror.MirrorRefresh;
import flexo.mirror.SteeredMirrors;
import flexo.prefetch.Prefetch;
import flexo.retention.CacheListing;
import flexo.retention.Sweeps;
import flexo.web.CacheEndpoints;
import flexo.web.ClientFigures;
import flexo.web.Endpoint;
import flexo.web.Endpoints;
import flexo.web.Figures;
import flexo.web.History;
import flexo.web.MirrorEndpoints;
import flexo.web.SettingsState;
import flexo.web.Snapshots;
import flexo.web.StateJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** All endpoints except the files of mirrors; {@code openapi.json} describes those below {@code /api}. */
final class Api {
    /** Served by a servlet of its own, since the response has no end. */
    static final String EVENTS = "/api/v1/events";

    /** The static files of the archive, by path. */
    static final Map<String, StaticFile> FILES = Map.of(
            "/app.css", new StaticFile("/app.css", "text/css;charset=UTF-8"),
            "/app.js", new StaticFile("/app.js", "text/javascript;charset=UTF-8"),
            "/icon.svg", new StaticFile("/icon.svg", "image/svg+xml"),
            "/api/v1/openapi.json", new StaticFile("/openapi.json", "application/json"));

    private Api() {}

    /** A static file of the archive. */
    record StaticFile(String name, String contentType) {}

    /**
     * The parts behind the endpoints.
     *
     * @param drain stops or resumes sending clients here
     * @param storage reads and writes the cache directory
     */
    record Parts(
            Snapshots snapshots,
            List<Figures> figures,
            MirrorHealth health,
            SteeredMirrors mirrors,
            Supplier<Optional<MirrorRefresh>> mirrorTests,
            Sweeps sweeps,
            Prefetch prefetch,
            CacheListing files,
            Databases databases,
            History history,
            Supplier<StateJson.AllSettings> settings,
            ClientFigures clients,
            Supplier<SettingsState> reload,
            Consumer<Boolean> drain,
            Executor storage) {}

    /** The endpoints by path. */
    static Map<String, Endpoint> endpoints(Parts parts) {
        CacheEndpoints cache = new CacheEndpoints(parts.files(), parts.databases(), parts.storage());
        MirrorEndpoints mirrors = new MirrorEndpoints(parts.mirrors(), parts.mirrorTests(), parts.storage());
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        endpoints.put("/metrics", Endpoints.metrics(parts.health(), parts.figures()));
        endpoints.put("/metrics/prometheus", Endpoints.prometheus(parts.figures()));
        endpoints.put("/reset-metrics", Endpoints.resetMetrics(parts.health()));
        endpoints.put("/sweep", Endpoints.sweep(parts.sweeps()));
        endpoints.put("/prefetch", Endpoints.prefetch(parts.prefetch()));
        endpoints.put("/api/v1/state", Endpoints.state(parts.snapshots()));
        endpoints.put("/api/v1/settings", Endpoints.settings(parts.settings()));
        endpoints.put("/api/v1/clients", Endpoints.clients(parts.clients()));
        endpoints.put("/api/v1/history", Endpoints.history(parts.history()));
        endpoints.put("/api/v1/files", cache.files());
        endpoints.put("/api/v1/sweep", Endpoints.sweep(parts.sweeps()));
        endpoints.put("/api/v1/evict", cache.evict());
        endpoints.put("/api/v1/check", cache.check());
        endpoints.put("/api/v1/prefetch", Endpoints.prefetch(parts.prefetch()));
        endpoints.put("/api/v1/reload", Endpoints.reload(parts.reload(), parts.storage()));
        endpoints.put("/api/v1/mirror-test", mirrors.test());
        endpoints.put("/api/v1/mirrors/pin", mirrors.pin());
        endpoints.put("/api/v1/mirrors/rest", mirrors.rest());
        endpoints.put("/api/v1/mirrors/ban", mirrors.ban());
        endpoints.put("/api/v1/mirrors/release", mirrors.release());
        endpoints.put("/api/v1/drain", Endpoints.order(() -> parts.drain().accept(true)));
        endpoints.put("/api/v1/resume", Endpoints.order(() -> parts.drain().accept(false)));
        return endpoints;
    }
}
