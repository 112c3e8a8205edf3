package flexo.download;

import flexo.mirror.MirrorFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A client whose mirrors are played by the test: every request it was given waits for what the test lets happen. */
public final class ScriptedMirrors implements MirrorClient {
    private final List<Asked> asked = new ArrayList<>();
    /** Thrown by the next request instead of sending it; null normally. */
    private RuntimeException broken;

    /** A request that was sent, and the mirror's part in it. */
    public static final class Asked implements Exchange {
        private final MirrorRequest request;
        private final MirrorResponseListener listener;
        private boolean cancelled;
        private boolean paused;

        private Asked(MirrorRequest request, MirrorResponseListener listener) {
            this.request = request;
            this.listener = listener;
        }

        public MirrorRequest request() {
            return request;
        }

        public long fromByte() {
            return request.fromByte();
        }

        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void goOn() {
            paused = false;
        }

        /** Whether no more of the body is wanted for now. */
        public boolean isPaused() {
            return paused;
        }

        /** The head arrives; false if its body was refused. */
        public boolean responds(MirrorResponse response) {
            return listener.onResponse(response);
        }

        /** A piece of the body arrives. */
        public void sends(byte[] bytes) {
            listener.onBytes(ByteBuffer.wrap(bytes));
        }

        public void ends() {
            listener.onEnd();
        }

        public void fails(MirrorFailure failure) {
            listener.onFailure(failure, "failed in the test", false);
        }

        public void findsItsConnectionStale() {
            listener.onFailure(MirrorFailure.UNREACHABLE, "closed its connection", true);
        }
    }

    public void breakNextRequest(RuntimeException with) {
        broken = with;
    }

    @Override
    public Exchange send(MirrorRequest request, MirrorResponseListener listener) {
        if (broken != null) {
            RuntimeException once = broken;
            broken = null;
            throw once;
        }
        Asked exchange = new Asked(request, listener);
        asked.add(exchange);
        return exchange;
    }

    /** The requests so far, in order. */
    public List<Asked> asked() {
        return asked;
    }

    public Asked last() {
        return asked.get(asked.size() - 1);
    }
}
