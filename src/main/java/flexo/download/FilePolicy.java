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
 * What one download's file must be, beyond its length, and what becomes of it: where the kinds of files differ.
 *
 * <p>Called by {@link Failover}, one call after another on storage threads, or on those for databases, unless a method says
 * otherwise.
 */
public interface FilePolicy {
    /** A mirror's file is not the one that is wanted, and what that says of the mirror. */
    record Objection(MirrorFailure failure, String why) {}

    /** What came of fetching what belongs beside a file. */
    sealed interface Companion {
        /** It is there, or there is none: the file may be published. */
        record Ready() implements Companion {}

        /** The file is the one that is known already. */
        record Unchanged() implements Companion {}

        /** What came belongs to another state of the file; the same mirror is to be asked for both again. */
        record Mismatched(String why) implements Companion {}

        /** The mirror does not deliver it, so the file is of no use. */
        record Missing(Objection objection) implements Companion {}
    }

    /** What a mirror's answer is worth that the state that is known is its latest. */
    sealed interface UnchangedWord {
        /** It is its latest. */
        record Believed() implements UnchangedWord {}

        /** The mirror may mean another state: it is to send what it has. */
        record ToBeSent(String why) implements UnchangedWord {}

        /** Another mirror is to be asked. */
        record Refused(Objection objection) implements UnchangedWord {}
    }

    /** What may take long, since a database has to be read. */
    enum Step {
        /** {@link #prepare}. */
        PREPARATION,
        /** {@link #complaint}. */
        PROOF
    }

    /** Whether a step reads a database, so that it must not keep others from theirs; called by any thread. */
    default boolean readsDatabase(Step step) {
        return false;
    }

    /** Makes ready; may block on the disk. Called once, before any mirror is asked. */
    default void prepare() {}

    /** By what a mirror is asked whether the state that is known is still its latest; empty to ask for the file. */
    default Optional<Validators> validators(Mirror mirror) {
        return Optional.empty();
    }

    /** Whether somebody else than the client has said that there is such a file. Called on the client's threads. */
    default boolean isListed() {
        return false;
    }

    /** Whether clients do without what no mirror gives: they have the state that is known. */
    default boolean isDispensable() {
        return false;
    }

    /**
     * Judges a mirror's answer that the state that is known is its latest. Called on the client's threads; must not block.
     *
     * @param askedBy the state that it was asked by
     * @return empty if the usual rules do
     */
    default Optional<UnchangedWord> unchangedWord(Mirror mirror, MirrorResponse mirrorResponse, Validators askedBy) {
        return Optional.empty();
    }

    /** The mirror says that the state that is known is its latest. */
    default void unchanged(Mirror mirror) {
        throw new IllegalStateException(mirror + " was not asked for changes");
    }

    /** Judges what a mirror promises. Called on the client's threads; must not block. */
    default Optional<Objection> objection(MirrorResponse mirrorResponse, ContentHead promised) {
        return Optional.empty();
    }

    /**
     * Judges the first bytes that a mirror sends of the whole file. Called on the client's threads; must not block.
     *
     * @param start some first bytes, be there as few as there may
     */
    default Optional<Objection> objection(RepositoryPath path, byte[] start, long lengthBytes) {
        return Beginning.objection(path, start, lengthBytes);
    }

    /** The length of the file, if it is known from elsewhere than its mirror; what the mirror promises is compared with it. */
    default OptionalLong expectedLength() {
        return OptionalLong.empty();
    }

    /** What the file has at most, whatever its mirror says, or does not say. */
    default long bytesAtMost() {
        return Long.MAX_VALUE;
    }

    /** Whether {@link #complaint} has proven that the file ends where it does; a connection that breaks looks like an end. */
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

    /** What is kept from clients until the file is proven. Called on the client's threads. */
    default HoldBack holdBack(long lengthBytes) {
        return HoldBack.NOTHING;
    }

    /** Whether {@link #complaint} asks for the file's SHA-256, so that it is taken while the bytes arrive. */
    default boolean needsDigest() {
        return false;
    }

    /** Whether all bytes are needed at once, to prove the file and to hand it out later, even if the disk refuses it. */
    default boolean isNeededWhole() {
        return false;
    }

    /** The first bytes have come from this mirror: what belongs beside the file may be fetched, if it is not already. */
    default void arriving(Mirror mirror) {}

    /**
     * Proves the whole file.
     *
     * @param sha256 of all its bytes; empty unless it was asked for
     * @return what is wrong with it, after "the mirror …"; empty if nothing is
     * @throws IOException if it cannot be read
     */
    default Optional<String> complaint(PartFile part, ContentHead head, String sha256) throws IOException {
        return Optional.empty();
    }

    /** Completed when what belongs beside the file is there, or will not be; on any thread, never exceptionally. */
    default CompletionStage<Companion> companion(Mirror mirror, PartFile part) {
        return CompletableFuture.completedFuture(new Companion.Ready());
    }

    /**
     * Puts the proven file where it belongs. One that is not needed whole lies on disk.
     *
     * @return whether it is on disk now
     * @throws IOException if the disk refuses
     */
    boolean publish(Mirror mirror, PartFile part, ContentHead head) throws IOException;
}
