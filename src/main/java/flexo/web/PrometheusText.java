package flexo.web;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Figures in a text form of Prometheus: a family of samples after the other. Not thread-safe.
 *
 * <p>Written by hand, since the client libraries start threads that outlive the application.
 */
public final class PrometheusText {
    /** Which of the two forms it has. */
    enum Form {
        /** Version 0.0.4 of the Prometheus text format. */
        PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
        /** OpenMetrics 1.0. */
        OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

        private final String contentType;

        Form(String contentType) {
            this.contentType = contentType;
        }

        String contentType() {
            return contentType;
        }

        /** The form that a request asks for by its header {@code Accept}; empty if for none. */
        static Optional<Form> asked(String accept) {
            if (accept == null) {
                return Optional.empty();
            }
            // Preferences are left aside: whoever takes OpenMetrics prefers it.
            return accept.contains("application/openmetrics-text")
                    ? Optional.of(OPENMETRICS)
                    : Optional.of(PROMETHEUS).filter(unused -> accept.contains("text/plain"));
        }
    }

    private final StringBuilder text = new StringBuilder();
    private final Form form;
    private String family = "";

    /** No figures yet, in the text format of Prometheus. */
    public PrometheusText() {
        this(Form.PROMETHEUS);
    }

    PrometheusText(Form form) {
        this.form = form;
    }

    /**
     * Begins a family of what only grows, but for restarts.
     *
     * @param name ends in {@code _total}, and begins with {@code flexo_} as all do
     * @param help one line
     */
    public PrometheusText counter(String name, String help) {
        // OpenMetrics 1.0, section 5.1: the suffix belongs to the sample, not to the family.
        head(form == Form.OPENMETRICS ? name.substring(0, name.length() - "_total".length()) : name, "counter", help);
        family = name;
        return this;
    }

    /** Begins a family of what is measured at this moment. */
    public PrometheusText gauge(String name, String help) {
        head(name, "gauge", help);
        family = name;
        return this;
    }

    /** Adds a family of durations. */
    PrometheusText histogram(String name, String help, Histogram durations) {
        head(name, "histogram", help);
        long[] counts = durations.counts();
        long soFar = 0;
        family = name + "_bucket";
        for (int bucket = 0; bucket < counts.length; bucket++) {
            soFar += counts[bucket];
            sample("le", bucket == counts.length - 1 ? "+Inf" : seconds(Histogram.bound(bucket)), soFar);
        }
        family = name + "_sum";
        sample(durations.sum());
        family = name + "_count";
        return sample(soFar);
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /** Adds the only sample of the family that was begun last. */
    public PrometheusText sample(long value) {
        return line("", Long.toString(value));
    }

    /** The same in seconds, with a fraction. */
    public PrometheusText sample(Duration duration) {
        return line("", seconds(duration));
    }

    /**
     * Adds a sample to the family that was begun last.
     *
     * @param label by which its samples differ
     * @param labelValue any text
     */
    public PrometheusText sample(String label, String labelValue, long value) {
        return sample(Map.of(label, labelValue), value);
    }

    /** The same with several labels. */
    public PrometheusText sample(Map<String, String> labels, long value) {
        return line(
                new TreeMap<>(labels)
                        .entrySet().stream()
                                .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + '"')
                                .collect(Collectors.joining(",", "{", "}")),
                Long.toString(value));
    }

    private PrometheusText line(String labels, String value) {
        text.append(family).append(labels).append(' ').append(value).append('\n');
        return this;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).toPlainString();
    }

    /** The text so far, which is then complete. */
    @Override
    public String toString() {
        return text + (form == Form.OPENMETRICS ? "# EOF\n" : "");
    }
}
