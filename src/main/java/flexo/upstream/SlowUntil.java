package flexo.upstream;

import java.util.concurrent.CompletionStage;

/**
 * The speed limit of a low-priority body until a client waits for it: its own limit precedes the general one. A pending
 * portion is granted at once when that happens. Thread-safe.
 */
final class SlowUntil implements SpeedLimit {
    private final SpeedLimit slow;
    private final SpeedLimit ofAll;

    // Guarded by this.
    private boolean hurried;
    /** Requested, and not yet granted by the slow limit; null if there is none. */
    private Runnable pending;

    SlowUntil(SpeedLimit slow, SpeedLimit ofAll, CompletionStage<Void> wanted) {
        this.slow = slow;
        this.ofAll = ofAll;
        var unused = wanted.thenRun(this::hurry);
    }

    @Override
    public synchronized int portionBytes() {
        return hurried ? ofAll.portionBytes() : Math.min(slow.portionBytes(), ofAll.portionBytes());
    }

    /** One request at a time, as from a body's consumer. */
    @Override
    public void ask(Runnable grant) {
        boolean atOnce;
        synchronized (this) {
            atOnce = hurried;
            pending = atOnce ? null : grant;
        }
        if (atOnce) {
            ofAll.ask(grant);
        } else {
            slow.ask(() -> granted(grant));
        }
    }

    private void granted(Runnable grant) {
        synchronized (this) {
            if (pending != grant) {
                // It was granted at once, since a client waits.
                return;
            }
            pending = null;
        }
        ofAll.ask(grant);
    }

    private void hurry() {
        Runnable grant;
        synchronized (this) {
            hurried = true;
            grant = pending;
            pending = null;
        }
        if (grant != null) {
            ofAll.ask(grant);
        }
    }
}
