package flexo.web;

import flexo.cache.Content;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Keeps files open that the container sends by itself. The container opens each right after the servlet returns, and
 * the file must exist until then: so they are closed between one and two seconds later, by one task for all.
 * Thread-safe.
 */
final class HandedOver {
    private static final Duration CONTAINER_OPENS_WITHIN = Duration.ofSeconds(1);

    private final ScheduledExecutorService timer;
    // Guarded by the monitor. A task is scheduled as long as one of them is not empty.
    private List<Content> latest = new ArrayList<>();
    private List<Content> earlier = List.of();

    /**
     * No files yet.
     *
     * @param timer closes them
     */
    HandedOver(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** Closes a file once the container has opened it. */
    void closeSoon(Content content) {
        boolean first;
        synchronized (this) {
            first = latest.isEmpty() && earlier.isEmpty();
            latest.add(content);
        }
        if (first) {
            lookLater();
        }
    }

    private void lookLater() {
        try {
            ScheduledFuture<?> unused =
                    timer.schedule(this::look, CONTAINER_OPENS_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Shutting down.
            closeEarlier();
            closeEarlier();
        }
    }

    private void look() {
        if (closeEarlier()) {
            lookLater();
        }
    }

    /** Returns whether others are left. */
    private boolean closeEarlier() {
        List<Content> due;
        boolean left;
        synchronized (this) {
            due = earlier;
            earlier = latest;
            latest = new ArrayList<>();
            left = !earlier.isEmpty();
        }
        due.forEach(Content::close);
        return left;
    }
}
