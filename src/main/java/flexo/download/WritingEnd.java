package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Where one transfer at a time puts its bytes, one after another. */
interface WritingEnd {
    /** The byte the next transfer must begin with. */
    long fromByte();

    /** The first byte that it must not send; {@link Long#MAX_VALUE} if all that follows is wanted. */
    default long untilByte() {
        return Long.MAX_VALUE;
    }

    /** Whether clients have been told of the file, so that its bytes cannot be given up any more. */
    default boolean isReleased() {
        return true;
    }

    /** How long clients are still to get nothing; empty if they are not kept from it. */
    default Optional<Duration> embargoLeft() {
        return Optional.empty();
    }

    /** Lets clients have what was kept from them until now; false if there is nothing of that kind. */
    default boolean endEmbargo() {
        return false;
    }

    /** The transfer that wrote last has failed, while others ask for the rest. */
    default void brokeOff() {}

    /** Whether the bytes are wanted in small pieces, since few can be held until they are read. */
    boolean takesSmallPieces();

    /**
     * What the next transfer's response must promise.
     *
     * @param ifChanged by what the mirror is asked whether the file has changed; empty if it is not
     */
    ResponseCheck check(Optional<Validators> ifChanged);

    /**
     * Makes ready for the bytes of a transfer whose first ones are there.
     *
     * @param newHead the head its mirror promised
     * @param fromStart whether they are the file's first bytes, so that what is there is given up
     * @param newSource the mirror, for people
     * @throws IOException if the disk refuses the file; it can be tried again
     */
    void begin(ContentHead newHead, boolean fromStart, String newSource) throws IOException;

    /** The bytes that are written next are this mirror's; only after {@link #begin}. */
    default void comesFrom(Mirror mirror) {}

    /**
     * Appends bytes and lets the clients have what they may have.
     *
     * @throws IOException if the disk refuses them; they can be tried again
     */
    void write(ByteBuffer bytes) throws IOException;

    /**
     * The file ends here: its mirror had not said how long it is.
     *
     * @param certain whether the mirror has said that this is its end, rather than closed its connection
     */
    default void endsHere(boolean certain) {
        throw new IllegalStateException("the length is known");
    }

    /** Whether the next byte is another transfer's. */
    boolean hasMetAnother();

    /** How many bytes of the file are missing from here on; only after {@link #begin}. */
    long missing();

    /** How far the file goes. */
    long position();

    /**
     * Tells when more bytes are wanted, if the reader of a rest has enough for now.
     *
     * @param wanted called once, by any thread, unless false is returned
     * @return whether it is to wait
     */
    boolean waitForReader(Runnable wanted);

    /** Has room made for what comes next, if that may help; completed when it was tried. */
    CompletionStage<Void> makeRoom(IOException refusal);

    /**
     * Goes on in memory, if the file is needed whole and there is so much memory. May block for as long as reading what is
     * there takes.
     *
     * @return whether it does
     * @throws IOException if what is there cannot be read
     */
    boolean hold(IOException refusal) throws IOException;
}
