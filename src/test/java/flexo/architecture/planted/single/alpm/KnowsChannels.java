package flexo.architecture.planted.single.alpm;

import java.nio.channels.ByteChannel;

interface KnowsChannels {
    ByteChannel channel();
}
