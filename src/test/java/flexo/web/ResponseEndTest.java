package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

/** A client that left is told from one with whom the container lost patience. */
class ResponseEndTest {
    @Test
    void brokenConnectionIsAClientThatLeft() {
        assertThat(ResponseEnd.ofConnection(new IOException("Broken pipe")).why())
                .isEqualTo("the client left");
        assertThat(ResponseEnd.ofConnection(null).why()).isEqualTo("the client left");
    }

    @Test
    void containersOwnTimeOutIsToldWithItsSetting() {
        assertThat(ResponseEnd.ofConnection(new SocketTimeoutException()).why())
                .startsWith("the client took no byte for longer than the container waits")
                .contains("connectionTimeout");
        assertThat(ResponseEnd.ofConnection(new IOException(new IOException(new SocketTimeoutException())))
                        .why())
                .contains("connectionTimeout");
    }

    @Test
    void causesInACircleAreNotFollowedRound() {
        IOException first = new IOException();
        IOException second = new IOException(first);
        first.initCause(second);

        assertThat(ResponseEnd.ofConnection(first).why()).isEqualTo("the client left");
    }
}
