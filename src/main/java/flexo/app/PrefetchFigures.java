package flexo.app;

import flexo.prefetch.Prefetch;
import flexo.prefetch.PrefetchCounts;
import flexo.web.Figures;
import flexo.web.PrometheusText;

/** What was fetched before clients asked for it. */
record PrefetchFigures(Prefetch prefetch) implements Figures {
    @Override
    public void writeTo(PrometheusText text) {
        PrefetchCounts counts = prefetch.counts();
        text.counter("flexo_prefetch_packages_total", "Packages that were to be prefetched, by what became of them.")
                .sample("result", "fetched", counts.fetched());
        text.sample("result", "failed", counts.failed());
        text.sample("result", "no_room", counts.skipped());
        text.counter("flexo_prefetch_bytes_total", "What was prefetched, without signatures.")
                .sample(counts.bytes());
        text.counter("flexo_prefetch_interruptions_total", "Prefetches that were put off for a client.")
                .sample(counts.interrupted());
    }
}
