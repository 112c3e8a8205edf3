package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.mirror.Mirror;
import java.io.IOException;

/** A file of which nothing is known but its length. */
final class PlainPolicy implements FilePolicy {
    @Override
    public boolean publish(Mirror mirror, PartFile part, ContentHead head) throws IOException {
        var unused = part.publish(head);
        return true;
    }
}
