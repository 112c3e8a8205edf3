package flexo.web;

import flexo.prefetch.PrefetchAnswer;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.util.List;

/** The outcome for a list of package names, as an object of four lists. */
public final class PrefetchAnswerJson {
    /** Shared, as building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    private PrefetchAnswerJson() {}

    /** The object. Components have the names of the members. */
    public record Lists(List<String> fetching, List<String> present, List<String> too_large, List<String> unknown) {}

    static String print(PrefetchAnswer answer) {
        return JSONB.toJson(new Lists(answer.fetching(), answer.present(), answer.tooLarge(), answer.unknown())) + "\n";
    }
}
