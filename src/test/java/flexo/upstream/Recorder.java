package flexo.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import flexo.download.MirrorResponse;
import flexo.download.MirrorResponseListener;
import flexo.mirror.MirrorFailure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A listener that writes down what it is told, and by which a test waits for it. */
final class Recorder implements MirrorResponseListener {
    private final boolean wantsBody;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final List<String> events = new ArrayList<>();
    private final CompletableFuture<MirrorResponse> response = new CompletableFuture<>();
    private final CompletableFuture<Failed> failure = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** How a request failed. */
    record Failed(MirrorFailure failure, String detail, boolean stale) {}

    private Recorder(boolean wantsBody) {
        this.wantsBody = wantsBody;
    }

    static Recorder wanting() {
        return new Recorder(true);
    }

    static Recorder refusing() {
        return new Recorder(false);
    }

    @Override
    public boolean onResponse(MirrorResponse mirrorResponse) {
        add("response");
        response.complete(mirrorResponse);
        return wantsBody;
    }

    @Override
    public synchronized void onBytes(ByteBuffer bytes) {
        if (body.size() == 0) {
            events.add("bytes");
        }
        byte[] chunk = new byte[bytes.remaining()];
        bytes.get(chunk);
        body.writeBytes(chunk);
    }

    @Override
    public void onEnd() {
        add("end");
        ended.complete(null);
    }

    @Override
    public void onFailure(MirrorFailure kind, String detail, boolean staleConnection) {
        add("failure");
        failure.complete(new Failed(kind, detail, staleConnection));
    }

    private synchronized void add(String event) {
        events.add(event);
    }

    /** What came, in its order. */
    synchronized List<String> events() {
        return List.copyOf(events);
    }

    synchronized byte[] body() {
        return body.toByteArray();
    }

    String text() {
        return new String(body(), UTF_8);
    }

    MirrorResponse awaitResponse() {
        return get(response);
    }

    Failed awaitFailure() {
        return get(failure);
    }

    /** Waits for the end of a body that came whole. */
    Recorder awaitEnd() {
        get(CompletableFuture.anyOf(ended, failure.thenAccept(failed -> {
            throw new AssertionError(failed.toString());
        })));
        return this;
    }

    /** Waits for the end or the failure. */
    void awaitOver() {
        get(CompletableFuture.anyOf(ended, failure));
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
