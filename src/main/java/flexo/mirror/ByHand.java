package flexo.mirror;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The decisions of an administrator on mirrors. Mirrors are identified by fingerprint, so that no password is stored.
 *
 * @param pinned the mirror that is asked first; empty if there is none
 * @param resting mirrors that are not asked until some time
 * @param banned mirrors that are not asked
 */
record ByHand(Optional<String> pinned, Map<String, Instant> resting, Set<String> banned) {
    static final ByHand NOTHING = new ByHand(Optional.empty(), Map.of(), Set.of());

    ByHand {
        resting = Map.copyOf(resting);
        banned = Set.copyOf(banned);
    }

    boolean isPinned(Mirror mirror) {
        return pinned.isPresent() && pinned.get().equals(mirror.fingerprint());
    }

    boolean isBanned(Mirror mirror) {
        return !banned.isEmpty() && banned.contains(mirror.fingerprint());
    }

    /** The end of its rest; empty if it does not rest. */
    Optional<Instant> rests(Mirror mirror, Instant now) {
        return resting.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(resting.get(mirror.fingerprint())).filter(now::isBefore);
    }

    boolean mayBeAsked(Mirror mirror, Instant now) {
        return !isBanned(mirror) && rests(mirror, now).isEmpty();
    }

    ByHand pin(Mirror mirror) {
        ByHand free = release(mirror);
        return new ByHand(Optional.of(mirror.fingerprint()), free.resting, free.banned);
    }

    ByHand rest(Mirror mirror, Instant until, Instant now) {
        ByHand free = release(mirror);
        Map<String, Instant> more = new HashMap<>(free.resting);
        more.values().removeIf(end -> !now.isBefore(end));
        more.put(mirror.fingerprint(), until);
        return new ByHand(free.pinned, more, free.banned);
    }

    ByHand ban(Mirror mirror) {
        ByHand free = release(mirror);
        Set<String> more = new HashSet<>(free.banned);
        more.add(mirror.fingerprint());
        return new ByHand(free.pinned, free.resting, more);
    }

    /** Removes all decisions on this mirror. */
    ByHand release(Mirror mirror) {
        String name = mirror.fingerprint();
        Map<String, Instant> fewerResting = new HashMap<>(resting);
        fewerResting.remove(name);
        Set<String> fewerBanned = new HashSet<>(banned);
        fewerBanned.remove(name);
        return new ByHand(pinned.filter(one -> !one.equals(name)), fewerResting, fewerBanned);
    }
}
