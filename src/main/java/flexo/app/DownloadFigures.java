package flexo.app;

import flexo.database.Databases;
import flexo.download.Admission;
import flexo.download.Downloads;
import flexo.web.ClientStreams;
import flexo.web.Figures;
import flexo.web.PrometheusText;

/** What is going on between mirrors and clients. */
record DownloadFigures(Downloads downloads, Databases databases, Admission admission, ClientStreams streams)
        implements Figures {
    @Override
    public void writeTo(PrometheusText text) {
        text.gauge("flexo_downloads_running", "Files on their way into the cache.")
                .sample(downloads.count());
        text.gauge("flexo_downloads_waiting", "Downloads that wait for others to end, as too many are on their way.")
                .sample(admission.waiting());
        text.counter("flexo_downloads_refused_total", "Downloads that were refused, as too many were on their way.")
                .sample(admission.refused());
        text.gauge("flexo_responses_streamed", "Responses that Flexo is writing itself; the container sends others.")
                .sample(streams.count());
        text.gauge("flexo_databases_open", "Databases that are kept open for the next who asks.")
                .sample(databases.open());
        text.counter(
                        "flexo_database_stale_answers_total",
                        "Requests answered with a database that no mirror had confirmed in time.")
                .sample(databases.staleAnswers());
    }
}
