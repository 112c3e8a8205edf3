package flexo.config;

import java.util.Locale;
import java.util.Set;

/** The kinds of sources, strongest first. */
enum SourceKind {
    /** Names like {@code flexo.mirrors_auto.timeout}. */
    SYSTEM_PROPERTIES(400, "system property "),
    /** Names like {@code FLEXO_MIRRORS_AUTO_TIMEOUT}. */
    ENVIRONMENT(300, "environment variable "),
    /** Names like {@code flexo.mirrors_auto.timeout}. */
    CONTEXT_PARAMETERS(250, "context parameter "),
    /** Names like {@code mirrors_auto.timeout}. */
    FILE(200, "setting "),
    /** Names like {@code flexo.mirrors_auto.timeout}. */
    DEFAULTS(100, "built-in default ");

    private static final String ENVIRONMENT_PREFIX = "FLEXO_";

    /** The prefix of properties for the project's own tests, which may run in the same process. */
    private static final String TEST_PREFIX = "flexo.test.";

    /** The system properties by which the executable WAR configures its Tomcat. */
    private static final Set<String> OF_LAUNCHER = Set.of(
            "flexo.war",
            "flexo.launched",
            "flexo.launched.port",
            "flexo.launched.listen_ip_address",
            "flexo.launched.refusal");

    private final int ordinal;
    private final String noun;

    SourceKind(int ordinal, String noun) {
        this.ordinal = ordinal;
        this.noun = noun;
    }

    /** {@return the ordinal of MicroProfile Config} */
    int strength() {
        return ordinal;
    }

    /** {@return a name of this kind with a noun, for messages} */
    String place(String spelled) {
        return noun + spelled;
    }

    /** {@return the plural of that noun} */
    String plural() {
        return noun.strip().replaceFirst("y$", "ie") + "s";
    }

    /** {@return the spelling of a key in this kind of source} */
    String spell(String key) {
        return switch (this) {
            case ENVIRONMENT ->
                ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
            case FILE -> key;
            default -> Keys.PREFIX + key;
        };
    }

    /** {@return the key for a spelling of this kind, known or not} */
    String unspell(String spelled) {
        return switch (this) {
            case ENVIRONMENT -> spelled.substring(ENVIRONMENT_PREFIX.length()).toLowerCase(Locale.ROOT);
            case FILE -> spelled;
            default -> spelled.substring(Keys.PREFIX.length());
        };
    }

    /** {@return whether a name looks like one of our settings} All other names in a source are ignored. */
    boolean claims(String spelled) {
        return switch (this) {
            case ENVIRONMENT -> spelled.startsWith(ENVIRONMENT_PREFIX);
            case FILE -> true;
            default ->
                spelled.startsWith(Keys.PREFIX) && !spelled.startsWith(TEST_PREFIX) && !OF_LAUNCHER.contains(spelled);
        };
    }
}
