package flexo.config;

import flexo.upstream.Credential;
import flexo.upstream.UpstreamAccess;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tables {@code [[upstream_credentials]]}. */
final class UpstreamCredentialsTable {
    private static final String NAME = "upstream_credentials";

    static final Key<URI> URL = new Key<>(
            NAME + ".url",
            ValueParser.of(
                    "the beginning of an absolute http or https URL, without credentials in it, such as"
                            + " \"https://mirror.example.org/\"",
                    OutboundValues::prefix));

    static final CredentialsFields CREDENTIALS = CredentialsFields.of(NAME);

    static final List<Key<?>> FIELDS = fields();

    private UpstreamCredentialsTable() {}

    /** {@return the credentials in the order of the tables} */
    static Parsed<List<UpstreamAccess>> parse(String text) {
        return TableReading.tables(
                        "tables [[upstream_credentials]] with url, and user and password, or token",
                        FIELDS,
                        UpstreamCredentialsTable::read)
                .map(tables -> tables.stream().flatMap(Optional::stream).toList())
                .parse(text);
    }

    private static List<Key<?>> fields() {
        List<Key<?>> fields = new ArrayList<>(List.of(URL));
        fields.addAll(CREDENTIALS.all());
        return List.copyOf(fields);
    }

    private static Optional<UpstreamAccess> read(TableReading table) {
        Optional<URI> url = table.required(URL);
        if (CREDENTIALS.all().stream().noneMatch(table::has)) {
            table.wrong(CREDENTIALS.user(), "user and password, or token, must be set in each of these tables");
        }
        Optional<Credential> credential = CREDENTIALS.in(table);
        return url.flatMap(prefix -> credential.map(it -> UpstreamAccess.with(prefix, it)));
    }
}
