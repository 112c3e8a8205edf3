package flexo.download;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A client as the servlet plays it: it opens a file, reads when it is told to, and leaves. */
public final class TestClient {
    private static final int BUFFER_BYTES = 64;
    /** Of a file that would take too many turns otherwise. */
    private static final int LARGE_BUFFER_BYTES = 64 << 10;

    private final CompletionStage<Opened> opening;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    /** The first byte that it reads. */
    private long start;

    private int wakeUps;
    /** One object for its whole life: the content knows a waiting reader by it. */
    private final Runnable onMore = this::wake;
    /** Null unless a read failed. */
    private DownloadFailedException cut;

    public TestClient(CompletionStage<Opened> opening) {
        this.opening = opening;
    }

    /** A client of a content that is open already. */
    public static TestClient of(Content content) {
        return new TestClient(CompletableFuture.completedFuture(new Opened(content, Opened.Origin.JOINED)));
    }

    private void wake() {
        wakeUps++;
    }

    /** Lets something happen in the very moment in which it is answered. */
    public void whenAnswered(Runnable happens) {
        var unused = opening.whenComplete((opened, failure) -> happens.run());
    }

    public boolean isAnswered() {
        return opening.toCompletableFuture().isDone();
    }

    public boolean isRefused() {
        return opening.toCompletableFuture().isCompletedExceptionally();
    }

    public Opened opened() {
        if (!isAnswered()) {
            throw new AssertionError("the client still waits for its answer");
        }
        return opening.toCompletableFuture().join();
    }

    public Content content() {
        return opened().content();
    }

    /** Why the client got no answer. */
    public DownloadFailure refusal() {
        try {
            throw new AssertionError("the client was given " + opened());
        } catch (CompletionException e) {
            return ((DownloadFailedException) e.getCause()).failure();
        }
    }

    /** Wants only the bytes from one on. */
    TestClient startsAt(long first) {
        start = first;
        return this;
    }

    /** Reads all that is there; the last read registers for more unless the file is at its end or will never be. */
    public TestClient reads() {
        boolean large = content().head().lengthBytes() > LARGE_BUFFER_BYTES << 8;
        ByteBuffer buffer = ByteBuffer.allocate(large ? LARGE_BUFFER_BYTES : BUFFER_BYTES);
        try {
            while (!hasAll()) {
                buffer.clear();
                int count = content().read(start + received.size(), buffer, onMore);
                if (count <= 0) {
                    return this;
                }
                received.write(buffer.array(), 0, count);
            }
        } catch (DownloadFailedException e) {
            cut = e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return this;
    }

    /** Reads to the end, which must be that of just this file, and leaves. */
    public static void assertGets(TestClient client, byte[] expected) {
        assertThat(Arrays.equals(client.reads().received(), expected))
                .as("the client got just the file")
                .isTrue();
        client.leaves();
    }

    public byte[] received() {
        return received.toByteArray();
    }

    public int wakeUps() {
        return wakeUps;
    }

    public boolean isCut() {
        return cut != null;
    }

    public boolean hasAll() {
        return start + received.size() == content().head().lengthBytes();
    }

    /** Why its connection must be cut. */
    public DownloadFailure cutBecause() {
        if (cut == null) {
            throw new AssertionError("the client was not cut");
        }
        return cut.failure();
    }

    public void leaves() {
        content().forget(onMore);
        content().close();
    }
}
