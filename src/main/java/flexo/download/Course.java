package flexo.download;

import flexo.mirror.Mirror;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The mirrors of one download and its switches, for people. Thread-safe; bounded. */
final class Course {
    /** A download of hours may switch many times. */
    static final int SWITCHES_MOST = 10;

    /** The number of transfers for each mirror. */
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
