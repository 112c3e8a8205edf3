package flexo.database;

import static flexo.download.DownloadBench.MODIFIED;

import flexo.download.DownloadBench;
import java.time.Instant;

/** A database at two moments, as mirrors have it in tests. */
final class DatabaseStates {
    static final byte[] FIRST = DownloadBench.database("1");
    /** An older state than either. */
    static final byte[] OLDER = DownloadBench.database("0");

    static final byte[] SECOND = DownloadBench.database("2");
    /** Of whichever; no rule tells it to be wrong. */
    static final byte[] SIGNATURE = signature(90);
    /** When mirrors got the second; the first is as old as all that they have. */
    static final Instant LATER = MODIFIED.plusSeconds(3600);

    private DatabaseStates() {}

    /** An OpenPGP packet by its first byte, of which no more can be told. */
    static byte[] signature(int length) {
        byte[] bytes = DownloadBench.body(length);
        bytes[0] = (byte) 0x88;
        return bytes;
    }
}
