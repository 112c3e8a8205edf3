package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.SteppedTimer;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hc.core5.concurrent.BasicFuture;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.junit.jupiter.api.Test;

class AddressRaceTest {
    private final SteppedTimer timer = new SteppedTimer();
    /** What was tried, by address, in order. */
    private final Map<String, BasicFuture<IOSession>> tried = new LinkedHashMap<>();

    private final List<IOSession> closed = new ArrayList<>();
    private Future<IOSession> race;
    /** How it ended; null before. */
    private Object end;

    private void connect(String... addresses) {
        connect(
                (server, address, local, timeout, attachment, callback) -> {
                    BasicFuture<IOSession> attempt = new BasicFuture<>(callback);
                    tried.put(((InetSocketAddress) address).getAddress().getHostAddress(), attempt);
                    return attempt;
                },
                name -> addresses(addresses));
    }

    private void connect(ConnectionInitiator initiator, Network.Lookup lookup) {
        race = new AddressRace(initiator, lookup, timer)
                .connect(new HttpHost("mirror.example", 80), null, null, null, null, new FutureCallback<>() {
                    @Override
                    public void completed(IOSession session) {
                        end = session;
                    }

                    @Override
                    public void failed(Exception cause) {
                        end = cause;
                    }

                    @Override
                    public void cancelled() {
                        end = "cancelled";
                    }
                });
    }

    private static List<InetAddress> addresses(String... texts) {
        return Stream.of(texts)
                .map(text -> {
                    try {
                        return InetAddress.getByName(text);
                    } catch (UnknownHostException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    private IOSession session() {
        return (IOSession) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {IOSession.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        closed.add((IOSession) proxy);
                    }
                    return switch (method.getName()) {
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> System.identityHashCode(proxy);
                        default -> null;
                    };
                });
    }

    @Test
    void addressAfterADeadOneIsTriedAfterAMoment() {
        connect("10.0.0.1", "10.0.0.2", "10.0.0.3");
        assertThat(tried).containsOnlyKeys("10.0.0.1");
        timer.advance(Duration.ofMillis(249));
        assertThat(tried).containsOnlyKeys("10.0.0.1");
        timer.advance(Duration.ofMillis(1));
        assertThat(tried).containsOnlyKeys("10.0.0.1", "10.0.0.2");

        IOSession session = session();
        tried.get("10.0.0.2").completed(session);

        assertThat(end).isSameAs(session);
        assertThat(tried.get("10.0.0.1").isCancelled()).isTrue();
        timer.advance(Duration.ofSeconds(1));
        assertThat(tried).doesNotContainKey("10.0.0.3");
    }

    @Test
    void addressThatRefusesIsFollowedAtOnce() {
        connect("10.0.0.1", "10.0.0.2");

        tried.get("10.0.0.1").failed(new ConnectException("refused"));

        assertThat(tried).containsOnlyKeys("10.0.0.1", "10.0.0.2");
        assertThat(end).isNull();
    }

    @Test
    void earlierAddressMayStillWin() {
        connect("10.0.0.1", "10.0.0.2");
        timer.advance(Duration.ofMillis(250));
        IOSession session = session();

        tried.get("10.0.0.1").completed(session);

        assertThat(end).isSameAs(session);
        assertThat(tried.get("10.0.0.2").isCancelled()).isTrue();
    }

    @Test
    void connectionThatComesTooLateIsClosed() {
        List<FutureCallback<IOSession>> callbacks = new ArrayList<>();
        connect(
                (server, address, local, timeout, attachment, callback) -> {
                    callbacks.add(callback);
                    return new BasicFuture<>(null);
                },
                name -> addresses("10.0.0.1", "10.0.0.2"));
        timer.advance(Duration.ofMillis(250));
        IOSession late = session();

        callbacks.get(1).completed(session());
        callbacks.get(0).completed(late);

        assertThat(closed).containsExactly(late);
    }

    @Test
    void allThatFailFailTogether() {
        connect("10.0.0.1", "10.0.0.2");
        tried.get("10.0.0.1").failed(new ConnectException("first"));
        IOException last = new ConnectException("second");
        tried.get("10.0.0.2").failed(last);

        assertThat(end).isSameAs(last);
    }

    @Test
    void nameThatCannotBeResolvedFails() {
        connect(null, name -> {
            throw new UnknownHostException(name);
        });

        assertThat(end).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void cancelledRaceTriesNoMore() {
        connect("10.0.0.1", "10.0.0.2");

        assertThat(race.cancel(true)).isTrue();
        timer.advance(Duration.ofSeconds(1));

        assertThat(end).isEqualTo("cancelled");
        assertThat(tried).containsOnlyKeys("10.0.0.1");
        assertThat(tried.get("10.0.0.1").isCancelled()).isTrue();
    }

    @Test
    void familiesTakeTurnsBeginningWithTheFirst() {
        assertThat(AddressRace.interleaved(addresses("10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::1")))
                .containsExactlyElementsOf(addresses("10.0.0.1", "2001:db8::1", "10.0.0.2", "10.0.0.3"));
        assertThat(AddressRace.interleaved(addresses("2001:db8::1", "2001:db8::2", "10.0.0.1")))
                .containsExactlyElementsOf(addresses("2001:db8::1", "10.0.0.1", "2001:db8::2"));
    }
}
