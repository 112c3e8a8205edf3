package flexo.database;

import flexo.download.FilePolicy;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;

/**
 * Why the state that a mirror delivered is not believed before the others were asked.
 *
 * @param failure what it says of the mirror
 * @param sha256 of the state
 * @param laterByTime whether the mirror calls it later than the one that is known
 * @param why the reason for people, after "the mirror …"
 */
record Doubt(Mirror mirror, Kind kind, MirrorFailure failure, String sha256, boolean laterByTime, String why) {
    /** What is in doubt. */
    enum Kind {
        /** It lacks the signature that the state before has. */
        UNSIGNED,
        /** Whether it has a signature, the mirror does not say. */
        SIGNATURE_UNKNOWN,
        /** It cannot be unpacked, and no other state is known that could. */
        UNPROVEN,
        /** The state before could be unpacked, and this cannot: it is never believed. */
        UNPROVEN_AFTER_PROVEN,
        /** What it lists is older. */
        OLDER_BY_CONTENTS,
        /** What it lists is neither older nor newer, and its time is earlier. */
        OLDER_BY_TIME,
        /** The package that was built last is gone, as from an older state or from one that somebody has cleared. */
        LESS_THAN_KNOWN,
        /** A client has a later copy than the state that the mirror takes for its latest. */
        BEHIND_CLIENT,
        /** The mirror is a cache that has not reached its own mirror. */
        STALE;

        boolean isOlder() {
            return this == OLDER_BY_CONTENTS || this == OLDER_BY_TIME || this == LESS_THAN_KNOWN;
        }
    }

    FilePolicy.Objection objection() {
        return new FilePolicy.Objection(failure, why);
    }
}
