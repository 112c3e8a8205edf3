package flexo.mirror;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The port through which the mirror status document is fetched. */
@FunctionalInterface
public interface StatusDocuments {
    /**
     * Fetches the document from the first place that has a usable one. Does not block.
     *
     * @return what it says of each mirror, of at least one; completes exceptionally with a message for people if no place
     *     has a usable one
     */
    CompletionStage<List<MirrorStatus>> fetch();
}
