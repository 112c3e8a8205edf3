package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One download as people see it, at one moment.
 *
 * @param path the file
 * @param state where it stands
 * @param began when it was asked for
 * @param foundBytes what an earlier download had left of the file
 * @param bytes how many bytes are there
 * @param totalBytes the size of the file; empty before a mirror has told it
 * @param clients how many wait for it
 * @param mirrors those that are asked at the moment; in an ended one, who delivered the end
 * @param switches the last changes from one mirror to another, in order
 * @param ended when it ended; empty while it runs
 * @param failure why it failed; empty if it has not
 */
public record DownloadView(
        RepositoryPath path,
        DownloadState state,
        Instant began,
        long foundBytes,
        long bytes,
        OptionalLong totalBytes,
        int clients,
        List<String> mirrors,
        List<Switch> switches,
        Optional<Instant> ended,
        Optional<DownloadFailure> failure) {
    /**
     * Another mirror goes on with a download.
     *
     * @param why what the former one did
     * @param fromByte where the next one goes on
     */
    public record Switch(Mirror from, Mirror to, String why, long fromByte) {}

    /** Copies the lists. */
    public DownloadView {
        mirrors = List.copyOf(mirrors);
        switches = List.copyOf(switches);
    }

    DownloadView endedAt(Instant time) {
        return new DownloadView(
                path,
                state,
                began,
                foundBytes,
                bytes,
                totalBytes,
                clients,
                mirrors,
                switches,
                Optional.of(time),
                failure);
    }
}
