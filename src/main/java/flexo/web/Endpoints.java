package flexo.web;

import flexo.mirror.MirrorHealth;
import flexo.mirror.MirrorMetricsJson;
import flexo.prefetch.Prefetch;
import flexo.retention.Sweeps;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The endpoints for questions and orders. */
public final class Endpoints {
    private Endpoints() {}

    /**
     * {@code GET /status}, the health check: an empty 200, as in the original Flexo; as JSON, if the client accepts it,
     * whether the current settings are in force.
     *
     * @param fault the reason why the application is unreliable and should be restarted; empty while there is none
     */
    public static Endpoint status(Supplier<SettingsState> state, Supplier<Optional<String>> fault) {
        return Endpoint.asking(Endpoint.now(request -> fault.get()
                .map(why -> ErrorAnswer.of(HttpServletResponse.SC_SERVICE_UNAVAILABLE, why))
                .orElseGet(() -> Reply.acceptsJson(request)
                        ? json(HttpServletResponse.SC_OK, state.get())
                        : Reply.empty().with("Vary", "Accept"))));
    }

    static Reply json(int status, SettingsState state) {
        return Reply.json(status, SettingsStateJson.print(state) + "\n").with("Vary", "Accept");
    }

    /**
     * {@code GET /metrics}: uses and failures of each mirror, in the original Flexo's JSON; if the client accepts a
     * text format of Prometheus, as Prometheus does, all metrics in that.
     */
    public static Endpoint metrics(MirrorHealth health, List<Figures> figures) {
        List<Figures> parts = List.copyOf(figures);
        return Endpoint.asking(Endpoint.now(request -> (Reply.acceptsJson(request)
                        ? Optional.<PrometheusText.Form>empty()
                        : PrometheusText.Form.asked(request.getHeader("Accept")))
                .map(form -> text(parts, form))
                .orElseGet(() -> Reply.json(HttpServletResponse.SC_OK, MirrorMetricsJson.print(health.metrics())))
                .with("Vary", "Accept")));
    }

    /** {@code POST /reset-metrics}: resets the counts; the knowledge about mirrors stays. */
    public static Endpoint resetMetrics(MirrorHealth health) {
        return order(health::resetMetrics);
    }

    /** {@code GET /metrics/prometheus}: all metrics of the application, in this order. */
    public static Endpoint prometheus(List<Figures> figures) {
        List<Figures> parts = List.copyOf(figures);
        return Endpoint.asking(Endpoint.now(request -> text(
                        parts,
                        PrometheusText.Form.asked(request.getHeader("Accept")).orElse(PrometheusText.Form.PROMETHEUS))
                .with("Vary", "Accept")));
    }

    private static Reply text(List<Figures> figures, PrometheusText.Form form) {
        PrometheusText text = new PrometheusText(form);
        figures.forEach(part -> part.writeTo(text));
        return Reply.of(HttpServletResponse.SC_OK, form.contentType(), text.toString());
    }

    /** {@code GET /api/v1/state}: the state of the application, at most a second old. */
    public static Endpoint state(Snapshots snapshots) {
        return Endpoint.asking(Endpoint.now(
                request -> Reply.json(HttpServletResponse.SC_OK, StateJson.print(snapshots.members()) + "\n")
                        .with("Cache-Control", "no-store")));
    }

    /** {@code GET /api/v1/settings}: the settings in force; requires authorisation. */
    public static Endpoint settings(Supplier<StateJson.AllSettings> settings) {
        return Endpoint.askingInConfidence(
                Endpoint.now(request -> Reply.json(HttpServletResponse.SC_OK, StateJson.print(settings.get()))
                        .with("Cache-Control", "no-store")));
    }

    /** {@code GET /api/v1/clients}: the clients that ask most; requires authorisation. */
    public static Endpoint clients(ClientFigures figures) {
        return Endpoint.askingInConfidence(
                Endpoint.now(request -> Reply.json(HttpServletResponse.SC_OK, ClientsJson.print(figures))
                        .with("Cache-Control", "no-store")));
    }

    /** {@code GET /api/v1/history}: the requests of the last hour, day and month. */
    public static Endpoint history(History history) {
        return Endpoint.asking(
                Endpoint.now(request -> Reply.json(HttpServletResponse.SC_OK, HistoryJson.print(history.series()))
                        .with("Cache-Control", "no-store")));
    }

    /**
     * {@code POST /api/v1/reload}: reads the settings now.
     *
     * @param reload reads them, and returns the new state
     * @param storage runs it
     */
    public static Endpoint reload(Supplier<SettingsState> reload, Executor storage) {
        return Endpoint.ordering(Query.action(
                List.of(),
                query -> Query.elsewhere(storage, () -> {
                    SettingsState state = reload.get();
                    return json(
                            state.refused().isEmpty() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_CONFLICT,
                            state);
                })));
    }

    /** An order that completes at once, and is answered with an empty 200. */
    public static Endpoint order(Runnable deed) {
        return Endpoint.ordering(Endpoint.now(request -> {
            deed.run();
            return Reply.empty();
        }));
    }

    /** {@code GET} and {@code POST /sweep}. */
    public static Endpoint sweep(Sweeps sweeps) {
        return SweepEndpoint.of(sweeps);
    }

    /** {@code POST /prefetch}. */
    public static Endpoint prefetch(Prefetch prefetch) {
        return PrefetchEndpoint.of(prefetch);
    }
}
