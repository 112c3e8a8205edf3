package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.bind.JsonbBuilder;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The schemas of the OpenAPI document have the members that the JSON has, of the same types, and no other. */
class ApiSchemasTest {
    private static final List<Class<?>> DOCUMENTS = List.of(
            StateJson.State.class,
            StateJson.AllSettings.class,
            ClientsJson.Clients.class,
            FilesJson.Files.class,
            FilesJson.Evicted.class,
            HistoryJson.Series.class,
            PrefetchAnswerJson.Lists.class,
            SweepReportJson.Report.class,
            SettingsStateJson.Status.class);

    /** Those that have another name in the document, where their own would say little. */
    private static final Map<Class<?>, String> NAMES =
            Map.of(SettingsStateJson.Status.class, "Reloaded", SettingsStateJson.Settings.class, "ReloadedSettings");

    private final Set<String> seen = new HashSet<>();

    @Test
    void schemasHaveTheMembersOfTheRecordsAndNoOther() throws IOException {
        Map<?, ?> document =
                JsonbBuilder.create().fromJson(Files.readString(Path.of("src/main/webapp/openapi.json")), Map.class);
        Map<?, ?> schemas = (Map<?, ?>) ((Map<?, ?>) document.get("components")).get("schemas");

        DOCUMENTS.forEach(record -> check(record, schemas));

        assertThat(schemas.keySet()).isEqualTo(seen);
    }

    private void check(Class<?> record, Map<?, ?> schemas) {
        if (!seen.add(name(record))) {
            return;
        }
        Map<?, ?> schema = (Map<?, ?>) schemas.get(name(record));
        assertThat(schema).as(name(record)).isNotNull();
        Map<String, Object> documented = new LinkedHashMap<>();
        ((Map<?, ?>) schema.get("properties")).forEach((member, of) -> documented.put(member.toString(), type(of)));
        Map<String, Object> written = new LinkedHashMap<>();
        for (RecordComponent component : record.getRecordComponents()) {
            written.put(component.getName(), type(component.getGenericType(), schemas));
        }
        assertThat(documented).as(name(record)).isEqualTo(written);
    }

    private static String name(Class<?> record) {
        return NAMES.getOrDefault(record, record.getSimpleName());
    }

    /** What the document says a member is. */
    private static String type(Object schema) {
        Map<?, ?> of = (Map<?, ?>) schema;
        if (of.containsKey("$ref")) {
            return of.get("$ref").toString().replaceFirst(".*/", "");
        }
        return switch (of.get("type").toString()) {
            case "array" -> "list of " + type(of.get("items"));
            case "object" -> "map of " + type(of.get("additionalProperties"));
            default -> of.get("type").toString();
        };
    }

    /** What a record says it is. */
    private String type(Type type, Map<?, ?> schemas) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            String element = type(arguments[arguments.length - 1], schemas);
            return (generic.getRawType().equals(List.class) ? "list of " : "map of ") + element;
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            check(plain, schemas);
            return name(plain);
        }
        if (Arrays.asList(double.class, Double.class).contains(plain)) {
            return "number";
        }
        if (plain == boolean.class) {
            return "boolean";
        }
        return plain == String.class ? "string" : "integer";
    }
}
