package flexo.app;

import flexo.download.Room;
import flexo.retention.DiskSpace;
import flexo.retention.Sweeps;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * Makes room for downloads by sweeps, so that downloads and retention do not know each other.
 *
 * @param disk measures the disk
 * @param sweeps free room
 */
record SweptRoom(DiskSpace disk, Sweeps sweeps) implements Room {
    @Override
    public OptionalLong usableBytes() {
        try {
            return OptionalLong.of(disk.space().usableBytes());
        } catch (IOException e) {
            // The first file creates the directory; any problem shows then.
            return OptionalLong.empty();
        }
    }

    @Override
    public CompletionStage<Void> make(long bytes, long inTheEndBytes) {
        return sweeps.makeRoom(bytes, inTheEndBytes);
    }
}
