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
import flexo.web.Steering;
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

/** What answers requests: at first with what is wrong with the settings, and once all parts are there, with files. */
final class Servlets {
    private static final String EVERYTHING = "/*";

    private final Supplier<SettingsState> state;
    private final ServletContext context;
    private final Front front;
    private final Map<String, HttpServlet> exact = new HashMap<>();
    /** Why clients should be sent elsewhere, by the name of what is checked. */
    private final Map<String, Supplier<Optional<String>>> readiness = new ConcurrentSkipListMap<>();

    private volatile Supplier<Optional<String>> fault = Optional::empty;
    private volatile boolean drained;

    /**
     * Answers everything with what is wrong with the settings.
     *
     * @param context where the container learns of it
     * @param broken told of errors after which the process cannot be relied upon
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

    /** Settings that do not count are no fault while others are in force. */
    private static Optional<String> notServing(SettingsState state) {
        return state.loadedAt().isPresent()
                ? Optional.empty()
                : Optional.of(state.refused().map(SettingsState.Refusal::report).orElse("Flexo is starting."));
    }

    /**
     * Adds a check to those that tell whether clients should be sent here.
     *
     * @param check made with each request for it, so it must be quick
     */
    void ready(String name, Supplier<Optional<String>> check) {
        readiness.put(name, check);
    }

    /**
     * Lets the health check fail.
     *
     * @param fault what is wrong; empty while all is well
     */
    void watch(Supplier<Optional<String>> fault) {
        this.fault = fault;
    }

    /** The outcome of all checks that tell whether clients should be sent here. */
    List<HealthCheck> readiness() {
        return readiness.entrySet().stream()
                .map(check -> new HealthCheck(check.getKey(), check.getValue().get()))
                .toList();
    }

    /** Whether clients are to be sent elsewhere because somebody wants that. */
    boolean isDrained() {
        return drained;
    }

    /** From now on clients are to be sent elsewhere, or here again. */
    void drain(boolean next) {
        drained = next;
    }

    /**
     * Answers questions and takes orders.
     *
     * @param endpoints by path
     * @param steering who may give orders
     * @param snapshots what is shown to people
     * @param streams suspends requests that have to wait
     */
    void answer(Map<String, Endpoint> endpoints, Steering steering, Snapshots snapshots, ClientStreams streams) {
        exact.put("/status", new EndpointServlet(Endpoints.status(state, fault), steering, streams));
        endpoints.forEach((path, endpoint) -> exact.put(path, new EndpointServlet(endpoint, steering, streams)));
        exact.put(Api.EVENTS, new StateEvents(snapshots, streams));
        Api.FILES.forEach((path, file) -> exact.put(path, new PageServlet(context, file.name(), file.contentType())));
    }

    /**
     * Serves files; from now on all these servlets answer.
     *
     * @param letIn which clients are answered
     * @param toProxy who may send files in our place
     * @param via our name in requests of ours, which are refused if they come back
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
