package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The rules for a kind of file: its verification and publication.
 *
 * <p>Called by {@link Failover}, one call after another on storage threads, or on those for databases, unless a method
 * says otherwise.
 */
public interface FilePolicy {
    /** The reason why a mirror's file is not the requested one, with the failure of the mirror. */
    record Objection(MirrorFailure failure, String why) {}

    /** The result of fetching a file's companions. */
    sealed interface Companion {
        /** They are available, or there are none: the file may be published. */
        record Ready() implements Companion {}

        /** The file is the known one. */
        record Unchanged() implements Companion {}

        /** They belong to another state of the file; the same mirror is to be asked for both again. */
        record Mismatched(String why) implements Companion {}

        /** The mirror does not deliver them, so the file is useless. */
        record Missing(Objection objection) implements Companion {}
    }

    /** The value of a mirror's answer "not modified". */
    sealed interface UnchangedWord {
        /** The known state is its latest. */
        record Believed() implements UnchangedWord {}

        /** The mirror may mean another state: it has to send its own. */
        record ToBeSent(String why) implements UnchangedWord {}

        /** Another mirror is to be asked. */
        record Refused(Objection objection) implements UnchangedWord {}
    }

    /** Steps that may take long, since they may read a database. */
    enum Step {
        /** {@link #prepare}. */
        PREPARATION,
        /** {@link #complaint}. */
        PROOF
    }

    /** Whether a step reads a database, so that it needs a turn; called by any thread. */
    default boolean readsDatabase(Step step) {
        return false;
    }

    /** Prepares; may block on the disk. Called once, before any mirror is asked. */
    default void prepare() {}

    /** The validators for a conditional request to a mirror; empty for an unconditional one. */
    default Optional<Validators> validators(Mirror mirror) {
        return Optional.empty();
    }

    /**
     * Whether the file is listed somewhere, so that the request is not a client's invention. Called on the HTTP
     * client's threads.
     */
    default boolean isListed() {
        return false;
    }

    /** Whether clients have the known state to fall back on. */
    default boolean isDispensable() {
        return false;
    }

    /**
     * Judges a mirror's answer "not modified". Called on the HTTP client's threads; must not block.
     *
     * @param askedBy the validators of the request
     * @return empty to apply the usual rules
     */
    default Optional<UnchangedWord> unchangedWord(Mirror mirror, MirrorResponse mirrorResponse, Validators askedBy) {
        return Optional.empty();
    }

    /** Notes that the known state is the mirror's latest. */
    default void unchanged(Mirror mirror) {
        throw new IllegalStateException(mirror + " was not asked for changes");
    }

    /** Judges a mirror's promise. Called on the HTTP client's threads; must not block. */
    default Optional<Objection> objection(MirrorResponse mirrorResponse, ContentHead promised) {
        return Optional.empty();
    }

    /**
     * Judges the first bytes of a file. Called on the HTTP client's threads; must not block.
     *
     * @param start the first bytes, possibly very few
     */
    default Optional<Objection> objection(RepositoryPath path, byte[] start, long lengthBytes) {
        return Beginning.objection(path, start, lengthBytes);
    }

    /** The length of the file, if it is known from another source; the mirror's promise is compared with it. */
    default OptionalLong expectedLength() {
        return OptionalLong.empty();
    }

    /** The largest length accepted, whatever the mirror announces. */
    default long bytesAtMost() {
        return Long.MAX_VALUE;
    }

    /** Whether {@link #complaint} has verified the end of the file; a broken connection looks like an end. */
    default boolean isEndProven() {
        return false;
    }

    /** Whether the file is large enough to come from several mirrors at once, and known well enough to be proven then. */
    default boolean mayComeFromSeveral() {
        return false;
    }

    /** The head that clients are told, for the one a mirror has promised. Called on the client's threads. */
    default ContentHead told(ContentHead promised) {
        return promised;
    }

    /** The bytes to hold back until the file is verified. Called on the HTTP client's threads. */
    default HoldBack holdBack(long lengthBytes) {
        return HoldBack.NOTHING;
    }

    /** Whether {@link #complaint} needs the file's SHA-256, so that it is computed while the bytes arrive. */
    default boolean needsDigest() {
        return false;
    }

    /** Whether all bytes are needed together, for verification and later use, even if the disk refuses them. */
    default boolean isNeededWhole() {
        return false;
    }

    /** Notes that the first bytes have come from this mirror, so that companions may be fetched. */
    default void arriving(Mirror mirror) {}

    /**
     * Verifies the complete file.
     *
     * @param sha256 the SHA-256 of all its bytes; empty unless it was requested
     * @return the objection, after "the mirror …"; empty if there is none
     * @throws IOException if it cannot be read
     */
    default Optional<String> complaint(PartFile part, ContentHead head, String sha256) throws IOException {
        return Optional.empty();
    }

    /** Completed when the file's companions are available, or will not be; on any thread, never exceptionally. */
    default CompletionStage<Companion> companion(Mirror mirror, PartFile part) {
        return CompletableFuture.completedFuture(new Companion.Ready());
    }

    /**
     * Publishes the verified file. It is on disk, unless it is needed as a whole.
     *
     * @return whether it is on disk now
     * @throws IOException on a disk error
     */
    boolean publish(Mirror mirror, PartFile part, ContentHead head) throws IOException;
}
