package flexo.system;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A program and its arguments, not yet running.
 *
 * @param words the program, then its arguments
 * @param environment variables beyond this process's own, of which none of Flexo's and Java's own are handed on
 */
record Command(List<String> words, Map<String, String> environment) {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /**
     * A command without variables of its own.
     *
     * @param words the program, then its arguments, by their text
     * @return the command
     */
    static Command of(Object... words) {
        List<String> text = new ArrayList<>();
        for (Object word : words) {
            text.add(word.toString());
        }
        return new Command(List.copyOf(text), Map.of());
    }

    /**
     * The same command with more arguments.
     *
     * @param more what to append
     * @return the longer command
     */
    Command and(List<String> more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(more);
        return new Command(List.copyOf(all), environment);
    }

    /**
     * The same command, run by a user to whom permissions apply though the tests are root: who may not override them owns
     * files, but may only do with them what their modes say.
     *
     * @return the command behind another one
     */
    Command withoutPrivileges() {
        if (!Machine.isRoot()) {
            return this;
        }
        List<String> line = new ArrayList<>(List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search"));
        line.addAll(words);
        return new Command(List.copyOf(line), environment);
    }

    /**
     * The same command with one more variable.
     *
     * @param name of the variable
     * @param value of the variable
     * @return the command with it
     */
    Command with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(environment);
        more.put(name, value);
        return new Command(words, Map.copyOf(more));
    }

    /**
     * Starts it in a process group of its own, which takes signals as one started from a shell does.
     *
     * @param output file that takes all it prints, after what is there already
     * @return the running program
     */
    RunningCommand start(Path output) {
        List<String> line = new ArrayList<>(List.of("setsid"));
        line.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        Map<String, String> variables = builder.environment();
        variables
                .keySet()
                .removeIf(name -> name.startsWith("FLEXO_")
                        || name.startsWith("JAVA_TOOL")
                        || name.startsWith("CATALINA_")
                        || name.equals("CACHE_DIRECTORY")
                        || name.equals("STATE_DIRECTORY")
                        || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        variables.put("LC_ALL", "C");
        variables.putAll(environment);
        try {
            long outputStart = Files.exists(output) ? Files.size(output) : 0;
            return RunningCommand.watch(this, builder.start(), output, outputStart);
        } catch (IOException e) {
            throw new UncheckedIOException("could not start " + words, e);
        }
    }

    /**
     * Runs it to its end.
     *
     * @param output file that takes all it prints
     * @return what became of it; a program that takes minutes has failed the test
     */
    CommandResult run(Path output) {
        try (RunningCommand running = start(output)) {
            return running.await(PATIENCE);
        }
    }
}
