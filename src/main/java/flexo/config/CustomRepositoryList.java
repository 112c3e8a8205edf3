package flexo.config;

import flexo.config.Parsed.Mistake;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * Parses {@code custom_repo}: an array of tables, or {@code name@url} words separated by spaces or commas, or an array
 * of such words.
 */
final class CustomRepositoryList implements ValueParser<List<CustomRepository>> {
    static final String EXPECTED =
            "tables [[custom_repo]] with name and url, or name@url such as \"arm@https://mirror.example.org/\" with spaces in between";

    /** A comma separates only before the next name@scheme: URLs, and passwords in them, may contain commas. */
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s,]*\\s+|,(?=[^,@/\\s]+@[A-Za-z]+:/)|,+$");

    @Override
    public Parsed<List<CustomRepository>> parse(String text) {
        List<CustomRepository> repositories = new ArrayList<>();
        List<Mistake> mistakes = new ArrayList<>();
        if (text.strip().startsWith("[")) {
            Optional<TomlArray> array = ValueList.tomlArray(text);
            if (array.isEmpty()) {
                // Not shown: it may contain a password.
                return Parsed.wrong(List.of(new Mistake(Parsed.WHOLE, Optional.empty(), "expected " + EXPECTED)));
            }
            for (int i = 0; i < array.get().size(); i++) {
                Parsed<CustomRepository> repository = array.get().get(i) instanceof TomlTable table
                        ? table(i, table)
                        : word(i, String.valueOf(array.get().get(i)));
                repository.value().ifPresent(repositories::add);
                mistakes.addAll(repository.mistakes());
            }
        } else {
            String[] words = BETWEEN_WORDS.split(text.strip(), -1);
            for (int i = 0; i < words.length; i++) {
                if (!words[i].isEmpty()) {
                    Parsed<CustomRepository> repository = word(i, words[i]);
                    repository.value().ifPresent(repositories::add);
                    mistakes.addAll(repository.mistakes());
                }
            }
        }
        refuseSecondOfOneName(repositories, mistakes);
        return mistakes.isEmpty() ? Parsed.right(List.copyOf(repositories)) : Parsed.wrong(mistakes);
    }

    private static Parsed<CustomRepository> table(int number, TomlTable table) {
        Parsed<Optional<CustomRepository>> read =
                TableReading.table(number, table, CustomRepositoryTable.FIELDS, CustomRepositoryTable::read);
        return new Parsed<>(read.value().flatMap(repository -> repository), read.mistakes());
    }

    private static Parsed<CustomRepository> word(int number, String word) {
        String part = Parsed.element(number);
        int at = word.indexOf('@');
        // The @ of credentials comes after the scheme of the URL; the one between name and URL comes before it.
        int scheme = word.indexOf(':');
        if (at < 0 || (scheme >= 0 && scheme < at)) {
            return Parsed.wrong(List.of(new Mistake(part, word, EXPECTED)));
        }
        Parsed<String> name = CustomRepositoryTable.NAME.parser().parse(word.substring(0, at));
        Parsed<RepositoryUrl> url = CustomRepositoryTable.URL.parser().parse(word.substring(at + 1));
        List<Mistake> mistakes = new ArrayList<>();
        name.mistakes().forEach(mistake -> mistakes.add(new Mistake(part, mistake.found(), mistake.expected())));
        url.mistakes().forEach(mistake -> mistakes.add(new Mistake(part, word, mistake.expected())));
        return mistakes.isEmpty()
                ? Parsed.right(CustomRepository.at(
                        name.value().orElseThrow(), url.value().orElseThrow()))
                : Parsed.wrong(mistakes);
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
