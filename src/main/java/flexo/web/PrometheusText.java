package flexo.web;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * Figures in the text form of Prometheus, version 0.0.4: a family of samples after the other. Not thread-safe.
 *
 * <p>Written by hand, since the client libraries start threads that outlive the application.
 */
public final class PrometheusText {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();
    private String family = "";

    /** No figures yet. */
    public PrometheusText() {}

    /**
     * Begins a family of what only grows, but for restarts.
     *
     * @param name ends in {@code _total}, and begins with {@code flexo_} as all do
     * @param help one line
     */
    public PrometheusText counter(String name, String help) {
        return family(name, "counter", help);
    }

    /** Begins a family of what is measured at this moment. */
    public PrometheusText gauge(String name, String help) {
        return family(name, "gauge", help);
    }

    private PrometheusText family(String name, String type, String help) {
        family = name;
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /** Adds the only sample of the family that was begun last. */
    public PrometheusText sample(long value) {
        text.append(family).append(' ').append(value).append('\n');
        return this;
    }

    /** The same in seconds, with a fraction. */
    public PrometheusText sample(Duration duration) {
        text.append(family)
                .append(' ')
                .append(BigDecimal.valueOf(duration.toMillis(), 3).toPlainString())
                .append('\n');
        return this;
    }

    /**
     * Adds a sample to the family that was begun last.
     *
     * @param label by which its samples differ
     * @param labelValue any text
     */
    public PrometheusText sample(String label, String labelValue, long value) {
        String escaped = labelValue.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        text.append(family)
                .append('{')
                .append(label)
                .append("=\"")
                .append(escaped)
                .append("\"} ");
        text.append(value).append('\n');
        return this;
    }

    /** The text so far. */
    @Override
    public String toString() {
        return text.toString();
    }
}
