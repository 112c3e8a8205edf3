package flexo.app;

import flexo.download.FileSource;
import flexo.web.AllowedClientsFilter;
import flexo.web.ClientStreams;
import flexo.web.Endpoint;
import flexo.web.EndpointServlet;
import flexo.web.Endpoints;
import flexo.web.FileServlet;
import flexo.web.Front;
import flexo.web.FrontPage;
import flexo.web.HandoverToProxy;
import flexo.web.HealthCheck;
import flexo.web.HealthServlet;
import flexo.web.LoopFilter;
import flexo.web.MisconfiguredServlet;
import flexo.web.PageServlet;
import flexo.web.RequestLog;
import flexo.web.SettingsState;
import flexo.web.Snapshots;
import flexo.web.StateEvents;
import flexo.web.ThreadGuard;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Answers requests: at first with the mistakes in the settings, and once all parts exist, with files. */
final class Servlets {
    private static final String EVERYTHING = "/*";

    private final Supplier<SettingsState> state;
    private final ServletContext context;
    private final Front front;
    private final Map<String, HttpServlet> exact = new HashMap<>();
    /** Readiness checks by name; each returns a fault. */
    private final Map<String, Supplier<Optional<String>>> readiness = new ConcurrentSkipListMap<>();

    private volatile Supplier<Optional<String>> fault = Optional::empty;
    private volatile boolean drained;

    /**
     * Answers everything with the mistakes in the settings.
     *
     * @param context registers the servlet
     * @param broken receives errors after which the process is unreliable
     */
    Servlets(ServletContext context, Supplier<SettingsState> state, Consumer<Throwable> broken) {
        this.state = state;
        this.context = context;
        exact.put("/health/live", new HealthServlet(() -> List.of(new HealthCheck("threads", fault.get()))));
        exact.put("/health/ready", new HealthServlet(this::readiness));
        ready("settings", () -> notServing(state.get()));
        ready(
                "drained",
                () -> Optional.of("It is being drained, by POST /api/v1/drain; POST /api/v1/resume ends that.")
                        .filter(unused -> drained));
        front = new Front(new Front.Routes(List.of(), exact, new MisconfiguredServlet(state)), broken);
        ServletRegistration.Dynamic registration = context.addServlet("front", front);
        registration.setAsyncSupported(true);
        registration.addMapping(EVERYTHING);
        FilterRegistration.Dynamic guard = context.addFilter("threads", new ThreadGuard());
        guard.setAsyncSupported(true);
        guard.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, EVERYTHING);
    }

    /** Invalid settings are no fault while others are in force. */
    private static Optional<String> notServing(SettingsState state) {
        return state.loadedAt().isPresent()
                ? Optional.empty()
                : Optional.of(state.refused().map(SettingsState.Refusal::report).orElse("Flexo is starting."));
    }

    /**
     * Adds a readiness check.
     *
     * @param check runs with each request for it, so it must be fast
     */
    void ready(String name, Supplier<Optional<String>> check) {
        readiness.put(name, check);
    }

    /**
     * Adds a health check.
     *
     * @param fault the fault; empty while there is none
     */
    void watch(Supplier<Optional<String>> fault) {
        this.fault = fault;
    }

    /** The outcomes of all readiness checks. */
    List<HealthCheck> readiness() {
        return readiness.entrySet().stream()
                .map(check -> new HealthCheck(check.getKey(), check.getValue().get()))
                .toList();
    }

    /** Whether clients are sent elsewhere on request. */
    boolean isDrained() {
        return drained;
    }

    /** Starts or ends sending clients elsewhere. */
    void drain(boolean next) {
        drained = next;
    }

    /**
     * Adds the endpoints for people and programs.
     *
     * @param endpoints by path
     * @param trust authorises changes, and tells clients behind proxies apart
     * @param snapshots the state for people
     * @param streams suspends requests that have to wait
     */
    void answer(Map<String, Endpoint> endpoints, Trust trust, Snapshots snapshots, ClientStreams streams) {
        exact.put("/status", new EndpointServlet(Endpoints.status(state, fault), trust.steering(), streams));
        endpoints.forEach(
                (path, endpoint) -> exact.put(path, new EndpointServlet(endpoint, trust.steering(), streams)));
        exact.put(Api.EVENTS, new StateEvents(snapshots, trust.proxies(), streams));
        Api.FILES.forEach((path, file) -> exact.put(path, new PageServlet(context, file.name(), file.contentType())));
    }

    /**
     * Begins to serve files; all servlets are active from now on.
     *
     * @param letIn filters clients
     * @param toProxy lets a proxy send files in our place
     * @param via our name in outgoing requests, which are refused if they come back
     */
    void serve(
            AllowedClientsFilter letIn,
            FileSource files,
            ClientStreams streams,
            HandoverToProxy toProxy,
            RequestLog requestLog,
            String via) {
        front.use(new Front.Routes(
                List.of(letIn, new LoopFilter(via, requestLog)),
                exact,
                new FileServlet(files, streams, toProxy, requestLog, new FrontPage(context, toProxy.proxies()))));
    }
}
