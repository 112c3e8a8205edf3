package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.mirror.Mirror;
import java.util.Optional;

/**
 * The rules for the rest of a file for a single reader: verified like the whole file, and never published.
 *
 * @param sha256 the expected SHA-256 of the whole file; empty if unknown
 */
record ContinuationPolicy(Optional<String> sha256) implements FilePolicy {
    @Override
    public boolean needsDigest() {
        return sha256.isPresent();
    }

    @Override
    public Optional<String> complaint(PartFile part, ContentHead head, String found) {
        return sha256.filter(demanded -> !demanded.equals(found))
                .map(demanded -> "sent other bytes than the database demands for the rest of the file");
    }

    @Override
    public boolean publish(Mirror mirror, PartFile part, ContentHead head) {
        throw new IllegalStateException("nothing but a rest of a file is there");
    }
}
