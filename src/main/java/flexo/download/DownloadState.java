package flexo.download;

import java.util.EnumSet;
import java.util.Set;

/** The states of a {@link Download}; the last two are final. */
public enum DownloadState {
    /** No mirror has delivered a byte yet; size and time are unknown. */
    STARTING,
    /** Bytes are arriving. */
    STREAMING,
    /** The mirror failed; the next one is asked for the rest. */
    RESUMING,
    /** Every byte is available, and stored if the file is of a kind that is. */
    COMPLETE,
    /** No more bytes will come. */
    FAILED;

    private static final Set<DownloadState> FINAL = EnumSet.of(COMPLETE, FAILED);

    /** Whether the state is final. */
    public boolean isFinal() {
        return FINAL.contains(this);
    }

    boolean mayBecome(DownloadState next) {
        return switch (this) {
            case STARTING -> next == STREAMING || next == COMPLETE || next == FAILED;
            case STREAMING -> next == RESUMING || next == COMPLETE || next == FAILED;
            case RESUMING -> next == STREAMING || next == FAILED;
            case COMPLETE, FAILED -> false;
        };
    }
}
