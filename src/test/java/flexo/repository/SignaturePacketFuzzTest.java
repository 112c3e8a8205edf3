package flexo.repository;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Damage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever a mirror sends in place of a signature, it is one that can be compared or none. */
class SignaturePacketFuzzTest {
    private static final int ROUNDS = 50_000 * Integer.getInteger("flexo.test.effort", 1);

    @Test
    void everySignatureCanBeComparedOrIsNone() throws IOException {
        List<byte[]> whole = List.of(
                resource("core.db.sig"),
                resource("core.db.SHA1.sig"),
                resource("core.db.rsa.sig"),
                resource("core.db.armored.sig"));
        Damage damage =
                new Damage(1, "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", "\n\n", "=", "\u0000");
        byte[] file = "a database".getBytes(StandardCharsets.UTF_8);
        int signatures = 0;

        for (int round = 0; round < ROUNDS; round++) {
            Optional<SignaturePacket> packet = SignaturePacket.parse(damage.of(damage.oneOf(whole)));
            if (packet.isPresent()) {
                signatures++;
                var digest = packet.get().newDigest();
                digest.update(file);
                boolean unused = packet.get().mayBelongTo(digest);
            }
        }

        assertThat(signatures).isBetween(1, ROUNDS - 1);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(SignaturePacketFuzzTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }
}
