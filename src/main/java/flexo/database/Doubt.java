package flexo.database;

import flexo.download.FilePolicy;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;

/**
 * A reason for not believing a mirror's state before the other mirrors were asked.
 *
 * @param failure the failure reported for the mirror
 * @param sha256 the SHA-256 of the state
 * @param laterByTime whether its time is later than that of the known state
 * @param why the reason for people, after "the mirror …"
 */
record Doubt(Mirror mirror, Kind kind, MirrorFailure failure, String sha256, boolean laterByTime, String why) {
    /** The kinds of doubts. */
    enum Kind {
        /** It lacks a signature, which the known state has. */
        UNSIGNED,
        /** It is unknown whether it has a signature. */
        SIGNATURE_UNKNOWN,
        /** It cannot be unpacked, and no state is known that could. */
        UNPROVEN,
        /** It cannot be unpacked, but the known state could: never believed. */
        UNPROVEN_AFTER_PROVEN,
        /** Its packages are older. */
        OLDER_BY_CONTENTS,
        /** Its packages are neither older nor newer, and its time is earlier. */
        OLDER_BY_TIME,
        /** The package built last is gone: an older state, or a removal. */
        LESS_THAN_KNOWN,
        /** A client has a later copy than the mirror's latest state. */
        BEHIND_CLIENT,
        /** The mirror is a cache that cannot reach its own mirror. */
        STALE;

        boolean isOlder() {
            return this == OLDER_BY_CONTENTS || this == OLDER_BY_TIME || this == LESS_THAN_KNOWN;
        }
    }

    FilePolicy.Objection objection() {
        return new FilePolicy.Objection(failure, why);
    }
}
