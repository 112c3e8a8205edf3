package flexo.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Hundreds of mirrors in one thread: one port, open at every address of 127.1.0.0/16, and each address a mirror with a
 * latency and faults of its own. They all have the same files.
 *
 * <p>For mirror tests and small files; {@link ScriptedMirror} is the one for bodies that fail. Everything but the maps is
 * touched by the field's own thread only.
 */
public final class MirrorField implements AutoCloseable {
    private static final int HOSTS_PER_NET = 250;

    private final Map<String, FieldMirror> mirrors = new ConcurrentHashMap<>();
    private final Map<String, FileContent> files = new ConcurrentHashMap<>();
    private final ClosedPort closed = new ClosedPort();
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final int port;
    private final Thread thread;
    private final PriorityQueue<Answer> due = new PriorityQueue<>(Comparator.comparingLong(Answer::atNanos));

    private record Answer(long atNanos, SelectionKey key, ByteBuffer bytes) {}

    /** What is known of one connection. */
    private static final class Conversation {
        final FieldMirror mirror;
        final StringBuilder request = new StringBuilder();
        ByteBuffer toSend;

        Conversation(FieldMirror mirror) {
            this.mirror = mirror;
        }
    }

    /**
     * Opens an empty field on a free port.
     *
     * @throws IOException if there is none
     */
    public MirrorField() throws IOException {
        listener.bind(new InetSocketAddress(0), 1024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        port = listener.socket().getLocalPort();
        thread = new Thread(this::run, ScriptedMirror.THREAD_PREFIX + "field");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Adds a mirror that answers at once, with every file.
     *
     * @return the mirror
     */
    public FieldMirror add() {
        int number = mirrors.size();
        String host = "127.1." + number / HOSTS_PER_NET + "." + (number % HOSTS_PER_NET + 1);
        FieldMirror mirror = new FieldMirror(host, port, closed.port());
        mirrors.put(host, mirror);
        return mirror;
    }

    /**
     * Gives all mirrors a file.
     *
     * @param path from the root, with a leading slash
     * @param content some hundred kilobytes at most
     * @return this
     */
    public MirrorField file(String path, FileContent content) {
        files.put(path, content);
        return this;
    }

    /**
     * The mirrors that were asked at least once.
     *
     * @return in no order
     */
    public List<FieldMirror> asked() {
        return mirrors.values().stream().filter(mirror -> mirror.requests() > 0).toList();
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            key.channel().close();
        }
        selector.close();
        closed.close();
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                selector.select(this::ready, waitMillis());
                for (Answer next = due.peek(); next != null && next.atNanos() <= System.nanoTime(); next = due.peek()) {
                    due.remove();
                    conversation(next.key()).toSend = next.bytes();
                    write(next.key());
                }
            }
        } catch (IOException broken) {
            throw new AssertionError("the field of mirrors broke down", broken);
        }
    }

    private long waitMillis() {
        Answer next = due.peek();
        return next == null ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next.atNanos() - System.nanoTime()));
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else if (key.isReadable()) {
                read(key);
            } else {
                write(key);
            }
        } catch (IOException gone) {
            drop(key);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = listener.accept();
        if (channel == null) {
            return;
        }
        channel.configureBlocking(false);
        channel.socket().setTcpNoDelay(true);
        String host =
                ((InetSocketAddress) channel.getLocalAddress()).getAddress().getHostAddress();
        channel.register(selector, SelectionKey.OP_READ, new Conversation(mirrors.get(host)));
    }

    private void read(SelectionKey key) throws IOException {
        Conversation conversation = conversation(key);
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        int count = ((SocketChannel) key.channel()).read(bytes);
        if (count < 0) {
            drop(key);
            return;
        }
        conversation.request.append(new String(bytes.array(), 0, count, StandardCharsets.ISO_8859_1));
        int end = conversation.request.indexOf("\r\n\r\n");
        if (end >= 0) {
            String request = conversation.request.substring(0, end);
            conversation.request.setLength(0);
            answer(key, conversation.mirror, request.split(" ", 3));
        }
    }

    private void answer(SelectionKey key, FieldMirror mirror, String[] words) {
        if (mirror == null) {
            drop(key);
            return;
        }
        mirror.asked();
        if (!mirror.silent) {
            due.add(new Answer(
                    System.nanoTime() + mirror.latency.toNanos(), key, response(mirror, words[0], words[1], words[2])));
        }
    }

    private ByteBuffer response(FieldMirror mirror, String method, String target, String headers) {
        boolean head = method.equals("HEAD");
        FileContent file = files.get(target);
        int status = mirror.status != 200 ? mirror.status : file == null ? 404 : head && mirror.headRefused ? 405 : 200;
        byte[] body = status != 200 || file == null ? new byte[0] : file.bytes();
        int length = body.length;
        String range = "";
        if (status == 200 && headers.contains("bytes=0-0")) {
            status = 206;
            range = "Content-Range: bytes 0-0/" + body.length + "\r\n";
            length = 1;
        }
        byte[] lines = ("HTTP/1.1 " + status + " Field\r\nServer: " + mirror.server + "\r\nLast-Modified: "
                        + ScriptedMirror.httpDate(mirror.databaseModified) + "\r\n" + range + "Content-Length: "
                        + length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes =
                ByteBuffer.allocate(lines.length + (head ? 0 : length)).put(lines);
        if (!head) {
            bytes.put(body, 0, length);
        }
        return bytes.flip();
    }

    private void write(SelectionKey key) {
        try {
            Conversation conversation = conversation(key);
            ((SocketChannel) key.channel()).write(conversation.toSend);
            key.interestOps(conversation.toSend.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        } catch (IOException | CancelledKeyException gone) {
            drop(key);
        }
    }

    private static Conversation conversation(SelectionKey key) {
        return (Conversation) key.attachment();
    }

    private static void drop(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            // Closing is all that was wanted.
            return;
        }
    }
}
