package flexo.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The files of a small signed Arch mirror, made by the fixtures' {@code make-arch-mirror}.
 *
 * @param folder what that script made; the mirror's document root is {@code mirror} in it
 */
record ArchMirror(Path folder) {
    /** Size of the one large package, so that a transfer of it can be met half-way. */
    static final int LARGE_MIB = 20;

    /**
     * The mirror as it is before any update; the same folder for every test, which therefore leaves it as it is.
     *
     * @return the mirror, made when the first test of this build asks for it
     */
    static synchronized ArchMirror pristine() {
        Path script = Machine.fixture("make-arch-mirror");
        Path python = Machine.program("python3");
        Machine.program("zstd");
        Path folder = Machine.scratch().resolve("arch-mirror");
        try (FileChannel lock = FileChannel.open(
                Machine.scratch().resolve("arch-mirror.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Other processes of this build ask for it too; closing the channel releases the lock.
            lock.lock();
            if (!Files.exists(folder)) {
                // Embedded signatures are what pacman 6.0 needs with an XferCommand, which fetches it no .sig.
                Path fresh = Machine.scratch().resolve("arch-mirror.fresh");
                Command.of(python, script, "create", fresh, "--force", "--embed-sigs")
                        .and(List.of("--large-mib", Integer.toString(LARGE_MIB), "--iso-mib", "1"))
                        .run(Machine.scratch().resolve("arch-mirror.log"))
                        .succeeded();
                Files.move(fresh, folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ArchMirror(folder);
    }

    /**
     * A copy that a test may change.
     *
     * @param target where to put it; must not exist
     * @return the copy
     */
    static ArchMirror copy(Path target) {
        Command.of("cp", "-a", pristine().folder(), target)
                .run(target.resolveSibling(target.getFileName() + ".log"))
                .succeeded();
        return new ArchMirror(target);
    }

    /** Publishes newer versions of many packages, and their databases. */
    void update() {
        update(List.of());
    }

    /** The same, and removes the package files that the new databases do not list. */
    void updateAndRemoveOld() {
        update(List.of("--remove-old"));
    }

    private void update(List<String> options) {
        Command.of(Machine.program("python3"), Machine.fixture("make-arch-mirror"), "update", folder)
                .and(options)
                .run(folder.resolve("update.log"))
                .succeeded();
    }

    /**
     * A file of the mirror.
     *
     * @param path its path in URLs, without the leading slash
     * @return the file on disk
     */
    Path file(String path) {
        return folder.resolve("mirror").resolve(path);
    }
}
