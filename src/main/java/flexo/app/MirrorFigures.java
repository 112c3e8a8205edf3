package flexo.app;

import flexo.mirror.MirrorHealth;
import flexo.mirror.MirrorMetrics;
import flexo.web.Figures;
import flexo.web.PrometheusText;
import java.util.Comparator;
import java.util.function.ToLongFunction;

/** How often each mirror was used and failed, since the start or the last {@code POST /reset-metrics}. */
record MirrorFigures(MirrorHealth health) implements Figures {
    @Override
    public void writeTo(PrometheusText text) {
        MirrorMetrics metrics = health.metrics();
        text.counter("flexo_mirror_transfers_total", "Transfers a mirror was asked for.");
        write(text, metrics, MirrorMetrics.Counts::usages);
        text.counter("flexo_mirror_failures_total", "Those of them that failed by its own fault.");
        write(text, metrics, MirrorMetrics.Counts::failures);
    }

    private static void write(PrometheusText text, MirrorMetrics metrics, ToLongFunction<MirrorMetrics.Counts> value) {
        metrics.counts().entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                .forEach(
                        entry -> text.sample("mirror", entry.getKey().toString(), value.applyAsLong(entry.getValue())));
    }
}
