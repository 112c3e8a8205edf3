package flexo.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * The clock as one program sees it, set by a file while the program runs. Time passes for it as for everybody else: neither
 * the monotonic clock, by which a JVM waits, nor the times of files are faked.
 */
final class FakeClock {
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private final Path file;

    /**
     * One that is right.
     *
     * @param file where it is to be set; made here
     */
    FakeClock(Path file) {
        this.file = file;
        ahead(Duration.ZERO);
    }

    /**
     * Sets it.
     *
     * @param real how far ahead of the real one; negative for behind
     */
    void ahead(Duration real) {
        try {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, "%+d".formatted(real.toSeconds()));
            // The program may read it at any moment.
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Has a server look at it from its next start on.
     *
     * @param flexo that server
     * @return the server
     */
    FlexoServer seenBy(FlexoServer flexo) {
        return flexo.with("LD_PRELOAD", library().toString())
                .with("FAKETIME_TIMESTAMP_FILE", file.toString())
                .with("FAKETIME_NO_CACHE", "1")
                .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                // Else waits of a JVM for a time, which are by the monotonic clock, end far too late.
                .with("FAKETIME_FORCE_MONOTONIC_FIX", "0")
                .with("NO_FAKE_STAT", "1");
    }

    private static Path library() {
        String name = "faketime/libfaketimeMT.so.1";
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            return folders.map(folder -> folder.resolve(name))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseGet(() -> Machine.required(LIBRARIES.resolve(name), "Debian's libfaketime"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
