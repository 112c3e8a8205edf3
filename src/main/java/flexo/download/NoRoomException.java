package flexo.download;

import java.io.IOException;

/** Says that a file does not fit on the disk of the cache; thrown before that is tried. */
final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    NoRoomException(long bytes) {
        super("no room for " + bytes + " bytes");
    }
}
