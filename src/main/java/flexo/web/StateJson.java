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
 * The state of the application as people see it: {@code GET /api/v1/state}. Members are named as the components are; those without a
 * value are left out. Times are as RFC 3339 has them. Ages are left to the reader, so that nothing changes while nothing happens.
 */
public final class StateJson {
    /** One for all, as building it is expensive; any thread may use it. Not closed: closing only concerns CDI. */
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
     * Whether all is well.
     *
     * @param words the same in a line
     * @param complaints what is not well, in sentences
     */
    public record Summary(boolean well, String words, List<String> complaints) {}

    /** This process. */
    public record Node(String version, String started, boolean drained) {}

    /**
     * A file on its way, or one that was.
     *
     * @param state in small letters
     * @param found what an earlier download had left of it
     * @param total its size; absent before a mirror has told it
     * @param bytes_per_second lately; of one that has ended, on average
     * @param clients how many wait for it
     * @param ended absent while it is on its way
     * @param failure why it failed
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

    /** Another mirror went on with a download. */
    public record Switch(String from, String to, String why, long byte_position) {}

    /**
     * The official mirrors.
     *
     * @param why why the next package is asked of the one that is next
     * @param all how many there are; not more than the best of them are listed
     */
    public record Mirrors(String why, int all, List<Mirror> list) {}

    /**
     * One of them.
     *
     * @param id by which it can be steered
     * @param url without a password
     * @param state in small letters
     * @param until when that ends by itself
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
     * What is cached, as the last sweep has found it.
     *
     * @param counted when that was
     * @param usable_bytes what may still be written to its disk
     * @param limit_bytes what all files may take
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
     * @param hits answered without a download of their own
     * @param failed that got no file
     * @param hit_ratio of those that got one; absent before the first
     * @param saved_bytes sent to clients without being downloaded for them
     */
    public record Traffic(
            long hits, long misses, long failed, Double hit_ratio, long saved_bytes, long downloaded_bytes) {}

    /** A database that is handed out. */
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
     * Something that is done again and again.
     *
     * @param name sweep, scrub, prefetch or mirror_test
     * @param last when it was last done
     * @param next when it is to be done
     * @param result how it came out, in words
     */
    public record Work(String name, boolean running, String last, String next, String result) {}

    /**
     * Whether the settings that are written down are in force. What they are is not for everybody: {@code GET /api/v1/settings}.
     *
     * @param mistakes how many keep those from being in force that were written last
     */
    public record Settings(boolean in_force, String loaded_at, int mistakes, List<String> after_restart) {}

    /**
     * The settings in force: {@code GET /api/v1/settings}.
     *
     * @param sources where they were found
     * @param mistakes in what was written since
     */
    public record AllSettings(String sources, List<String> mistakes, List<Setting> values) {}

    /** One of them, as TOML has it; secrets are masked. */
    public record Setting(String name, String value, String source) {}

    /** A database as people see it. */
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

    /** The text of each member of the document, by its name. */
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

    /** A document of some of the members. */
    static String print(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
