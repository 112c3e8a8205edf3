package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A snapshot of one download for people.
 *
 * @param path the file
 * @param state its state
 * @param began the time of the first request
 * @param foundBytes the bytes found in an earlier part file
 * @param bytes the available bytes
 * @param totalBytes the size of the file; empty until a mirror has named it
 * @param clients the number of waiting clients
 * @param mirrors the current mirrors; of an ended one, the one that delivered the end
 * @param switches the last switches between mirrors, in order
 * @param ended the time of its end; empty while it runs
 * @param failure the reason of its failure; empty if it has not failed
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
     * A switch to another mirror.
     *
     * @param why the failure of the former one
     * @param fromByte the byte at which the next one continues
     */
    public record Switch(Mirror from, Mirror to, String why, long fromByte) {}

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
