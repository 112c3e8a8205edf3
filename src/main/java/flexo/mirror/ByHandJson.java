package flexo.mirror;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The stored form of the decisions on mirrors. */
final class ByHandJson {
    private static final String NAME = "The note of pinned, resting and banned mirrors";

    private ByHandJson() {}

    /** The whole document. Components have the names of the members; times are seconds since 1970. */
    public record Document(String pinned, Map<String, Long> resting, List<String> banned) {}

    static String print(ByHand byHand) {
        Map<String, Long> resting = new TreeMap<>();
        byHand.resting().forEach((name, until) -> resting.put(name, until.getEpochSecond()));
        return DocumentJson.print(new Document(
                byHand.pinned().orElse(null),
                resting,
                byHand.banned().stream().sorted().toList()));
    }

    /** Skips malformed parts. */
    static ByHand parse(byte[] document) throws UnusableDocumentException {
        if (!(DocumentJson.parse(document, NAME) instanceof Map<?, ?> members)) {
            throw new UnusableDocumentException(NAME + " is no JSON object.");
        }
        Map<String, Instant> resting = new HashMap<>();
        if (members.get("resting") instanceof Map<?, ?> given) {
            given.forEach((name, until) -> {
                if (until instanceof BigDecimal seconds) {
                    resting.put(name.toString(), Instant.ofEpochSecond(seconds.longValue()));
                }
            });
        }
        Set<String> banned = new HashSet<>();
        if (members.get("banned") instanceof List<?> given) {
            given.forEach(name -> banned.add(String.valueOf(name)));
        }
        return new ByHand(Optional.ofNullable(members.get("pinned")).map(Object::toString), resting, banned);
    }
}
