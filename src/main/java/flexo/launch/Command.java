package flexo.launch;

import java.nio.file.Path;
import java.util.Optional;

/** The command line of {@code java -jar flexo.war}. */
sealed interface Command {
    /** The output of {@code --help}. */
    String HELP = """
            Flexo, a caching proxy for pacman.

              java -jar flexo.war                    serve, until SIGTERM or Ctrl-C
              java -jar flexo.war --check [FILE]     report mistakes in the settings, without starting;
                                                     with FILE instead of the configured TOML file
              java -jar flexo.war --print-settings   print all settings with their sources; secrets are masked
              java -jar flexo.war --version
              java -jar flexo.war --help

            Settings are system properties (java -Dflexo.port=7878 -jar flexo.war), environment variables (FLEXO_PORT=7878)
            and the lines of /etc/flexo/flexo.toml (port = 7878), or of the file that FLEXO_CONFIG_FILE names.

            Exit codes: 0 success; 1 it cannot start, or --check found mistakes; 64 unknown arguments;
            78 mistakes in the settings, so a restart does not help; 143 ended by SIGTERM.
            """;

    /** Serve until terminated. */
    record Serve() implements Command {}

    /** Print the usage. */
    record Help() implements Command {}

    /** Print the version. */
    record Version() implements Command {}

    /**
     * Report mistakes in the settings.
     *
     * @param file a file to read in place of the configured one
     */
    record Check(Optional<Path> file) implements Command {}

    /** Print all settings. */
    record PrintSettings() implements Command {}

    /**
     * Parses the arguments of the program.
     *
     * @throws CannotStart if they are invalid
     */
    static Command of(String... arguments) throws CannotStart {
        String first = arguments.length == 0 ? "" : arguments[0];
        if (first.equals("--check") && arguments.length == 2 && !arguments[1].startsWith("-")) {
            return new Check(Optional.of(Path.of(arguments[1])));
        }
        if (arguments.length > 1) {
            throw unknown(String.join(" ", arguments));
        }
        return switch (first) {
            case "" -> new Serve();
            case "--help", "-h" -> new Help();
            case "--version" -> new Version();
            case "--check" -> new Check(Optional.empty());
            case "--print-settings" -> new PrintSettings();
            default -> throw unknown(first);
        };
    }

    private static CannotStart unknown(String arguments) {
        return new CannotStart(
                CannotStart.Reason.ARGUMENTS,
                "'" + arguments
                        + "' is no argument of it. 'java -jar flexo.war --help' lists them; settings are not given as"
                        + " arguments.");
    }
}
