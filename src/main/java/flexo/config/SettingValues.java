package flexo.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;

/**
 * All sources of settings as they are now: each value is parsed once, and what is wrong with any is collected.
 *
 * <p>MicroProfile Config decides which source wins; what a text means, and what is wrong with it, is decided here, because its
 * converters stop at the first mistake and know nothing of lines in files.
 */
final class SettingValues {
    private final Map<String, SettingSource> sources = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Config config;
    /** Those that are set, and right. */
    private final Map<Key<?>, Object> values = new HashMap<>();

    private final Optional<Path> file;
    private final boolean fileBroken;
    private final boolean launched;

    SettingValues(SettingSources given) {
        launched = given.launched();
        given.strongerThanFile().forEach(this::add);
        file = given.file().filter(it -> given.fileIsExpected());
        Optional<TomlFile> toml = file.map(TomlFile::read);
        fileBroken = toml.isPresent() && !toml.get().problems().isEmpty();
        toml.ifPresent(read -> {
            problems.addAll(read.problems());
            add(SettingSource.of(read));
        });
        add(SettingSource.of(SourceKind.DEFAULTS, defaults()));
        // Built, never registered: a registered one would keep the web application's class loader alive after undeploy.
        config = ConfigProviderResolver.instance()
                .getBuilder()
                .forClassLoader(SettingValues.class.getClassLoader())
                .withSources(sources.values().toArray(SettingSource[]::new))
                .build();
        Keys.ALL.forEach(this::read);
    }

    private static Map<String, String> defaults() {
        return Keys.ALL.stream()
                .filter(key -> key.defaultText().isPresent())
                .collect(
                        Collectors.toMap(Key::property, key -> key.defaultText().orElseThrow()));
    }

    private void add(SettingSource source) {
        sources.put(source.getName(), source);
        // Other programs may set variables that look like ours; what has been written for us alone must be right.
        (source.kind() == SourceKind.ENVIRONMENT ? warnings : problems).addAll(source.unknown());
    }

    /** {@return the TOML file that was read} */
    Optional<Path> file() {
        return file;
    }

    /** Tells whether the file's settings are unknown, so that what seems to be missing may stand there. */
    boolean fileBroken() {
        return fileBroken;
    }

    List<Problem> problems() {
        return problems;
    }

    List<Problem> warnings() {
        return warnings;
    }

    /** Parses the value that counts, and notes what is wrong with it. */
    private <T> void read(Key<T> key) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return;
        }
        Parsed<T> parsed = key.parser().parse(text.get());
        SettingSource source = source(key).orElseThrow();
        // Another program may have set a variable that nothing here depends on.
        boolean harmless = Keys.OF_THE_CONNECTOR.contains(key) && source.kind() == SourceKind.ENVIRONMENT && !launched;
        for (Parsed.Mistake mistake : parsed.mistakes()) {
            (harmless ? warnings : problems)
                    .add(Problem.mistake(
                            source.place(key, mistake.part()), key.name() + fieldOf(mistake.part()), mistake));
        }
        parsed.value().ifPresent(value -> values.put(key, value));
    }

    /** {@return a setting's value; empty if it is not set, or wrong} */
    @SuppressWarnings("unchecked")
    <T> Optional<T> value(Key<T> key) {
        // Put there under a key of the same type.
        return Optional.ofNullable((T) values.get(key));
    }

    /** {@return a setting as it is written; empty if it is not set} */
    Optional<String> text(Key<?> key) {
        return Optional.ofNullable(config.getConfigValue(key.property()).getValue());
    }

    /** {@return the value of a setting that has a default; the default if it is wrong} */
    <T> T get(Key<T> key) {
        return value(key)
                .or(() -> key.parser().parse(key.defaultText().orElseThrow()).value())
                .orElseThrow();
    }

    /** Notes what is wrong with a setting beyond its own text, without showing its value. */
    void wrong(Key<?> key, String what) {
        problems.add(new Problem(source(key).orElseThrow().place(key, Parsed.WHOLE), key.name(), "", what));
    }

    /** Notes what somebody may not have meant with a setting. */
    void warn(Key<?> key, String what) {
        warnings.add(new Problem(source(key).orElseThrow().place(key, Parsed.WHOLE), key.name(), "", what));
    }

    /** {@return the source that a setting's value came from; empty if it is not set} */
    Optional<SettingSource> source(Key<?> key) {
        return Optional.ofNullable(config.getConfigValue(key.property()).getSourceName())
                .map(sources::get);
    }

    int strength(Key<?> key) {
        return source(key).map(SettingSource::getOrdinal).orElse(0);
    }

    /** Of {@code [2].urls[1]} what docs/settings.md lists: {@code .urls}. */
    private static String fieldOf(String part) {
        return part.replaceAll("\\[\\d+]", "");
    }
}
