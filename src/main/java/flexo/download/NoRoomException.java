package flexo.download;

import java.io.IOException;

/** A file does not fit on the disk of the cache; thrown before writing is tried. */
final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    NoRoomException(long bytes) {
        super("no room for " + bytes + " bytes");
    }
}
