package flexo.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Many clients of one file on a single thread, which compare every byte as it comes.
 *
 * <p>One selector and one buffer for all, so that the crowd itself costs neither threads nor heap when those of the
 * application are counted. Runs on the calling thread.
 */
public final class Crowd {
    private final int port;
    private final String target;
    private final ByteBuffer expected;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);

    /**
     * A crowd to be.
     *
     * @param port of 127.0.0.1
     * @param target request target of the file
     * @param content what must come; copied outside of the heap
     */
    public Crowd(int port, String target, FileContent content) {
        this.port = port;
        this.target = target;
        expected = ByteBuffer.allocateDirect(Math.toIntExact(content.lengthBytes()));
        byte[] chunk = new byte[1 << 16];
        for (long at = 0; at < content.lengthBytes(); ) {
            int count = (int) Math.min(chunk.length, content.lengthBytes() - at);
            content.copy(at, chunk, count);
            expected.put(chunk, 0, count);
            at += count;
        }
        expected.flip();
    }

    /**
     * Connects, asks and reads until every client has every byte.
     *
     * @param clients how many
     * @param atMost when to give up
     * @param everySecond called about once a second meanwhile
     * @return from the first request to the last byte
     * @throws IOException if a connection fails
     */
    public Duration download(int clients, Duration atMost, Runnable everySecond) throws IOException {
        long started = System.nanoTime();
        long nextCall = started;
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < clients; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.write(ByteBuffer.wrap(("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII)));
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Client());
            }
            int left = clients;
            while (left > 0) {
                long now = System.nanoTime();
                if (now - started > atMost.toNanos()) {
                    throw new AssertionError(left + " of " + clients + " clients are not done after " + atMost);
                }
                if (now - nextCall >= 0) {
                    everySecond.run();
                    nextCall = now + 1_000_000_000L;
                }
                selector.select(100);
                for (SelectionKey key : selector.selectedKeys()) {
                    if (((Client) key.attachment()).read((SocketChannel) key.channel())) {
                        key.cancel();
                        key.channel().close();
                        left--;
                    }
                }
                selector.selectedKeys().clear();
            }
        }
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** One of the crowd. */
    private final class Client {
        private final StringBuilder head = new StringBuilder();
        private boolean inBody;
        private int position;

        /** Reads what is there; returns whether all has come. */
        boolean read(SocketChannel channel) throws IOException {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                throw new AssertionError("the connection ended at byte " + position);
            }
            buffer.flip();
            while (!inBody && buffer.hasRemaining()) {
                head.append((char) buffer.get());
                inBody = head.length() > 3 && head.substring(head.length() - 4).equals("\r\n\r\n");
            }
            if (inBody && !head.toString().startsWith("HTTP/1.1 200")) {
                throw new AssertionError(head.toString());
            }
            int count = buffer.remaining();
            if (count > expected.limit() - position
                    || expected.slice(position, count).mismatch(buffer) != -1) {
                throw new AssertionError("wrong bytes between " + position + " and " + (position + count));
            }
            position += count;
            return position == expected.limit();
        }
    }
}
