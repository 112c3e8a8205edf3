package flexo.app;

import flexo.download.Room;
import flexo.retention.DiskSpace;
import flexo.retention.Sweeps;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * The room for downloads, made by retention: neither of the two knows the other.
 *
 * @param disk says what is there
 * @param sweeps make more
 */
record SweptRoom(DiskSpace disk, Sweeps sweeps) implements Room {
    @Override
    public OptionalLong usableBytes() {
        try {
            return OptionalLong.of(disk.space().usableBytes());
        } catch (IOException e) {
            // The directory is made with the first file; what is wrong then shows there.
            return OptionalLong.empty();
        }
    }

    @Override
    public CompletionStage<Void> make(long bytes, long inTheEndBytes) {
        return sweeps.makeRoom(bytes, inTheEndBytes);
    }
}
