package flexo.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.nio.entity.AbstractBinAsyncEntityConsumer;

/** Reads the body of a small document into memory; fails if it exceeds a limit. */
final class BoundedBody extends AbstractBinAsyncEntityConsumer<byte[]> {
    private final int maxBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    BoundedBody(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    protected void streamStart(ContentType contentType) {
        // Nothing to prepare.
    }

    @Override
    protected int capacityIncrement() {
        return Integer.MAX_VALUE;
    }

    @Override
    protected void data(ByteBuffer source, boolean endOfStream) throws IOException {
        if (bytes.size() + source.remaining() > maxBytes) {
            throw new IOException("more than " + maxBytes + " bytes");
        }
        byte[] chunk = new byte[source.remaining()];
        source.get(chunk);
        bytes.writeBytes(chunk);
    }

    @Override
    protected byte[] generateContent() {
        return bytes.toByteArray();
    }

    @Override
    public void releaseResources() {
        bytes.reset();
    }
}
