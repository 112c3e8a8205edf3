package flexo.web;

import flexo.database.DatabaseView;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbException;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The state of the application for people: {@code GET /api/v1/state}. Members are named like the components; those
 * without a value are left out. Times follow RFC 3339. It contains times rather than ages, so that it does not change
 * while nothing happens.
 */
public final class StateJson {
    /** Shared, as building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create();

    private StateJson() {}

    /** The whole document. */
    public record State(
            Summary summary,
            Node node,
            List<Download> downloads,
            List<Download> ended,
            Mirrors mirrors,
            Cache cache,
            Traffic traffic,
            List<Database> databases,
            List<Work> work,
            Settings settings) {}

    /**
     * The overall state.
     *
     * @param words the same in one line
     * @param complaints the problems, in sentences
     */
    public record Summary(boolean well, String words, List<String> complaints) {}

    /** This process. */
    public record Node(String version, String started, boolean drained) {}

    /**
     * A running download, or a recent one.
     *
     * @param state in lower case
     * @param found the bytes found in the part file of an earlier download
     * @param total its size; absent until a mirror has named it
     * @param bytes_per_second the recent speed; the average of a finished one
     * @param clients the number of waiting clients
     * @param ended absent while it runs
     * @param failure the reason for its failure
     */
    public record Download(
            String path,
            String state,
            String began,
            long found,
            long bytes,
            Long total,
            long bytes_per_second,
            int clients,
            List<String> mirrors,
            List<Switch> switches,
            String ended,
            String failure) {}

    /** A download's switch to another mirror. */
    public record Switch(String from, String to, String why, long byte_position) {}

    /**
     * The official mirrors.
     *
     * @param why the reason for the choice of the next mirror
     * @param all their number; only the best of them are listed
     */
    public record Mirrors(String why, int all, List<Mirror> list) {}

    /**
     * One mirror.
     *
     * @param id its identifier for orders
     * @param url without a password
     * @param state in lower case
     * @param until the end of that state, if it has one
     * @param behind whether its databases are older than those of others
     * @param failures by kind
     */
    public record Mirror(
            String id,
            String url,
            int rank,
            String state,
            String until,
            Long latency_ms,
            long bytes_per_second,
            boolean behind,
            int in_use,
            long transfers,
            Map<String, Long> failures,
            boolean pinned,
            boolean next) {}

    /**
     * The contents of the cache after the last sweep.
     *
     * @param counted the time of the sweep
     * @param usable_bytes the bytes that can still be written to its disk
     * @param limit_bytes the size limit of all files
     */
    public record Cache(
            long files,
            long bytes,
            String counted,
            Long usable_bytes,
            Long limit_bytes,
            List<Repository> repositories) {}

    /** The files of one directory. */
    public record Repository(String path, long files, long bytes) {}

    /**
     * Requests for files since the start.
     *
     * @param hits requests served without a download of their own
     * @param failed requests that got no file
     * @param hit_ratio the share of hits among served requests; absent before the first
     * @param saved_bytes bytes sent to clients without a download for them
     */
    public record Traffic(
            long hits, long misses, long failed, Double hit_ratio, long saved_bytes, long downloaded_bytes) {}

    /** A database being served. */
    public record Database(
            String path,
            String modified,
            long bytes,
            boolean signed,
            String source,
            String confirmed,
            boolean stale,
            boolean checking) {}

    /**
     * A periodic task.
     *
     * @param name sweep, scrub, prefetch or mirror_test
     * @param last the time of the last run
     * @param next the time of the next run
     * @param result the result in words
     */
    public record Work(String name, boolean running, String last, String next, String result) {}

    /**
     * Whether the current settings are in force. Their values require authorisation: {@code GET /api/v1/settings}.
     *
     * @param mistakes the number of mistakes that keep the latest settings from being in force
     */
    public record Settings(boolean in_force, String loaded_at, int mistakes, List<String> after_restart) {}

    /**
     * The settings in force: {@code GET /api/v1/settings}.
     *
     * @param sources their sources
     * @param mistakes the mistakes in later settings
     */
    public record AllSettings(String sources, List<String> mistakes, List<Setting> values) {}

    /** One setting in TOML syntax; secrets are masked. */
    public record Setting(String name, String value, String source) {}

    /** The view of a database for people. */
    public static Database of(DatabaseView view) {
        return new Database(
                view.path().toString(),
                text(view.modified()),
                view.bytes(),
                view.signed(),
                view.source().orElse(null),
                text(view.confirmed()),
                view.stale(),
                view.checking());
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The JSON text of each member of the document, by name. */
    static Map<String, String> members(State state) {
        Map<String, String> members = new LinkedHashMap<>();
        for (RecordComponent component : State.class.getRecordComponents()) {
            try {
                members.put(
                        component.getName(),
                        JSONB.toJson(component.getAccessor().invoke(state)));
            } catch (ReflectiveOperationException e) {
                throw new JsonbException(component.getName(), e);
            }
        }
        return members;
    }

    static String print(AllSettings settings) {
        return JSONB.toJson(settings) + "\n";
    }

    /** A document with some of the members. */
    static String print(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
