package flexo.system;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A file system of its own in a directory, held in memory; whoever runs the tests may mount one. */
final class SmallDisk implements AutoCloseable {
    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    /**
     * Mounts one.
     *
     * @param directory where; made here, empty
     * @param mebibytes how much it holds
     */
    static SmallDisk mount(Path directory, int mebibytes) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", directory.toString());
        return new SmallDisk(directory);
    }

    /** Lets nothing be written any more, by nobody. */
    void becomeReadOnly() {
        // A mount of its own above it: one with files that are open for writing cannot become read-only.
        run("mount", "--bind", directory.toString(), directory.toString());
        run("mount", "-o", "remount,bind,ro", directory.toString());
    }

    /** Ends that. */
    void becomeWritable() {
        run("umount", directory.toString());
    }

    /** Leaves no room on it; returns the file whose removal gives it back. */
    Path fill() {
        Path filler = directory.resolve(".filler");
        byte[] piece = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(piece);
            }
        } catch (IOException full) {
            return filler;
        }
    }

    /**
     * The files on it, but for the hidden ones at the top.
     *
     * @return their paths, relative to its directory, in order
     */
    List<String> files() {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        run("umount", "-l", directory.toString());
    }

    private static void run(String... command) {
        try {
            Path output = Files.createTempFile("flexo-mount-", ".log");
            try {
                Command.of((Object[]) command).run(output).succeeded();
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
