package flexo.database;

import static flexo.download.DownloadBench.DATABASE;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.GenerationNote.Signature;
import flexo.database.GivenSignatures.Given;
import flexo.download.Client;
import flexo.testing.TestPaths;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who was given which generation, by connection first, then by address. */
class GivenSignaturesTest {
    private static final Given FIRST = given(Optional.of(Signature.of(new byte[] {1})));
    private static final Given SECOND = given(Optional.of(Signature.of(new byte[] {2})));

    private final AtomicLong nanos = new AtomicLong();
    private final GivenSignatures given = new GivenSignatures(nanos::get);

    private static Given given(Optional<Signature> signature) {
        return new Given("0".repeat(64), signature);
    }

    private static Client client(String address, int port) {
        return new Client(address, address + " port " + port);
    }

    @Test
    void nothingIsKnownOfAClientThatWasGivenNothing() {
        given.put(client("192.0.2.1", 40000), DATABASE, FIRST);

        assertThat(given.take(client("192.0.2.2", 40000), DATABASE)).isEmpty();
        assertThat(given.take(client("192.0.2.1", 40000), TestPaths.path("extra/os/x86_64/extra.db")))
                .isEmpty();
    }

    @Test
    void whatTheSameConnectionWasGivenCountsFirst() {
        given.put(client("192.0.2.1", 40000), DATABASE, FIRST);
        given.put(client("192.0.2.1", 40001), DATABASE, SECOND);

        assertThat(given.take(client("192.0.2.1", 40000), DATABASE)).contains(FIRST);
        assertThat(given.take(client("192.0.2.1", 40001), DATABASE)).contains(SECOND);
    }

    @Test
    void onAnotherConnectionTheAddressIsGivenWhatItWasGivenLast() {
        given.put(client("192.0.2.1", 40000), DATABASE, FIRST);
        given.put(client("192.0.2.1", 40001), DATABASE, SECOND);

        assertThat(given.take(client("192.0.2.1", 40002), DATABASE)).contains(SECOND);
    }

    @Test
    void connectionOfAProxyCountsOnceSinceItsNextClientMayBeAnother() {
        given.put(client("127.0.0.1", 40000), DATABASE, FIRST);
        assertThat(given.take(client("127.0.0.1", 40000), DATABASE)).contains(FIRST);
        given.put(client("127.0.0.1", 40001), DATABASE, SECOND);

        assertThat(given.take(client("127.0.0.1", 40000), DATABASE)).contains(SECOND);
    }

    @Test
    void connectionOfAProxyCountsNoMoreWhenItsClientHasComeByAnother() {
        given.put(client("127.0.0.1", 40000), DATABASE, FIRST);
        assertThat(given.take(client("127.0.0.1", 40002), DATABASE)).contains(FIRST);
        given.put(client("127.0.0.1", 40001), DATABASE, SECOND);

        assertThat(given.take(client("127.0.0.1", 40000), DATABASE)).contains(SECOND);
    }

    @Test
    void addressThatAsksAgainIsGivenTheSame() {
        given.put(client("192.0.2.1", 40000), DATABASE, FIRST);

        for (int i = 0; i < 3; i++) {
            assertThat(given.take(client("192.0.2.1", 40000), DATABASE)).contains(FIRST);
        }
    }

    @Test
    void whatWasGivenCountsForHalfAMinute() {
        given.put(client("192.0.2.1", 40000), DATABASE, FIRST);
        nanos.set(GivenSignatures.COUNT_FOR.toNanos());
        assertThat(given.take(client("192.0.2.1", 40001), DATABASE)).contains(FIRST);

        nanos.incrementAndGet();

        assertThat(given.take(client("192.0.2.1", 40001), DATABASE)).isEmpty();
        assertThat(given.take(client("192.0.2.1", 40000), DATABASE)).isEmpty();
    }

    @Test
    void thatADatabaseHasNoSignatureIsRememberedToo() {
        given.put(client("192.0.2.1", 40000), DATABASE, given(Optional.empty()));

        assertThat(given.take(client("192.0.2.1", 40000), DATABASE)).contains(given(Optional.empty()));
    }

    @Test
    void longestUnusedIsForgottenFirst() {
        GivenSignatures given = new GivenSignatures(1 << 20, nanos::get);
        Client first = client("192.0.2.1", 40000);
        given.put(first, DATABASE, FIRST);
        for (int port = 0; port < 10_000; port++) {
            given.put(client("192.0.2.3", port), DATABASE, SECOND);
        }

        assertThat(given.take(first, DATABASE)).isEmpty();
        assertThat(given.take(client("192.0.2.3", 9_999), DATABASE)).contains(SECOND);
    }

    @Test
    void longSignaturesTakeThePlaceOfManyShortOnes() {
        GivenSignatures given = new GivenSignatures(1 << 20, nanos::get);
        Client first = client("192.0.2.1", 40000);
        given.put(first, DATABASE, FIRST);

        for (int number = 0; number < 10; number++) {
            given.put(
                    client("192.0.2.2", number),
                    DATABASE,
                    given(Optional.of(Signature.of(new byte[(64 << 10) + number]))));
        }

        assertThat(given.take(first, DATABASE)).contains(FIRST);
        for (int number = 0; number < 20; number++) {
            given.put(
                    client("192.0.2.2", number),
                    DATABASE,
                    given(Optional.of(Signature.of(new byte[(64 << 10) + number]))));
        }
        assertThat(given.take(client("192.0.2.1", 1), DATABASE)).isEmpty();
    }
}
