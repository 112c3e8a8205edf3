package flexo.system;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Many HTTP clients in one thread, each with one connection, who all start at once and compare every byte they get.
 *
 * <p>Cheap enough that what is measured is the server: the bytes are read into one buffer and compared there.
 */
final class ManyClients {
    private static final int BUFFER_BYTES = 256 << 10;

    private final InetSocketAddress server;
    private final List<File> files;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private Runnable halfway = () -> {};

    /**
     * What clients ask for.
     *
     * @param path its path in URLs
     * @param content its bytes, from position 0 to the limit
     */
    record File(String path, ByteBuffer content) {}

    /**
     * How one client fared.
     *
     * @param rightBytes how many bytes it got before its end or the first wrong one
     * @param complaint why it gave up; null if it got everything it asked for
     * @param took from the common start to its last byte
     */
    record Outcome(long rightBytes, String complaint, Duration took) {}

    /**
     * Clients of one server.
     *
     * @param server its address
     * @param files what each client asks for, one after the other
     */
    ManyClients(URI server, List<File> files) {
        this.server = new InetSocketAddress(server.getHost(), server.getPort());
        this.files = files;
    }

    /**
     * Has something done, in the clients' thread, when half of all bytes are there.
     *
     * @param action what to do; it keeps the clients waiting
     * @return this
     */
    ManyClients atHalfway(Runnable action) {
        halfway = action;
        return this;
    }

    /**
     * Runs the clients to their ends.
     *
     * @param clients how many
     * @param patience when to give up on those that are not done
     * @return each one's outcome
     * @throws IOException if a connection cannot even be tried
     */
    List<Outcome> run(int clients, Duration patience) throws IOException {
        long start = System.nanoTime();
        long deadline = start + patience.toNanos();
        long half = files.stream().mapToLong(file -> file.content().limit()).sum() * clients / 2;
        long bytes = 0;
        boolean passed = false;
        List<Client> all = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < clients; i++) {
                all.add(new Client(selector, i));
            }
            while (all.stream().anyMatch(Client::isBusy) && System.nanoTime() < deadline) {
                selector.select(200);
                for (SelectionKey key : selector.selectedKeys()) {
                    bytes += ((Client) key.attachment()).proceed(start);
                }
                selector.selectedKeys().clear();
                if (!passed && bytes >= half) {
                    passed = true;
                    halfway.run();
                }
            }
        }
        return all.stream().map(client -> client.end(start)).toList();
    }

    private final class Client {
        private final SocketChannel channel;
        private final SelectionKey key;
        /** The response's head, as long as it has not ended. */
        private final StringBuilder head = new StringBuilder();
        /** Clients begin at different files, or they would all ask for the same one all the time. */
        private final int firstFile;

        private int done;
        /** Position in the body; -1 while the head is awaited. */
        private long position = -1;

        private long rightBytes;
        private String complaint;
        private Outcome outcome;

        Client(Selector selector, int number) throws IOException {
            firstFile = number % files.size();
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.connect(server);
            key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        }

        boolean isBusy() {
            return outcome == null;
        }

        Outcome end(long start) {
            if (outcome == null) {
                finish("not done in time", start);
            }
            return outcome;
        }

        /** Does what can be done without waiting; returns how many bytes of bodies that brought. */
        long proceed(long start) {
            long before = rightBytes;
            try {
                if (key.isConnectable()) {
                    channel.finishConnect();
                    ask();
                } else if (key.isReadable()) {
                    receive(start);
                }
            } catch (IOException e) {
                finish(e.toString(), start);
            }
            return rightBytes - before;
        }

        private File file() {
            return files.get((firstFile + done) % files.size());
        }

        private void ask() throws IOException {
            String request = "GET " + file().path() + " HTTP/1.1\r\nHost: " + server.getHostString() + ":"
                    + server.getPort() + "\r\nUser-Agent: many\r\nAccept: */*\r\n\r\n";
            // A fresh or idle connection always takes so few bytes at once.
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            key.interestOps(SelectionKey.OP_READ);
            head.setLength(0);
            position = -1;
        }

        private void receive(long start) throws IOException {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                finish("connection ended after " + rightBytes + " bytes of bodies", start);
                return;
            }
            buffer.flip();
            if (position < 0) {
                readHead();
            }
            if (complaint == null && position >= 0) {
                compare();
            }
            if (complaint != null) {
                finish(complaint, start);
            } else if (position == file().content().limit()) {
                done++;
                if (done < files.size()) {
                    ask();
                } else {
                    finish(null, start);
                }
            }
        }

        private void readHead() {
            while (buffer.hasRemaining()) {
                head.append((char) buffer.get());
                if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                    checkHead();
                    position = 0;
                    return;
                }
            }
        }

        private void checkHead() {
            String text = head.toString().toLowerCase(Locale.ROOT);
            long size = file().content().limit();
            if (!text.startsWith("http/1.1 200")) {
                complaint = "answer: " + text.lines().findFirst().orElse("");
            } else if (!text.contains("\r\ncontent-length: " + size + "\r\n")) {
                complaint = "content-length is not " + size;
            }
        }

        private void compare() {
            int length = buffer.remaining();
            ByteBuffer content = file().content();
            if (position + length > content.limit()) {
                complaint = "more bytes than promised";
                return;
            }
            int wrong = content.slice((int) position, length).mismatch(buffer);
            if (wrong >= 0) {
                complaint = "wrong byte at " + (position + wrong) + " of " + file().path();
                return;
            }
            position += length;
            rightBytes += length;
        }

        private void finish(String why, long start) {
            outcome = new Outcome(rightBytes, why, Duration.ofNanos(System.nanoTime() - start));
            try {
                channel.close();
            } catch (IOException alreadyBroken) {
                complaint = why;
            }
        }
    }
}
