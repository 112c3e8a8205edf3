package flexo.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real signatures by gpg, over a real database; and everything that is none. */
class SignaturePacketTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "core.db.sig",
                "core.db.SHA1.sig",
                "core.db.SHA256.sig",
                "core.db.SHA384.sig",
                "core.db.SHA512.sig",
                "core.db.rsa.sig",
                "core.db.armored.sig"
            })
    void signatureBelongsToItsFileAndToNoOther(String name) throws Exception {
        SignaturePacket signature = parse(name).orElseThrow();

        assertThat(signature.mayBelongTo(resource("core.db"))).isTrue();
        assertThat(signature.mayBelongTo(resource("core.files"))).isFalse();
        assertThat(signature.mayBelongTo(resource("core-xz.db"))).isFalse();
    }

    @Test
    void signatureOfAnotherFileBelongsToThatOne() throws Exception {
        SignaturePacket signature = parse("core.files.sig").orElseThrow();

        assertThat(signature.mayBelongTo(resource("core.files"))).isTrue();
        assertThat(signature.mayBelongTo(resource("core.db"))).isFalse();
    }

    @Test
    void fileMayBeHashedWhileItArrives() throws Exception {
        SignaturePacket signature = parse("core.db.sig").orElseThrow();
        byte[] file = read("core.db");
        MessageDigest digest = signature.newDigest();
        for (byte b : file) {
            digest.update(b);
        }
        MessageDigest ofLess = signature.newDigest();
        ofLess.update(file, 0, file.length - 1);

        assertThat(signature.mayBelongTo(digest)).isTrue();
        assertThat(signature.mayBelongTo(ofLess)).isFalse();
    }

    @Test
    void changedFileIsToldInAllButOneOfManyThousands() throws Exception {
        SignaturePacket signature = parse("core.db.sig").orElseThrow();
        byte[] file = read("core.db");
        Random random = new Random(7);
        int taken = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] changed = file.clone();
            changed[random.nextInt(file.length)] ^= (byte) (1 + random.nextInt(255));
            MessageDigest digest = signature.newDigest();
            digest.update(changed);
            taken += signature.mayBelongTo(digest) ? 1 : 0;
        }

        assertThat(taken).isLessThanOrEqualTo(1);
    }

    @Test
    void everyFormOfAPacketsHeadIsRead() throws Exception {
        // Written by gpg: the old form with a length of two octets.
        byte[] body = read("core.db.rsa.sig");
        body = Arrays.copyOfRange(body, 3, body.length);
        int length = body.length;

        assertBelongs(packet(body, 0x88 | 2, 0, 0, length >> 8, length));
        assertBelongs(packet(body, 0x88 | 3));
        assertBelongs(packet(body, 0xc2, ((length - 192) >> 8) + 192, length - 192));
        assertBelongs(packet(body, 0xc2, 255, 0, 0, length >> 8, length));
        byte[] small = read("core.db.SHA256.sig");
        small = Arrays.copyOfRange(small, 2, small.length);
        assertBelongs(packet(small, 0x88, small.length));
        assertBelongs(packet(small, 0xc2, small.length));
        // In parts; another packet; none; a length that never ends.
        assertThat(SignaturePacket.parse(packet(body, 0xc2, 224 + 8))).isEmpty();
        assertThat(SignaturePacket.parse(packet(body, 0xc6, 255, 0, 0, length >> 8, length)))
                .isEmpty();
        assertThat(SignaturePacket.parse(packet(body, 0x80 | 6 << 2 | 3))).isEmpty();
        assertThat(SignaturePacket.parse(packet(body, 0xc2, 255, 0xff, 0xff, 0xff, 0xff)))
                .isEmpty();
    }

    @Test
    void secondSignatureBehindTheFirstIsNoHarm() throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(read("core.db.SHA256.sig"));
        both.writeBytes(read("core.db.rsa.sig"));

        assertBelongs(both.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"core.db.text.sig", "core.db.SHA224.sig", "core.db", "core.files", "empty.db"})
    void whateverElseItIsIsNotJudged(String name) throws Exception {
        assertThat(parse(name)).isEmpty();
    }

    @Test
    void otherVersionIsNotJudged() throws Exception {
        for (int version : new int[] {3, 5, 6}) {
            byte[] signature = read("core.db.sig");
            signature[2] = (byte) version;
            assertThat(SignaturePacket.parse(signature)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "<html>",
                "-----BEGIN PGP SIGNATURE-----",
                "-----BEGIN PGP SIGNATURE-----\n\n=abcd\n-----END PGP SIGNATURE-----\n",
                "-----BEGIN PGP SIGNATURE-----\n\n?!\n-----END PGP SIGNATURE-----\n",
                "-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----\n"
            })
    void textThatIsNoSignatureIsNone(String text) {
        assertThat(SignaturePacket.parse(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void armorMayHaveTextBeforeItAndHeadersAndOtherLineEnds() throws Exception {
        String armored = new String(read("core.db.armored.sig"), StandardCharsets.US_ASCII)
                .replace("-----BEGIN PGP SIGNATURE-----\n", "Hello\n-----BEGIN PGP SIGNATURE-----\nComment: hello\n")
                .replace("\n", "\r\n");

        assertBelongs(armored.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void cutOffSignatureIsNone() throws Exception {
        for (String name : new String[] {"core.db.sig", "core.db.rsa.sig", "core.db.SHA1.sig"}) {
            byte[] whole = read(name);
            for (int length = 0; length < whole.length; length++) {
                assertThat(SignaturePacket.parse(Arrays.copyOf(whole, length)))
                        .as("the first " + length + " bytes of " + name)
                        .isEmpty();
            }
        }
    }

    @Test
    void noBytesMakeItFail() throws Exception {
        Random random = new Random(20260301);
        for (String name : new String[] {"core.db.sig", "core.db.rsa.sig", "core.db.armored.sig"}) {
            byte[] whole = read(name);
            for (int i = 0; i < 5000; i++) {
                byte[] changed = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
                for (int flips = random.nextInt(4); flips >= 0; flips--) {
                    changed[random.nextInt(Math.min(changed.length, 40))] = (byte) random.nextInt();
                }
                Optional<SignaturePacket> signature = SignaturePacket.parse(changed);
                if (signature.isPresent()) {
                    var unused = signature.get().mayBelongTo(signature.get().newDigest());
                }
            }
        }
    }

    @Test
    void webPageIsToldFromASignature() throws Exception {
        assertThat(WebPage.startsIn("\r\n <!DOCTYPE html>".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(WebPage.startsIn(new byte[0])).isFalse();
        assertThat(WebPage.startsIn(" \n".getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThat(WebPage.startsIn(read("core.db.sig"))).isFalse();
        assertThat(WebPage.startsIn(read("core.db.armored.sig"))).isFalse();
    }

    private static void assertBelongs(byte[] signature) throws IOException, URISyntaxException {
        assertThat(SignaturePacket.parse(signature).orElseThrow().mayBelongTo(resource("core.db")))
                .isTrue();
    }

    private static byte[] packet(byte[] body, int... head) {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        for (int octet : head) {
            packet.write(octet);
        }
        packet.writeBytes(body);
        return packet.toByteArray();
    }

    private static Optional<SignaturePacket> parse(String name) throws IOException, URISyntaxException {
        return SignaturePacket.parse(read(name));
    }

    private static byte[] read(String name) throws IOException, URISyntaxException {
        return Files.readAllBytes(resource(name));
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(SignaturePacketTest.class.getResource(name))
                .toURI());
    }
}
