package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.mirror.Mirror;
import flexo.repository.WebPage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A detached signature: it must not be a web page in its place. */
public final class SignaturePolicy implements FilePolicy {
    private static final int LOOKED_AT_BYTES = 64;

    @Override
    public HoldBack holdBack(long lengthBytes) {
        return HoldBack.A_MOMENT;
    }

    @Override
    public Optional<String> complaint(PartFile part, ContentHead head, String sha256) throws IOException {
        return startsAsWebPage(part) ? Optional.of("sent a web page instead of a signature") : Optional.empty();
    }

    /** Whether a file is a web page, by its first bytes. */
    public static boolean startsAsWebPage(PartFile part) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(LOOKED_AT_BYTES);
        int count = part.read(start, 0);
        byte[] bytes = new byte[count];
        start.flip().get(bytes);
        return WebPage.startsIn(bytes);
    }

    @Override
    public boolean publish(Mirror mirror, PartFile part, ContentHead head) throws IOException {
        var unused = part.publish(head);
        return true;
    }
}
