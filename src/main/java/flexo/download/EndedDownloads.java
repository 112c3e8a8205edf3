package flexo.download;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last downloads that ended, for people. Thread-safe. */
final class EndedDownloads {
    static final int MOST = 50;

    /** The latest first. Guarded by itself. */
    private final Deque<DownloadView> views = new ArrayDeque<>();

    void add(DownloadView ended) {
        synchronized (views) {
            views.addFirst(ended);
            if (views.size() > MOST) {
                views.removeLast();
            }
        }
    }

    List<DownloadView> all() {
        synchronized (views) {
            return List.copyOf(views);
        }
    }
}
