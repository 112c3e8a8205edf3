package flexo.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** One source of settings for MicroProfile Config that remembers the place of each setting. */
final class SettingSource implements ConfigSource {
    private static final Pattern OF_KUBERNETES = Pattern.compile("(tcp|udp|sctp)://.*");

    private final SourceKind kind;
    /** Property name → value. */
    private final Map<String, String> values = new HashMap<>();
    /** Property name → its spelling in the source. */
    private final Map<String, String> spelled = new HashMap<>();

    private final List<Problem> unknown = new ArrayList<>();
    private final BiFunction<String, String, String> places;

    private SettingSource(SourceKind kind, BiFunction<String, String, String> places) {
        this.kind = kind;
        this.places = places;
    }

    /**
     * {@return a source with the given names} A blank value counts as not set, so that {@code FLEXO_X=} in a Docker
     * file is harmless.
     */
    static SettingSource of(SourceKind kind, Map<String, String> given) {
        Map<String, String> set = new HashMap<>(given);
        set.values().removeIf(String::isBlank);
        SettingSource source = new SettingSource(kind, (name, part) -> kind.place(name) + table(part));
        String port = kind.spell(Keys.PORT.name());
        if (kind == SourceKind.ENVIRONMENT
                && set.containsKey(port)
                && OF_KUBERNETES.matcher(set.get(port)).matches()) {
            source.unknown.add(Problem.wrongValue(
                    kind.place(port),
                    Keys.PORT.name(),
                    set.remove(port),
                    "a number; this is what Kubernetes sets for a service that is called flexo, and does not count"));
        }
        source.take(set);
        if (kind == SourceKind.DEFAULTS) {
            // Values are literal; the dollar and braces in a password do not reference another setting.
            source.values.put(Config.PROPERTY_EXPRESSIONS_ENABLED, "false");
        }
        return source;
    }

    /** {@return a source with the contents of a file} */
    static SettingSource of(TomlFile file) {
        SettingSource source = new SettingSource(SourceKind.FILE, file::place);
        source.take(file.values());
        return source;
    }

    private void take(Map<String, String> given) {
        Set<String> left = new TreeSet<>(given.keySet());
        for (Key<?> key : Keys.ALL) {
            List<String> names = new ArrayList<>(List.of(key.name()));
            names.addAll(key.otherNames());
            for (String name : names) {
                String spelling = kind.spell(name);
                if (left.remove(spelling) && !values.containsKey(key.property())) {
                    values.put(key.property(), given.get(spelling));
                    spelled.put(key.property(), spelling);
                }
            }
        }
        for (String name : left) {
            if (kind.claims(name)) {
                String key = kind.unspell(name);
                unknown.add(Problem.unknownKey(
                        places.apply(name, Parsed.WHOLE),
                        key,
                        NearestName.to(key, Keys.NAMES).map(kind::spell).orElse("")));
            }
        }
    }

    SourceKind kind() {
        return kind;
    }

    /** {@return the names of the settings in this source, as spelled there, except the one that names the file} */
    List<String> names() {
        return spelled.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(Keys.CONFIG_FILE.property()))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
    }

    /** {@return a problem for each name that looks like a setting but is unknown} */
    List<Problem> unknown() {
        return List.copyOf(unknown);
    }

    /**
     * {@return the place of a value, for people}
     *
     * @param key a key with a value in this source
     * @param part a part of it, see {@link Parsed.Mistake}
     */
    String place(Key<?> key, String part) {
        return places.apply(spelled.get(key.property()), part);
    }

    /** A table inside one long text has no line; it is counted instead, from 1. */
    private static String table(String part) {
        int end = part.indexOf("].");
        return end < 0 ? "" : ", table " + (Integer.parseInt(part.substring(1, end)) + 1);
    }

    @Override
    public Set<String> getPropertyNames() {
        return Set.copyOf(values.keySet());
    }

    @Override
    public String getValue(String propertyName) {
        return values.get(propertyName);
    }

    @Override
    public int getOrdinal() {
        return kind.strength();
    }

    @Override
    public String getName() {
        return kind.name();
    }
}
