package flexo.web;

import flexo.retention.SweepReport;
import flexo.retention.Sweeps;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.ref.SoftReference;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * {@code GET /sweep}: reports what a sweep would remove now; {@code POST /sweep}: runs one now. The former needs no
 * authorisation, since it only costs a walk through the directory, one at a time. The response is JSON, or plain text
 * if that is preferred.
 */
final class SweepEndpoint {
    private SweepEndpoint() {}

    static Endpoint of(Sweeps sweeps) {
        Words json = new Words(report -> SweepReportJson.print(report) + "\n");
        Words plain = new Words(SweepReportText::print);
        return Endpoint.of(
                request -> answer(request, sweeps.dryRun(), json, plain),
                request -> answer(request, sweeps.now(), json, plain));
    }

    private static CompletionStage<Reply> answer(
            HttpServletRequest request, CompletionStage<SweepReport> swept, Words json, Words plain) {
        return swept.handle((report, failure) -> failure == null
                ? (Reply.prefersPlain(request)
                                ? Reply.plain(HttpServletResponse.SC_OK, plain.of(report))
                                : Reply.json(HttpServletResponse.SC_OK, json.of(report)))
                        .with("Vary", "Accept")
                : ErrorAnswer.of(
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "The sweep did not come to its end; the log says why, unless Flexo is being stopped."));
    }

    /** The report in words, which may be megabytes: all requests for one report share the same text. */
    private static final class Words {
        private final Function<SweepReport, String> printer;
        private SoftReference<Printed> last = new SoftReference<>(null);

        private record Printed(SweepReport report, String text) {}

        Words(Function<SweepReport, String> printer) {
            this.printer = printer;
        }

        synchronized String of(SweepReport report) {
            Printed printed = last.get();
            if (printed == null || !printed.report().equals(report)) {
                printed = new Printed(report, printer.apply(report));
                last = new SoftReference<>(printed);
            }
            return printed.text();
        }
    }
}
