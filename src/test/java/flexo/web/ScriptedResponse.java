package flexo.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A container's side of one asynchronous response, as strict as the Servlet API lets any be: what may not be done at a
 * moment fails, and is remembered.
 *
 * <p>What is written lies in a buffer until it is flushed or the buffer is full, and leaves it as far as the socket has
 * room. While anything is left behind by a full socket it is not ready, and whoever found that out is called when it is.
 */
final class ScriptedResponse {
    private static final int BUFFER_BYTES = 8 * 1024;

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<String> events = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<String, Object> attributes = new HashMap<>();
    private ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private WriteListener writer;
    private AsyncListener listener;
    private long room = Long.MAX_VALUE;
    private IOException broken;
    private Runnable duringWrite = () -> {};
    private boolean endsOnCompletion;
    private boolean draining;
    private boolean callOwed;
    private boolean readyWasSeen;
    private boolean ended;

    /** The socket takes so many bytes from now on. */
    void room(long bytes) {
        room = bytes;
    }

    /** The socket has taken what it had, and takes so many bytes more; the container calls if it owes a call. */
    void drain(long bytes) throws IOException {
        room = bytes;
        push();
        callIfReady();
    }

    /** The next touch of the socket fails: the client is gone. */
    void breakConnection() {
        broken = new IOException("Broken pipe");
    }

    /** The container finds an error of its own just before it is asked to complete; as Tomcat does, it refuses then. */
    void endJustBeforeCompletion() {
        endsOnCompletion = true;
    }

    /** Runs inside every write, before anything is written. */
    void duringWrite(Runnable action) {
        duringWrite = action;
    }

    /** The container's first call, after the request's thread has returned. */
    void begin() throws IOException {
        callOwed = true;
        callIfReady();
    }

    /** The container has ended the response because of an error; from now on nobody may touch it. */
    void endWithError() throws IOException {
        ended = true;
        writer.onError(new IOException("Connection reset"));
        listener.onError(event(new IOException("Connection reset")));
        listener.onComplete(event(null));
    }

    /** The container tells of the end that was asked for. */
    void endAsAsked() throws IOException {
        listener.onComplete(event(null));
    }

    void timeout() throws IOException {
        listener.onTimeout(event(null));
    }

    private static AsyncEvent event(Throwable cause) {
        return new AsyncEvent(null, null, null, cause);
    }

    private void callIfReady() throws IOException {
        if (callOwed && !ended && !isDraining()) {
            callOwed = false;
            readyWasSeen = false;
            writer.onWritePossible();
        }
    }

    private boolean isDraining() {
        return draining && buffer.size() > 0;
    }

    /** Sends what is in the buffer, as far as there is room. */
    private void push() {
        byte[] bytes = buffer.toByteArray();
        int count = (int) Math.min(bytes.length, room);
        room -= count;
        received.write(bytes, 0, count);
        buffer = new ByteArrayOutputStream();
        buffer.write(bytes, count, bytes.length - count);
        draining = count < bytes.length;
    }

    /** What the client has got. */
    byte[] received() {
        return received.toByteArray();
    }

    /** What was done to the response beside writing: flush, complete, dispatch. */
    List<String> events() {
        return events;
    }

    long count(String event) {
        return events.stream().filter(event::equals).count();
    }

    /** What was done although it may not be. */
    List<String> faults() {
        return faults;
    }

    Map<String, Object> attributes() {
        return attributes;
    }

    private void mustBeReady(String what) throws IOException {
        mustNotBeOver(what);
        if (!readyWasSeen) {
            throw fault(what + " without having asked isReady()");
        }
        readyWasSeen = false;
        if (broken != null) {
            ended = true;
            throw broken;
        }
    }

    private void mustNotBeOver(String what) {
        if (ended) {
            throw fault(what + " after the end");
        }
    }

    private IllegalStateException fault(String what) {
        faults.add(what);
        return new IllegalStateException(what);
    }

    private void end(String how) {
        mustNotBeOver(how);
        ended = true;
        events.add(how);
    }

    AsyncContext context() {
        return (AsyncContext) Proxy.newProxyInstance(
                ScriptedResponse.class.getClassLoader(),
                new Class<?>[] {AsyncContext.class},
                (proxy, called, arguments) -> {
                    switch (called.getName()) {
                        case "addListener" -> listener = (AsyncListener) arguments[0];
                        case "getRequest" -> {
                            mustNotBeOver("getRequest");
                            return request();
                        }
                        case "dispatch" -> end("dispatch");
                        case "setTimeout" -> {
                            mustNotBeOver("setTimeout");
                            events.add("time out after " + arguments[0] + " ms");
                        }
                        case "complete" -> {
                            if (!readyWasSeen || buffer.size() > 0) {
                                throw fault("complete with " + buffer.size() + " bytes not sent");
                            }
                            if (endsOnCompletion) {
                                ended = true;
                                throw new IllegalStateException("the container is in an error");
                            }
                            end("complete");
                        }
                        default -> throw new UnsupportedOperationException(called + Arrays.toString(arguments));
                    }
                    return null;
                });
    }

    private ServletRequest request() {
        return (ServletRequest) Proxy.newProxyInstance(
                ScriptedResponse.class.getClassLoader(),
                new Class<?>[] {ServletRequest.class},
                (proxy, called, arguments) -> {
                    if (called.getName().equals("setAttribute")) {
                        return attributes.put(arguments[0].toString(), arguments[1]);
                    }
                    throw new UnsupportedOperationException(called.toString());
                });
    }

    ServletOutputStream out() {
        return new ServletOutputStream() {
            @Override
            public boolean isReady() {
                mustNotBeOver("isReady");
                readyWasSeen = !isDraining();
                callOwed = !readyWasSeen;
                return readyWasSeen;
            }

            @Override
            public void setWriteListener(WriteListener given) {
                writer = given;
            }

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                mustBeReady("write");
                duringWrite.run();
                buffer.write(bytes, offset, length);
                if (buffer.size() >= BUFFER_BYTES) {
                    push();
                }
            }

            @Override
            public void flush() throws IOException {
                mustBeReady("flush");
                events.add("flush");
                push();
            }
        };
    }
}
