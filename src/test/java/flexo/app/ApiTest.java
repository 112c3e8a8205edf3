package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.MirrorHealth;
import jakarta.json.bind.JsonbBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The OpenAPI document has the paths and methods that there are, and no other. */
class ApiTest {
    @Test
    void documentHasAllPathsAndMethodsAndNoOther() throws IOException {
        Map<String, String> answered = new TreeMap<>();
        Api.endpoints(new Api.Parts(
                        null,
                        List.of(),
                        new MirrorHealth(Clock.systemUTC()),
                        null,
                        Optional::empty,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null))
                .forEach((path, endpoint) ->
                        answered.put(path, endpoint.methods().replace(", HEAD", "")));
        answered.put(Api.EVENTS, "GET");
        Api.FILES.keySet().forEach(path -> answered.put(path, "GET"));
        answered.keySet().removeIf(path -> !path.startsWith("/api/"));

        assertThat(documented()).isEqualTo(answered);
    }

    private static Map<String, String> documented() throws IOException {
        Map<?, ?> document =
                JsonbBuilder.create().fromJson(Files.readString(Path.of("src/main/webapp/openapi.json")), Map.class);
        assertThat(document.get("openapi")).isEqualTo("3.1.0");
        Map<String, String> methods = new TreeMap<>();
        ((Map<?, ?>) document.get("paths"))
                .forEach((path, item) -> methods.put(
                        path.toString(),
                        ((Map<?, ?>) item)
                                .keySet().stream()
                                        .map(method -> method.toString().toUpperCase(Locale.ROOT))
                                        .sorted()
                                        .collect(Collectors.joining(", "))));
        return methods;
    }
}
