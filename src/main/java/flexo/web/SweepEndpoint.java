package flexo.web;

import flexo.retention.SweepReport;
import flexo.retention.Sweeps;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.CompletionStage;

/**
 * {@code GET /sweep}: what a sweep of the cache would remove now; {@code POST /sweep}: have one run now. Anybody may ask, as
 * that only costs a walk through the directory, one at a time. The answer is JSON, or plain text if that is preferred.
 */
final class SweepEndpoint {
    private SweepEndpoint() {}

    static Endpoint of(Sweeps sweeps) {
        return Endpoint.of(request -> answer(request, sweeps.dryRun()), request -> answer(request, sweeps.now()));
    }

    private static CompletionStage<Reply> answer(HttpServletRequest request, CompletionStage<SweepReport> swept) {
        return swept.handle((report, failure) -> failure == null
                ? Reply.json(HttpServletResponse.SC_OK, SweepReportJson.print(report) + "\n")
                        .orIfPreferred(Reply.plain(HttpServletResponse.SC_OK, SweepReportText.print(report)), request)
                : ErrorAnswer.of(
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "The sweep did not come to its end; the log says why, unless Flexo is being stopped."));
    }
}
