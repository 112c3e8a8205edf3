package flexo.app;

import flexo.download.FileSource;
import flexo.mirror.MirrorHealth;
import flexo.web.ClientStreams;
import flexo.web.FileServlet;
import flexo.web.LoopFilter;
import flexo.web.MetricsServlet;
import flexo.web.MisconfiguredServlet;
import flexo.web.ResetMetricsServlet;
import flexo.web.StatusServlet;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.EnumSet;

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
     * @param via our name in requests of ours, which are refused if they come back
     */
    void serve(FileSource files, ClientStreams streams, MirrorHealth health, String via) {
        FilterRegistration.Dynamic loops = context.addFilter("loops", new LoopFilter(via));
        loops.setAsyncSupported(true);
        loops.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, EVERYTHING);
        add("status", new StatusServlet(), "/status");
        add("metrics", new MetricsServlet(health), "/metrics");
        add("reset-metrics", new ResetMetricsServlet(health), "/reset-metrics");
        add("files", new FileServlet(files, streams), EVERYTHING);
    }

    /** Answers everything with what is wrong with the settings. */
    void refuse(String mistakes) {
        add("misconfigured", new MisconfiguredServlet(mistakes), EVERYTHING);
    }

    private void add(String name, Servlet servlet, String mapping) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(true);
        registration.addMapping(mapping);
    }
}
