package flexo.download;

import flexo.mirror.Mirror;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The course that one download takes from mirror to mirror, for people. Safe for threads; bounded. */
final class Course {
    /** A download of hours may be handed to and fro. */
    static final int SWITCHES_MOST = 10;

    /** How many transfers ask each mirror. */
    private final Map<Mirror, Integer> asked = new ConcurrentHashMap<>();

    private final Deque<DownloadView.Switch> switches = new ConcurrentLinkedDeque<>();

    void asks(Mirror mirror) {
        var unused = asked.merge(mirror, 1, Integer::sum);
    }

    void leaves(Mirror mirror) {
        var unused = asked.computeIfPresent(mirror, (any, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    void switches(DownloadView.Switch change) {
        switches.add(change);
        while (switches.size() > SWITCHES_MOST) {
            DownloadView.Switch unused = switches.poll();
        }
    }

    List<String> mirrors() {
        return asked.keySet().stream().map(Mirror::toString).sorted().toList();
    }

    List<DownloadView.Switch> switches() {
        return List.copyOf(switches);
    }
}
