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

/** What is cached, and what became of it, as JSON; members are named as the components are, times as RFC 3339 has them. */
public final class FilesJson {
    /** One for all, as building it is expensive; any thread may use it. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create();

    private FilesJson() {}

    /** A part of the cache directory. */
    public record Files(List<String> directories, List<File> files, boolean more) {}

    /**
     * A file.
     *
     * @param version of the package that it is; absent of other files
     * @param last_use absent if no client has used it since that is recorded
     * @param verified whether it was found to be what its database demands
     */
    public record File(String path, String version, long bytes, String modified, String last_use, boolean verified) {}

    /**
     * What was to go.
     *
     * @param in_use databases that have stayed, since they are just being checked
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
