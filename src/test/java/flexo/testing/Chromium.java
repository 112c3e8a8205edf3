package flexo.testing;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Debian's Chromium without a window, with one page, driven by the DevTools protocol. */
public final class Chromium implements AutoCloseable {
    /** The command that starts it. */
    public static final String PROGRAM = "chromium";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Jsonb JSONB = JsonbBuilder.create();

    private final Path profile;
    private final Process process;
    private final WebSocket socket;
    private final String session;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<Map<?, ?>>> unanswered = new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private Chromium(Path profile, Process process, String endpoint) {
        this.profile = profile;
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(endpoint), new Listener())
                .join();
        Object target =
                call("", "Target.createTarget", Map.of("url", "about:blank")).get("targetId");
        session = call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .toString();
        for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
            Map<?, ?> unused = call(domain + ".enable", Map.of());
        }
    }

    /** Starts it, with a profile of its own that nothing is in. */
    public static Chromium start() throws IOException, InterruptedException {
        Path profile = Files.createTempDirectory("flexo-chromium-");
        Process process = new ProcessBuilder(
                        PROGRAM,
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-extensions",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output").toFile())
                .start();
        try {
            Path port = profile.resolve("DevToolsActivePort");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(port) && Files.readAllLines(port).size() == 2);
            List<String> lines = Files.readAllLines(port);
            return new Chromium(profile, process, "ws://127.0.0.1:" + lines.get(0) + lines.get(1));
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw new IOException("Chromium did not start: " + Files.readString(profile.resolve("output")), e);
        }
    }

    /** What the browser tells. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                String whole = message.toString();
                message.setLength(0);
                take(JSONB.fromJson(whole, Map.class));
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            unanswered.values().forEach(one -> one.completeExceptionally(new IOException("Chromium has ended")));
            return null;
        }
    }

    private void take(Map<?, ?> message) {
        if (message.get("id") instanceof Number id) {
            CompletableFuture<Map<?, ?>> answer = unanswered.remove(id.longValue());
            if (message.get("error") != null) {
                answer.completeExceptionally(
                        new IllegalStateException(message.get("error").toString()));
            } else {
                answer.complete((Map<?, ?>) message.get("result"));
            }
            return;
        }
        Map<?, ?> parameters = (Map<?, ?>) message.get("params");
        switch (String.valueOf(message.get("method"))) {
            case "Network.requestWillBeSent" ->
                requests.add(((Map<?, ?>) parameters.get("request")).get("url").toString());
            case "Runtime.exceptionThrown" ->
                errors.add(parameters.get("exceptionDetails").toString());
            case "Runtime.consoleAPICalled" -> {
                if ("error".equals(parameters.get("type"))) {
                    errors.add(parameters.get("args").toString());
                }
            }
            case "Log.entryAdded" -> {
                Map<?, ?> entry = (Map<?, ?>) parameters.get("entry");
                if ("error".equals(entry.get("level"))) {
                    errors.add(entry.get("text") + " " + entry.get("url"));
                }
            }
            default -> {
                // Of no interest.
            }
        }
    }

    private Map<?, ?> call(String method, Map<String, ?> parameters) {
        return call(session, method, parameters);
    }

    private Map<?, ?> call(String inSession, String method, Map<String, ?> parameters) {
        long id = lastId.incrementAndGet();
        Map<String, Object> message = new HashMap<>(Map.of("id", id, "method", method, "params", parameters));
        if (!inSession.isEmpty()) {
            message.put("sessionId", inSession);
        }
        CompletableFuture<Map<?, ?>> answer = new CompletableFuture<>();
        unanswered.put(id, answer);
        socket.sendText(JSONB.toJson(message), true).join();
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method + " was not answered", e);
        }
    }

    /** Leaves the page, and forgets what was seen of it. */
    public void beginAnew() {
        open("about:blank");
        resize(1200, 900);
        prefer("light");
        errors.clear();
        requests.clear();
    }

    /** Goes to an address. */
    public void open(String url) {
        Map<?, ?> answer = call("Page.navigate", Map.of("url", url));
        if (answer.get("errorText") != null) {
            throw new IllegalStateException(url + ": " + answer.get("errorText"));
        }
    }

    /** What an expression is on the page; a promise is waited for. Null for undefined. */
    public Object evaluate(String expression) {
        Map<?, ?> answer = call(
                "Runtime.evaluate",
                Map.of(
                        "expression",
                        expression,
                        "returnByValue",
                        true,
                        "awaitPromise",
                        true,
                        "userGesture",
                        true,
                        "allowUnsafeEvalBlockedByCSP",
                        false));
        if (answer.get("exceptionDetails") != null) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        return ((Map<?, ?>) answer.get("result")).get("value");
    }

    /** Waits until an expression is true. */
    public void await(String expression) {
        Awaitility.await(expression)
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> Boolean.TRUE.equals(evaluate("Boolean(" + expression + ")")));
    }

    /** The text that is seen of an element. */
    public String text(String selector) {
        return (String) evaluate("document.querySelector(" + JSONB.toJson(selector) + ").innerText");
    }

    /** Clicks on an element. */
    public void click(String selector) {
        Object unused = evaluate("document.querySelector(" + JSONB.toJson(selector) + ").click()");
    }

    /** Types a text where the focus is. */
    public void type(String text) {
        Map<?, ?> unused = call("Input.insertText", Map.of("text", text));
    }

    /** Makes the window so large. */
    public void resize(int width, int height) {
        Map<?, ?> unused = call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    /** Shows pages as somebody wants them who prefers dark ones, or light ones. */
    public void prefer(String scheme) {
        Map<?, ?> unused = call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** The page as a PNG, down to its end. */
    public byte[] screenshot() {
        return Base64.getDecoder()
                .decode(call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
                        .get("data")
                        .toString());
    }

    /** What went wrong on pages so far. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** The addresses that were asked for so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        children.forEach(ProcessHandle::destroyForcibly);
        children.forEach(child ->
                child.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
        try (Stream<Path> tree = Files.walk(profile)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
