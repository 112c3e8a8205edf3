package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The destination of the bytes of one transfer at a time. */
interface WritingEnd {
    /** The byte at which the next transfer must begin. */
    long fromByte();

    /** The first byte that it must not send; {@link Long#MAX_VALUE} if all that follows is wanted. */
    default long untilByte() {
        return Long.MAX_VALUE;
    }

    /** Whether clients have been told of the file, so that its bytes cannot be given up any more. */
    default boolean isReleased() {
        return true;
    }

    /** The rest of the embargo; empty if there is none. */
    default Optional<Duration> embargoLeft() {
        return Optional.empty();
    }

    /** Ends the embargo; false if there is none. */
    default boolean endEmbargo() {
        return false;
    }

    /** The transfer that wrote last has failed, while others are asked for the rest. */
    default void brokeOff() {}

    /** Whether the bytes are wanted in small pieces, since few can be buffered. */
    boolean takesSmallPieces();

    /**
     * The check of the next transfer's response.
     *
     * @param ifChanged the validators of the request; empty if there are none
     */
    ResponseCheck check(Optional<Validators> ifChanged);

    /**
     * Prepares for the bytes of a transfer whose first ones have arrived.
     *
     * @param newHead the head its mirror promised
     * @param fromStart whether they are the file's first bytes, so that the existing ones are discarded
     * @param newSource the mirror, for people
     * @throws IOException if the disk refuses the file; it can be tried again
     */
    void begin(ContentHead newHead, boolean fromStart, String newSource) throws IOException;

    /** The bytes that are written next are this mirror's; only after {@link #begin}. */
    default void comesFrom(Mirror mirror) {}

    /**
     * Appends bytes and releases them to clients as far as allowed.
     *
     * @throws IOException if the disk refuses them; they can be tried again
     */
    void write(ByteBuffer bytes) throws IOException;

    /**
     * The file ends here: its mirror had not announced its length.
     *
     * @param certain whether the mirror has marked the end, rather than closed the connection
     */
    default void endsHere(boolean certain) {
        throw new IllegalStateException("the length is known");
    }

    /** Whether the next byte belongs to another transfer. */
    boolean hasMetAnother();

    /** The number of bytes missing from here on; only after {@link #begin}. */
    long missing();

    /** The current position. */
    long position();

    /**
     * Registers a callback for more bytes, if the reader of a rest has enough for now.
     *
     * @param wanted called once, by any thread, unless false is returned
     * @return whether to wait
     */
    boolean waitForReader(Runnable wanted);

    /** Makes room for the next bytes, if that may help; completed after the attempt. */
    CompletionStage<Void> makeRoom(IOException refusal);

    /**
     * Moves the file to memory, if it is needed as a whole and there is enough memory. May block as long as reading it
     * takes.
     *
     * @return whether it was moved
     * @throws IOException if the bytes on disk cannot be read
     */
    boolean hold(IOException refusal) throws IOException;
}
