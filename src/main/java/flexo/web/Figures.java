package flexo.web;

/** A part of the application whose figures are shown to Prometheus. */
@FunctionalInterface
public interface Figures {
    /** Writes the figures of this moment; called by a container thread, so it must be quick. */
    void writeTo(PrometheusText text);
}
