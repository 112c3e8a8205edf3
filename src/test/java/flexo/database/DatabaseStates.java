package flexo.database;

import static flexo.download.DownloadBench.MODIFIED;

import flexo.download.DownloadBench;
import java.time.Instant;

/** A database at two moments, as mirrors have it in tests. */
final class DatabaseStates {
    static final byte[] FIRST = DownloadBench.database("1");
    static final byte[] SECOND = DownloadBench.database("2");
    /** Of whichever; no rule tells it to be wrong. */
    static final byte[] SIGNATURE = DownloadBench.body(90);
    /** When mirrors got the second; the first is as old as all that they have. */
    static final Instant LATER = MODIFIED.plusSeconds(3600);

    private DatabaseStates() {}
}
