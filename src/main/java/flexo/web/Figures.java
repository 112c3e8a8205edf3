package flexo.web;

/** A part of the application with metrics for Prometheus. */
@FunctionalInterface
public interface Figures {
    /** Writes the current metrics; runs on a container thread, so it must be fast. */
    void writeTo(PrometheusText text);
}
