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
import flexo.web.LoopFilter;
import flexo.web.MetricsServlet;
import flexo.web.MisconfiguredServlet;
import flexo.web.PrefetchServlet;
import flexo.web.PrometheusServlet;
import flexo.web.ResetMetricsServlet;
import flexo.web.StatusServlet;
import flexo.web.SweepServlet;
import flexo.web.TrustedProxies;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What answers requests.
 *
 * @param context where the servlets are registered
 */
record Servlets(ServletContext context) {
    private static final String EVERYTHING = "/*";

    /**
     * Serves files, and answers questions about how it goes.
     *
     * @param proxies who may say for whom they ask
     * @param via our name in requests of ours, which are refused if they come back
     */
    void serve(FileSource files, ClientStreams streams, TrustedProxies proxies, MirrorHealth health, String via) {
        filter("loops", new LoopFilter(via));
        add("status", new StatusServlet(), "/status");
        add("metrics", new MetricsServlet(health), "/metrics");
        add("reset-metrics", new ResetMetricsServlet(health), "/reset-metrics");
        add("files", new FileServlet(files, streams, proxies), EVERYTHING);
    }

    /**
     * Tells people and programs what is going on.
     *
     * @param figures shown to Prometheus
     * @param pumps dispatches requests that have waited
     */
    void tell(Sweeps sweeps, List<Figures> figures, Executor pumps) {
        add("sweep", new SweepServlet(sweeps, pumps), "/sweep");
        add("prometheus", new PrometheusServlet(figures), "/metrics/prometheus");
    }

    /** Takes lists of packages to be fetched ahead. */
    void prefetch(Prefetch prefetch, Executor executor) {
        add("prefetch", new PrefetchServlet(prefetch, executor), "/prefetch");
    }

    /** Answers everything with what is wrong with the settings. */
    void refuse(String mistakes) {
        add("misconfigured", new MisconfiguredServlet(mistakes), EVERYTHING);
    }

    /**
     * Lets in only clients of some networks.
     *
     * @param proxies who may say for whom they ask
     */
    void letIn(Supplier<List<IpNetwork>> allowed, TrustedProxies proxies) {
        filter("allowed-clients", new AllowedClientsFilter(allowed, proxies));
    }

    private void filter(String name, Filter filter) {
        FilterRegistration.Dynamic registration = context.addFilter(name, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, EVERYTHING);
    }

    private void add(String name, Servlet servlet, String mapping) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(true);
        registration.addMapping(mapping);
    }
}
