package flexo.web;

import flexo.prefetch.PrefetchAnswer;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.util.List;

/** What becomes of a list of package names, as an object of four lists. */
public final class PrefetchAnswerJson {
    /** One for all, as building it is expensive; any thread may use it. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    private PrefetchAnswerJson() {}

    /** The object. The components are written under their own names. */
    public record Lists(List<String> fetching, List<String> present, List<String> too_large, List<String> unknown) {}

    static String print(PrefetchAnswer answer) {
        return JSONB.toJson(new Lists(answer.fetching(), answer.present(), answer.tooLarge(), answer.unknown())) + "\n";
    }
}
