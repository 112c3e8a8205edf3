package flexo.web;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request as a container would show it; what is not asked for here fails. */
final class ScriptedRequest {
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, Object> answers = new LinkedHashMap<>();
    private final Map<String, String> roles = new LinkedHashMap<>();
    private String user;

    ScriptedRequest(String method, String path) {
        answers.put("getMethod", method);
        answers.put("getRequestURI", path);
        answers.put("getServletPath", path);
        in("");
        answers.put("getScheme", "http");
        answers.put("getRemoteAddr", "192.0.2.1");
        answers.put("getLocalPort", 7878);
        answers.put("getPathInfo", null);
        answers.put("getQueryString", null);
    }

    ScriptedRequest header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Where the application is. */
    ScriptedRequest in(String contextPath) {
        ServletContext context = (ServletContext) Proxy.newProxyInstance(
                ScriptedRequest.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, called, arguments) -> contextPath);
        return answering("getContextPath", contextPath).answering("getServletContext", context);
    }

    /** Any other answer, by the name of the method. */
    ScriptedRequest answering(String method, Object answer) {
        answers.put(method, answer);
        return this;
    }

    /** A user that the container knows, with a role. */
    ScriptedRequest knowing(String name, String password, String role) {
        roles.put(name + ":" + password, role);
        return this;
    }

    HttpServletRequest request() {
        return (HttpServletRequest) Proxy.newProxyInstance(
                ScriptedRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, called, arguments) ->
                        answer(called.getName(), arguments == null ? List.of() : List.of(arguments)));
    }

    private Object answer(String method, List<Object> arguments) throws ServletException {
        return switch (method) {
            case "getHeader" -> headers.get(arguments.get(0));
            case "getHeaders" ->
                Collections.enumeration(new ArrayList<>(Optional.ofNullable(headers.get(arguments.get(0))).stream()
                        .toList()));
            case "login" -> login(arguments.get(0) + ":" + arguments.get(1));
            case "getUserPrincipal" -> user == null ? null : (Principal) () -> user.split(":", -1)[0];
            case "isUserInRole" -> user != null && roles.get(user).equals(arguments.get(0));
            default -> {
                if (!answers.containsKey(method)) {
                    throw new UnsupportedOperationException(method);
                }
                yield answers.get(method);
            }
        };
    }

    private Object login(String who) throws ServletException {
        user = roles.containsKey(who) ? who : null;
        if (user == null) {
            throw new ServletException("unknown");
        }
        return null;
    }
}
