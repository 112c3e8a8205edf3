package flexo.config;

import flexo.config.Parsed.Mistake;
import flexo.mirror.Mirror;
import flexo.upstream.Credential;
import flexo.upstream.UpstreamAccess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** The tables {@code [[custom_repo]]}. */
final class CustomRepositoryTable {
    static final String EXPECTED_URL =
            "an absolute http or https URL without query, fragment and variables such as $arch, or file:///directory alone";

    private static final String TABLE = "custom_repo";
    private static final String EXPECTED_NAME =
            "a name of letters, digits and . _ + - that does not begin with a dot or hyphen";
    private static final String EXPECTED_HEADERS =
            "expected a table of header names and texts, such as { X-Api-Key = \"…\" }";
    private static final Pattern FORM_OF_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*");

    static final Key<String> NAME =
            new Key<>(TABLE + ".name", ValueParser.of(EXPECTED_NAME, CustomRepositoryTable::name));

    static final Key<RepositoryUrl> URL = new Key<>(TABLE + ".url", ValueParser.of(EXPECTED_URL, RepositoryUrl::parse));

    static final Key<List<RepositoryUrl>> URLS =
            new Key<>(TABLE + ".urls", ValueList.of(EXPECTED_URL, RepositoryUrl::parse));

    static final Key<Path> MIRRORLIST =
            new Key<>(TABLE + ".mirrorlist", ValueParser.of(Keys.EXPECTED_MIRRORLIST, OutboundValues::readableFile));

    static final OverridesFields OVERRIDES = OverridesFields.of(TABLE);

    static final Key<UpstreamAccess.Way> PROXY = new Key<>(TABLE + ".proxy", Keys.PROXY);

    static final CredentialsFields CREDENTIALS = CredentialsFields.of(TABLE);

    static final Key<Map<String, String>> HEADERS = new Key<>(TABLE + ".headers", CustomRepositoryTable::headers);

    static final List<Key<?>> FIELDS = fields();

    private CustomRepositoryTable() {}

    private static List<Key<?>> fields() {
        List<Key<?>> fields = new ArrayList<>(List.of(NAME, URL, URLS, MIRRORLIST));
        fields.addAll(OVERRIDES.all());
        fields.add(PROXY);
        fields.addAll(CREDENTIALS.all());
        fields.add(HEADERS);
        return List.copyOf(fields);
    }

    /** {@return the repository in a table; empty if something is missing or wrong, which is noted} */
    static Optional<CustomRepository> read(TableReading table) {
        table.atMostOne(URL, URLS, MIRRORLIST);
        Optional<String> name = table.required(NAME);
        Optional<List<RepositoryUrl>> given = table.value(URL).map(List::of).or(() -> table.value(URLS));
        List<RepositoryUrl> urls = given.orElse(List.of());
        Optional<Path> mirrorlist = table.value(MIRRORLIST);
        Optional<Path> directory =
                urls.stream().flatMap(url -> url.directory().stream()).findFirst();
        if (!table.has(URL) && !table.has(URLS) && !table.has(MIRRORLIST)) {
            table.wrong(URL, "url, urls or mirrorlist must be set in each of these tables");
        } else if (given.isPresent() && urls.isEmpty()) {
            table.wrong(URLS, "must name at least one URL");
        }
        if (directory.isPresent() && urls.size() > 1) {
            table.wrong(URLS, "a file: directory must be the only one");
        }
        RepositoryOverrides overrides = OVERRIDES.in(table);
        Optional<UpstreamAccess.Way> way = table.value(PROXY);
        Optional<Credential> credential = CREDENTIALS.in(table);
        Map<String, String> headers = table.value(HEADERS).orElse(Map.of());
        if (directory.isPresent()) {
            refuseWithDirectory(table);
        }
        List<Mirror> mirrors =
                urls.stream().flatMap(url -> url.mirror().stream()).toList();
        return name.map(
                it -> new CustomRepository(it, mirrors, directory, mirrorlist, overrides, way, credential, headers));
    }

    private static void refuseWithDirectory(TableReading table) {
        List<Key<?>> ofRequests = new ArrayList<>(List.of(PROXY, HEADERS));
        ofRequests.addAll(CREDENTIALS.all());
        ofRequests.stream()
                .filter(table::has)
                .forEach(field -> table.wrong(field, "has no meaning for a file: directory"));
    }

    static Optional<String> name(String text) {
        return Optional.of(text).filter(name -> FORM_OF_NAME.matcher(name).matches());
    }

    /** Parses a TOML table, one entry per header; values are secret and never shown. */
    private static Parsed<Map<String, String>> headers(String text) {
        TomlParseResult table = Toml.parse(text);
        if (table.hasErrors()) {
            return Parsed.wrong(List.of(new Mistake(Parsed.WHOLE, Optional.empty(), EXPECTED_HEADERS)));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        List<Mistake> mistakes = new ArrayList<>();
        for (Map.Entry<String, Object> entry : table.entrySet()) {
            Optional<String> value =
                    entry.getValue() instanceof String string ? OutboundValues.headerValue(string) : Optional.empty();
            if (value.isEmpty() || !OutboundValues.isHeaderName(entry.getKey())) {
                mistakes.add(new Mistake("." + entry.getKey(), Optional.empty(), EXPECTED_HEADERS));
            }
            value.ifPresent(it -> headers.put(entry.getKey(), it));
        }
        return mistakes.isEmpty() ? Parsed.right(headers) : Parsed.wrong(mistakes);
    }
}
