package flexo.web;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Metrics in a text format of Prometheus: one family of samples after another. Not thread-safe.
 *
 * <p>Written by hand, since the client libraries start threads that outlive the application.
 */
public final class PrometheusText {
    /** The two formats. */
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

        /** The format that a request accepts by its header {@code Accept}; empty for none. */
        static Optional<Form> asked(String accept) {
            if (accept == null) {
                return Optional.empty();
            }
            // Quality values are ignored: a client that accepts OpenMetrics prefers it.
            return accept.contains("application/openmetrics-text")
                    ? Optional.of(OPENMETRICS)
                    : Optional.of(PROMETHEUS).filter(unused -> accept.contains("text/plain"));
        }
    }

    private final StringBuilder text = new StringBuilder();
    private final Form form;
    private String family = "";

    /** No metrics yet, in the text format of Prometheus. */
    public PrometheusText() {
        this(Form.PROMETHEUS);
    }

    PrometheusText(Form form) {
        this.form = form;
    }

    /**
     * Begins a family of counters, which only grow, except after a restart.
     *
     * @param name ends with {@code _total}, and starts with {@code flexo_} as all do
     * @param help one line
     */
    public PrometheusText counter(String name, String help) {
        // OpenMetrics 1.0, section 5.1: the suffix belongs to the sample, not to the family.
        head(form == Form.OPENMETRICS ? name.substring(0, name.length() - "_total".length()) : name, "counter", help);
        family = name;
        return this;
    }

    /** Begins a family of gauges. */
    public PrometheusText gauge(String name, String help) {
        head(name, "gauge", help);
        family = name;
        return this;
    }

    /** Adds a family of histograms. */
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

    /** Adds the only sample of the current family. */
    public PrometheusText sample(long value) {
        return line("", Long.toString(value));
    }

    /** The same in seconds, with a fraction. */
    public PrometheusText sample(Duration duration) {
        return line("", seconds(duration));
    }

    /**
     * Adds a sample to the current family.
     *
     * @param label the label that distinguishes its samples
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

    /** The complete text. */
    @Override
    public String toString() {
        return text + (form == Form.OPENMETRICS ? "# EOF\n" : "");
    }
}
