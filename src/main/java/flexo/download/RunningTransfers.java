package flexo.download;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The transfers that currently share our line. Thread-safe. */
public final class RunningTransfers {
    private final Set<Pace> paces = ConcurrentHashMap.newKeySet();

    public RunningTransfers() {}

    void began(Pace pace) {
        paces.add(pace);
    }

    void ended(Pace pace) {
        paces.remove(pace);
    }

    int count() {
        return paces.size();
    }

    /** The speeds of all others that have run long enough to have one. */
    List<Double> speedsOfOthers(Pace pace) {
        return paces.stream()
                .filter(other -> other != pace)
                .map(Pace::bytesPerSecond)
                .filter(speed -> speed > 0)
                .toList();
    }
}
