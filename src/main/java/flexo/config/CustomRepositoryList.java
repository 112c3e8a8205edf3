package flexo.config;

import flexo.config.Parsed.Mistake;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * Reads {@code custom_repo}: an array of tables with {@code name} and {@code url}, or {@code name@url} words with spaces or
 * commas between them, or an array of such words.
 */
final class CustomRepositoryList implements ValueParser<List<CustomRepository>> {
    static final String EXPECTED =
            "tables [[custom_repo]] with name and url, or name@url such as \"arm@https://mirror.example.org/\" with spaces in between";

    private static final String EXPECTED_NAME =
            "a name of letters, digits and . _ + - that does not begin with a dot or hyphen";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*");
    /** A comma counts only before the next name@scheme: URLs, and passwords in them, may hold commas. */
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s,]*\\s+|,(?=[^,@/\\s]+@[A-Za-z]+://)|,+$");

    @Override
    public Parsed<List<CustomRepository>> parse(String text) {
        List<CustomRepository> repositories = new ArrayList<>();
        List<Mistake> mistakes = new ArrayList<>();
        if (text.strip().startsWith("[")) {
            Optional<TomlArray> array = ValueList.tomlArray(text);
            if (array.isEmpty()) {
                return Parsed.wrong(Parsed.WHOLE, text, EXPECTED);
            }
            for (int i = 0; i < array.get().size(); i++) {
                Object element = array.get().get(i);
                if (element instanceof TomlTable table) {
                    readTable(i, table, mistakes).ifPresent(repositories::add);
                } else {
                    readWord(i, String.valueOf(element), mistakes).ifPresent(repositories::add);
                }
            }
        } else {
            String[] words = BETWEEN_WORDS.split(text.strip(), -1);
            for (int i = 0; i < words.length; i++) {
                if (!words[i].isEmpty()) {
                    readWord(i, words[i], mistakes).ifPresent(repositories::add);
                }
            }
        }
        refuseSecondOfOneName(repositories, mistakes);
        return mistakes.isEmpty() ? Parsed.right(List.copyOf(repositories)) : Parsed.wrong(mistakes);
    }

    private static Optional<CustomRepository> readTable(int element, TomlTable table, List<Mistake> mistakes) {
        for (String key : table.keySet()) {
            if (!key.equals("name") && !key.equals("url")) {
                // Its value is not shown: nobody knows whether it is a secret.
                mistakes.add(new Mistake(element, key, "only name and url in a [[custom_repo]]"));
            }
        }
        Object name = table.get(List.of("name"));
        Object url = table.get(List.of("url"));
        if (!(name instanceof String) || !(url instanceof String)) {
            mistakes.add(new Mistake(
                    element,
                    name instanceof String ? name.toString() : "",
                    "both name and url, as strings, in a [[custom_repo]]"));
            return Optional.empty();
        }
        return read(element, name.toString(), url.toString(), mistakes);
    }

    private static Optional<CustomRepository> readWord(int element, String word, List<Mistake> mistakes) {
        int at = word.indexOf('@');
        // The @ of a URL's credentials comes after its scheme; the one between name and URL before it.
        int scheme = word.indexOf(':');
        if (at < 0 || (scheme >= 0 && scheme < at)) {
            mistakes.add(new Mistake(element, word, EXPECTED));
            return Optional.empty();
        }
        return read(element, word.substring(0, at), word.substring(at + 1), mistakes);
    }

    private static Optional<CustomRepository> read(int element, String name, String url, List<Mistake> mistakes) {
        boolean rightName = NAME.matcher(name).matches();
        if (!rightName) {
            mistakes.add(new Mistake(element, name, EXPECTED_NAME));
        }
        Optional<URI> uri = UpstreamUrl.base(url.strip());
        if (uri.isEmpty()) {
            mistakes.add(new Mistake(element, name + "@" + url, Keys.EXPECTED_URL));
        }
        return rightName ? uri.map(it -> new CustomRepository(name, it)) : Optional.empty();
    }

    private static void refuseSecondOfOneName(List<CustomRepository> repositories, List<Mistake> mistakes) {
        Set<String> names = new HashSet<>();
        for (CustomRepository repository : repositories) {
            if (!names.add(repository.name())) {
                mistakes.add(new Mistake(Parsed.WHOLE, repository.name(), "each name only once"));
            }
        }
    }
}
