package flexo.app;

import flexo.prefetch.PrefetchCounts;
import flexo.web.Figures;
import flexo.web.PrometheusText;
import java.util.function.Supplier;

/** What was fetched before clients asked for it. */
record PrefetchFigures(Supplier<PrefetchCounts> counts) implements Figures {
    @Override
    public void writeTo(PrometheusText text) {
        PrefetchCounts now = counts.get();
        text.counter("flexo_prefetch_packages_total", "Packages that were to be prefetched, by what became of them.")
                .sample("result", "fetched", now.fetched());
        text.sample("result", "failed", now.failed());
        text.sample("result", "no_room", now.skipped());
        text.counter("flexo_prefetch_bytes_total", "What was prefetched, without signatures.")
                .sample(now.bytes());
        text.counter("flexo_prefetch_interruptions_total", "Prefetches that were put off for a client.")
                .sample(now.interrupted());
    }
}
