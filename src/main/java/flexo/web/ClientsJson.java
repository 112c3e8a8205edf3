package flexo.web;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.time.Instant;
import java.util.List;

/** The clients that ask most, as JSON; the components' names are those of the members, times are in RFC 3339. */
public final class ClientsJson {
    /** Shared, since building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create();

    private ClientsJson() {}

    /** The whole document. */
    public record Clients(List<Client> clients) {}

    /**
     * The figures of one client since the start.
     *
     * @param last_sync when it was last sent a database; absent if it never was
     */
    public record Client(String address, long requests, long bytes, String last_request, String last_sync) {}

    static String print(ClientFigures figures) {
        return JSONB.toJson(new Clients(figures.most().stream()
                        .map(one -> new Client(
                                one.client(),
                                one.requests(),
                                one.bytes(),
                                one.lastRequest().toString(),
                                one.lastSync().map(Instant::toString).orElse(null)))
                        .toList()))
                + "\n";
    }
}
