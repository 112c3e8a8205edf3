package flexo.upstream;

import java.util.concurrent.CompletionStage;

/**
 * The speed limit of one body that may come slowly until somebody waits for it: a limit of its own before the one of all.
 * A portion that is waited for comes at once when that moment has come. Thread-safe.
 */
final class SlowUntil implements SpeedLimit {
    private final SpeedLimit slow;
    private final SpeedLimit ofAll;

    // Guarded by this.
    private boolean hurried;
    /** Asked for, and not yet granted by the slow limit; null if none is. */
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

    /** One at a time, as a body's consumer does. */
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
                // It came at once, since somebody waits.
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
