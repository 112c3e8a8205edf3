package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.naming.Binding;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import org.junit.jupiter.api.Test;

class ContextParametersTest {

    @Test
    void withoutJndiInitParametersAreAllThereIs() {
        Map<String, String> given = Map.of("flexo.port", "80", "another", "x");

        assertThat(ContextParameters.of(withInitParameters(given))).isEqualTo(given);
    }

    @Test
    void entriesAreFoundWithDotsAndWithSlashes() throws Exception {
        Map<String, Object> auto = new LinkedHashMap<>();
        auto.put("timeout", 350);
        Map<String, Object> below = new LinkedHashMap<>();
        below.put("cache_directory", "/srv");
        below.put("mirrors_auto", auto);
        below.put("something", new Object());
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("flexo", below);
        entries.put("flexo.mirrors_auto.ipv6", true);
        entries.put("another", Map.of("program", "x"));
        Map<String, String> found = new HashMap<>();

        ContextParameters.collect(naming("env", entries), "env", "", 0, found);

        assertThat(found)
                .isEqualTo(Map.of(
                        "flexo.cache_directory", "/srv",
                        "flexo.mirrors_auto.timeout", "350",
                        "flexo.mirrors_auto.ipv6", "true"));
    }

    private static ServletContext withInitParameters(Map<String, String> parameters) {
        return proxy(ServletContext.class, (method, argument) -> switch (method) {
            case "getInitParameterNames" -> Collections.enumeration(parameters.keySet());
            case "getInitParameter" -> parameters.get(argument);
            default -> throw new IllegalStateException(method);
        });
    }

    /** A context whose subcontexts are maps. */
    private static Context naming(String place, Map<String, Object> entries) {
        return proxy(Context.class, (method, argument) -> {
            if (!method.equals("listBindings")) {
                throw new IllegalStateException(method);
            }
            return bindings(at(argument.toString(), place, entries));
        });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(String wanted, String place, Map<String, Object> entries)
            throws NamingException {
        if (wanted.equals(place)) {
            return entries;
        }
        for (Map.Entry<String, Object> entry : entries.entrySet()) {
            String below = place + "/" + entry.getKey();
            if (entry.getValue() instanceof Map && (wanted + "/").startsWith(below + "/")) {
                return at(wanted, below, (Map<String, Object>) entry.getValue());
            }
        }
        throw new NameNotFoundException(wanted);
    }

    private static NamingEnumeration<Binding> bindings(Map<String, Object> entries) {
        var left = entries.entrySet().iterator();
        return new NamingEnumeration<>() {
            @Override
            public Binding next() {
                Map.Entry<String, Object> entry = left.next();
                Object value = entry.getValue() instanceof Map ? naming("", Map.of()) : entry.getValue();
                return new Binding(entry.getKey(), value);
            }

            @Override
            public boolean hasMore() {
                return left.hasNext();
            }

            @Override
            public void close() {
                // Nothing is held.
            }

            @Override
            public boolean hasMoreElements() {
                return hasMore();
            }

            @Override
            public Binding nextElement() {
                return next();
            }
        };
    }

    /** What a method answers, by its name and first argument. */
    @FunctionalInterface
    private interface Answer {
        Object to(String method, Object argument) throws NamingException;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answer.to(method.getName(), arguments == null ? null : arguments[0])));
    }
}
