package flexo.download;

import flexo.mirror.MirrorFailure;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One request to a mirror: sent by a thread that may block on a name server, and dropped as soon as it is unwanted,
 * even before it was sent.
 *
 * <p>The monitor makes the two exclusive; nothing blocks inside, and no callback is called.
 */
public final class SentRequest {
    private static final Logger LOG = Logger.getLogger(SentRequest.class.getName());

    private final DownloadContext context;
    private final MirrorRequest mirrorRequest;
    private final MirrorResponseListener listener;

    private boolean unwanted;
    private boolean paused;
    /** Null until it was sent. */
    private MirrorClient.Exchange exchange;

    /** Not sent yet. */
    public SentRequest(DownloadContext context, MirrorRequest mirrorRequest, MirrorResponseListener listener) {
        this.context = context;
        this.mirrorRequest = mirrorRequest;
        this.listener = listener;
    }

    MirrorRequest mirrorRequest() {
        return mirrorRequest;
    }

    /** Sends it, or sends it again; the listener receives a failure. */
    public void send() {
        context.connecting().execute(this::sendNow);
    }

    private void sendNow() {
        if (isUnwanted()) {
            return;
        }
        MirrorClient.Exchange sent;
        try {
            sent = context.client().send(mirrorRequest, listener);
        } catch (RuntimeException e) {
            LOG.log(Level.FINE, mirrorRequest.uri() + " could not be asked for", e);
            listener.onFailure(
                    MirrorFailure.UNREACHABLE,
                    "could not be asked (" + e.getClass().getSimpleName() + ")",
                    false);
            return;
        }
        boolean tooLate;
        synchronized (this) {
            exchange = sent;
            tooLate = unwanted;
            if (paused) {
                // Its response was faster than this. Does not block.
                sent.pause();
            }
        }
        if (tooLate) {
            sent.cancel();
        }
    }

    private synchronized boolean isUnwanted() {
        return unwanted;
    }

    /** Pauses the response; bytes in transit still arrive. */
    void pause() {
        MirrorClient.Exchange onItsWay;
        synchronized (this) {
            paused = true;
            onItsWay = exchange;
        }
        if (onItsWay != null) {
            onItsWay.pause();
        }
    }

    /** Ends a pause. */
    void goOn() {
        MirrorClient.Exchange onItsWay;
        synchronized (this) {
            paused = false;
            onItsWay = exchange;
        }
        if (onItsWay != null) {
            onItsWay.goOn();
        }
    }

    /** Drops it with its connection; the listener may still be called. */
    public void drop() {
        MirrorClient.Exchange onItsWay;
        synchronized (this) {
            unwanted = true;
            onItsWay = exchange;
        }
        if (onItsWay != null) {
            onItsWay.cancel();
        }
    }
}
