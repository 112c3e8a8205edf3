package flexo.system;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.opentest4j.TestAbortedException;

/**
 * Marks the field that gets a test's own folder.
 *
 * <p>When the test fails the folder stays (its name is printed), and so does the end of every log in it: on a build
 * machine nobody can look there afterwards.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@TempDir(factory = ScratchFolder.ShortPath.class, cleanup = CleanupMode.ON_SUCCESS)
@ExtendWith(ScratchFolder.PrintLogs.class)
@interface ScratchFolder {
    /** Makes the folders in the machine's own: gpg cannot work below a path of much more than 80 characters. */
    final class ShortPath implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
            return Files.createTempDirectory(
                    "flexo-" + test.getRequiredTestClass().getSimpleName() + "-");
        }
    }

    /** Prints the logs of a failed test. */
    final class PrintLogs implements AfterTestExecutionCallback {
        private static final int LINES = 60;

        @Override
        public void afterTestExecution(ExtensionContext test) throws Exception {
            Throwable failure = test.getExecutionException().orElse(null);
            if (failure == null || failure instanceof TestAbortedException) {
                return;
            }
            for (Field field : test.getRequiredTestClass().getDeclaredFields()) {
                if (field.isAnnotationPresent(ScratchFolder.class)) {
                    field.setAccessible(true);
                    print((Path) field.get(test.getRequiredTestInstance()));
                }
            }
        }

        private static void print(Path folder) throws IOException {
            List<Path> logs;
            try (Stream<Path> files =
                    Files.find(folder, 3, (file, attributes) -> file.toString().endsWith(".log"))) {
                logs = files.sorted().toList();
            }
            for (Path log : logs) {
                List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                System.out.println("---- the end of " + log);
                lines.subList(Math.max(0, lines.size() - LINES), lines.size()).forEach(System.out::println);
            }
        }
    }
}
