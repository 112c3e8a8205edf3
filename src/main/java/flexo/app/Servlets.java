package flexo.app;

import flexo.download.FileSource;
import flexo.mirror.MirrorHealth;
import flexo.net.IpNetwork;
import flexo.prefetch.Prefetch;
import flexo.retention.Sweeps;
import flexo.web.AllowedClientsFilter;
import flexo.web.ClientStreams;
import flexo.web.Figures;
import flexo.web.FileServlet;
import flexo.web.Front;
import flexo.web.LoopFilter;
import flexo.web.MetricsServlet;
import flexo.web.MisconfiguredServlet;
import flexo.web.PrefetchServlet;
import flexo.web.PrometheusServlet;
import flexo.web.ResetMetricsServlet;
import flexo.web.SettingsState;
import flexo.web.StatusServlet;
import flexo.web.SweepServlet;
import flexo.web.TrustedProxies;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** What answers requests: at first with what is wrong with the settings, and once all parts are there, with files. */
final class Servlets {
    private final Supplier<SettingsState> state;
    private final Front front;
    private final List<Filter> filters = new ArrayList<>();
    private final Map<String, HttpServlet> exact = new HashMap<>();

    /**
     * Answers everything with what is wrong with the settings.
     *
     * @param context where the container learns of it
     */
    Servlets(ServletContext context, Supplier<SettingsState> state) {
        this.state = state;
        front = new Front(new Front.Routes(List.of(), Map.of(), new MisconfiguredServlet(state)));
        ServletRegistration.Dynamic registration = context.addServlet("front", front);
        registration.setAsyncSupported(true);
        registration.addMapping("/*");
    }

    /**
     * Answers questions about how it goes.
     *
     * @param figures shown to Prometheus
     * @param pumps dispatches requests that have waited
     */
    void tell(MirrorHealth health, Sweeps sweeps, List<Figures> figures, Executor pumps) {
        exact.put("/status", new StatusServlet(state));
        exact.put("/metrics", new MetricsServlet(health));
        exact.put("/reset-metrics", new ResetMetricsServlet(health));
        exact.put("/metrics/prometheus", new PrometheusServlet(figures));
        exact.put("/sweep", new SweepServlet(sweeps, pumps));
    }

    /** Takes lists of packages to be fetched ahead. */
    void prefetch(Prefetch prefetch, Executor executor) {
        exact.put("/prefetch", new PrefetchServlet(prefetch, executor));
    }

    /**
     * Lets in only clients of some networks.
     *
     * @param proxies who may say for whom they ask
     */
    void letIn(Supplier<List<IpNetwork>> allowed, TrustedProxies proxies) {
        filters.add(new AllowedClientsFilter(allowed, proxies));
    }

    /**
     * Serves files; from now on all these servlets answer.
     *
     * @param proxies who may say for whom they ask
     * @param via our name in requests of ours, which are refused if they come back
     */
    void serve(FileSource files, ClientStreams streams, TrustedProxies proxies, String via) {
        filters.add(new LoopFilter(via));
        front.use(new Front.Routes(filters, exact, new FileServlet(files, streams, proxies)));
    }
}
