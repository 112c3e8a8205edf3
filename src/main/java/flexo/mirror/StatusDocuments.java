package flexo.mirror;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Fetches the mirror status document. */
@FunctionalInterface
public interface StatusDocuments {
    /**
     * Fetches the document from the first source with a valid one. Never blocks.
     *
     * @return its entries, at least one; completes exceptionally with a message for people if no source has a valid one
     */
    CompletionStage<List<MirrorStatus>> fetch();
}
