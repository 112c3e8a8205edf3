package flexo.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A main class of the tests in a process of its own: under another locale, or with fewer rights than the tests have.
 *
 * @param exitValue what it ended with
 * @param output what it printed, errors included
 */
public record JavaProcess(int exitValue, String output) {
    /**
     * Runs a class to its end.
     *
     * @param environment variables that differ from those of the tests
     * @param arguments of its main method
     */
    public static JavaProcess run(Class<?> main, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return run(List.of(), main, environment, arguments);
    }

    /**
     * Runs a class to its end as a user to whom permissions apply, though the tests are root.
     *
     * @param arguments of its main method
     */
    public static JavaProcess runWithoutPrivileges(Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        if (!System.getProperty("user.name").equals("root")) {
            return run(main, Map.of(), arguments);
        }
        Programs.require("setpriv");
        // Root who may not override permissions owns files, but may only do with them what their modes say.
        return run(List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search"), main, Map.of(), arguments);
    }

    private static JavaProcess run(
            List<String> before, Class<?> main, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new JavaProcess(process.waitFor(), output);
    }
}
