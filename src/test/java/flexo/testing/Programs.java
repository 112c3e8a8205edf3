package flexo.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The programs outside of Java that a test needs.
 *
 * <p>A developer without pacman sees the test skipped, with the name of what is missing; the continuous build sets the
 * system property {@value #REQUIRED}, and then the same lack is a failure.
 */
public final class Programs {
    /** System property: {@code true} turns a missing program from a skipped test into a failed one. */
    public static final String REQUIRED = "flexo.test.require-programs";

    private Programs() {}

    /**
     * Skips the calling test unless all programs are on the {@code PATH}.
     *
     * @param names command names, for example {@code pacman}
     */
    public static void require(String... names) {
        List<String> missing =
                Arrays.stream(names).filter(name -> !isInstalled(name)).toList();
        if (missing.isEmpty()) {
            return;
        }
        String message = "needs " + String.join(", ", missing) + ", which " + (missing.size() == 1 ? "is" : "are")
                + " not on the PATH";
        if (Boolean.getBoolean(REQUIRED)) {
            Assertions.fail(message + " (" + REQUIRED + "=true forbids skipping)");
        }
        Assumptions.abort(message);
    }

    /**
     * Whether a program is on the {@code PATH} and may be executed.
     *
     * @param name command name
     * @return true if it can be started by its bare name
     */
    public static boolean isInstalled(String name) {
        String path = System.getenv("PATH");
        return path != null
                && Arrays.stream(path.split(File.pathSeparator, -1))
                        .filter(folder -> !folder.isEmpty())
                        .map(folder -> Path.of(folder, name))
                        .anyMatch(file -> Files.isRegularFile(file) && Files.isExecutable(file));
    }
}
