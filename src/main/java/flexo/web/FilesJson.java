package flexo.web;

import flexo.alpm.PackageFileName;
import flexo.database.DatabaseView;
import flexo.retention.CacheListing;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The cached files and the results of removing some, as JSON; members are named like the components, times follow RFC
 * 3339.
 */
public final class FilesJson {
    /** Shared, as building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create();

    private FilesJson() {}

    /** A page of the cache directory's listing. */
    public record Files(List<String> directories, List<File> files, boolean more) {}

    /**
     * A file.
     *
     * @param version the version of a package; absent for other files
     * @param last_use absent if no client has used it since recording began
     * @param verified whether it matches the entry in its database
     */
    public record File(String path, String version, long bytes, String modified, String last_use, boolean verified) {}

    /**
     * The result of a removal.
     *
     * @param in_use databases that stayed, since they are being checked right now
     */
    public record Evicted(List<String> evicted, List<String> in_use) {}

    static String print(CacheListing.Part part) {
        return JSONB.toJson(new Files(
                        part.directories(),
                        part.files().stream().map(FilesJson::file).toList(),
                        part.more()))
                + "\n";
    }

    private static File file(CacheListing.Listed listed) {
        List<String> segments = listed.path().segments();
        Optional<PackageFileName> name = PackageFileName.parse(segments.get(segments.size() - 1));
        return new File(
                listed.path().toString(),
                name.map(parsed -> parsed.version().toString()).orElse(null),
                listed.bytes(),
                text(listed.modified()),
                listed.lastUse().map(FilesJson::text).orElse(null),
                listed.verified());
    }

    static String print(List<String> evicted, List<String> inUse) {
        return JSONB.toJson(new Evicted(evicted, inUse)) + "\n";
    }

    static String print(DatabaseView view) {
        return JSONB.toJson(StateJson.of(view)) + "\n";
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
