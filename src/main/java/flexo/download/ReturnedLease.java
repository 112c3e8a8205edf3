package flexo.download;

import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.MirrorLease;
import flexo.mirror.Rest;
import java.time.Duration;

/** The use of a mirror that is over and was reported, while its download is still being proven. */
record ReturnedLease(Mirror mirror) implements MirrorLease {
    @Override
    public void firstByte(Duration latency) {
        // It was reported.
    }

    @Override
    public void delivered(long bytes, Duration elapsed) {
        // It was reported.
    }

    @Override
    public void wantsRest(Rest rest) {
        // It is asked for nothing.
    }

    @Override
    public void failed(MirrorFailure failure) {
        // What came from several does not say whose failure it is.
    }

    @Override
    public void close() {
        // It was given back.
    }
}
