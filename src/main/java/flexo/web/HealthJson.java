package flexo.web;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.util.List;
import java.util.Map;

/** The response of MicroProfile Health 4.0, section 3.2: an overall status and its checks. */
final class HealthJson {
    /** Shared, as building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    private HealthJson() {}

    /** The whole document; {@code status} is {@code UP} only if that of each check is. */
    public record Response(String status, List<Check> checks) {}

    /** One check; {@code data} is left out while it is {@code UP}. */
    public record Check(String name, String status, Map<String, String> data) {}

    static String print(List<HealthCheck> checks) {
        return JSONB.toJson(new Response(
                status(checks.stream().allMatch(HealthCheck::isUp)),
                checks.stream()
                        .map(check -> new Check(
                                check.name(),
                                status(check.isUp()),
                                check.fault().map(why -> Map.of("reason", why)).orElse(null)))
                        .toList()));
    }

    private static String status(boolean up) {
        return up ? "UP" : "DOWN";
    }
}
