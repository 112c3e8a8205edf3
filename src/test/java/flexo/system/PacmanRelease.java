package flexo.system;

import java.nio.file.Path;

/** The releases of pacman that the tests are run with; they differ in what they ask, in which order, and when they give up. */
enum PacmanRelease {
    /** The one on the {@code PATH}; 6.0.2 on Debian 12. */
    INSTALLED(""),
    /** 7.0, which brought the download sandbox. */
    V7_0("pacman-7.0"),
    /** 7.1. */
    V7_1("pacman-7.1");

    private final String folder;

    PacmanRelease(String folder) {
        this.folder = folder;
    }

    /**
     * The program; skips the calling test if this release is not there.
     *
     * @return its file
     */
    Path program() {
        if (folder.isEmpty()) {
            return Machine.program("pacman");
        }
        return Machine.unpacked(folder, "pacman");
    }
}
