package flexo.repository;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Damage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever happens to the bytes of a real database on their way, reading them ends as it says it does. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatabaseFuzzTest {
    private static final int ROUNDS = 2000 * Integer.getInteger("flexo.test.effort", 1);
    private static final DatabaseLimits LIMITS = new DatabaseLimits(4 << 20, 500, 1000, 1 << 16, 1 << 20, 20 << 20);

    @TempDir
    private Path directory;

    private int read;
    private int refused;
    private int unreadable;

    @ParameterizedTest
    @EnumSource(Packed.class)
    void damageEndsInAResultOrARefusal(Packed packed) throws Exception {
        byte[] whole = packed.pack(archive());
        Damage damage = new Damage(packed.name().hashCode());

        for (int i = 0; i < ROUNDS; i++) {
            outcome(damage.of(whole));
        }

        assertThat(read + refused + unreadable).isEqualTo(ROUNDS);
        assertThat(refused).as("refused of " + ROUNDS).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void damageOfBzip2EndsInAResultOrARefusal() throws Exception {
        byte[] whole;
        try (InputStream in = DatabaseFuzzTest.class.getResourceAsStream("core-bzip2.db")) {
            whole = in.readAllBytes();
        }
        Damage damage = new Damage(15);

        for (int i = 0; i < ROUNDS; i++) {
            outcome(damage.of(whole));
        }

        assertThat(read + refused).isEqualTo(ROUNDS);
        assertThat(refused).as("refused of " + ROUNDS).isGreaterThan(ROUNDS / 2);
    }

    /** Damage inside a checksum of its own reaches what lies behind it: the archive and the descriptions. */
    @Test
    void damageThatWasCompressedEndsInAResultOrARefusal() throws Exception {
        byte[] whole = archive();
        Damage damage = new Damage(12);

        for (int i = 0; i < ROUNDS; i++) {
            outcome(Packed.GZIP.pack(damage.of(whole)));
        }

        assertThat(read + refused + unreadable).isEqualTo(ROUNDS);
        assertThat(read).isPositive();
        assertThat(refused).isPositive();
    }

    @Test
    void headersWithFittingChecksumsEndInAResultOrARefusal() throws Exception {
        byte[] whole = archive();
        Random random = new Random(13);

        for (int i = 0; i < ROUNDS; i++) {
            byte[] changed = whole.clone();
            int header = 0;
            for (int skipped = random.nextInt(20); skipped >= 0; skipped--) {
                header = nextHeader(changed, header);
            }
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                // Sizes, types and prefixes more often than names.
                int at = random.nextBoolean() ? 124 + random.nextInt(40) : random.nextInt(512);
                changed[header + at] =
                        (byte) (random.nextBoolean() ? random.nextInt() : "0157LxgKS".charAt(random.nextInt(9)));
            }
            checksum(changed, header);
            outcome(changed);
        }

        assertThat(read).isPositive();
        assertThat(refused).isPositive();
    }

    @Test
    void noiseBehindAnyMagicEndsInARefusal() throws Exception {
        Random random = new Random(14);
        for (Packed packed : Packed.values()) {
            byte[] whole = packed.pack(archive());
            for (int i = 0; i < 500; i++) {
                byte[] noise = new byte[1 + random.nextInt(4000)];
                random.nextBytes(noise);
                System.arraycopy(whole, 0, noise, 0, Math.min(noise.length, random.nextInt(40)));
                outcome(noise);
            }
        }

        assertThat(read).isZero();
    }

    private void outcome(byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("core.db"), content);
        try {
            RepositoryDatabase database = DatabaseReader.read(file, LIMITS);
            assertThat(database.size()).isLessThan(1000);
            read++;
        } catch (NotADatabaseException e) {
            assertThat(e).message().isNotBlank().doesNotContainPattern("\\p{Cntrl}");
            refused++;
        } catch (UnreadableCompressionException e) {
            unreadable++;
        }
    }

    private static int nextHeader(byte[] tar, int header) {
        int size = 0;
        for (int i = header + 124; i < header + 135; i++) {
            size = size * 8 + (tar[i] - '0');
        }
        return header + 512 + (size + 511) / 512 * 512;
    }

    private static void checksum(byte[] tar, int header) {
        Arrays.fill(tar, header + 148, header + 156, (byte) ' ');
        int sum = 0;
        for (int i = header; i < header + 512; i++) {
            sum += tar[i] & 0xff;
        }
        for (int i = 5; i >= 0; i--) {
            tar[header + 148 + i] = (byte) ('0' + (sum & 7));
            sum >>= 3;
        }
        tar[header + 154] = 0;
    }

    /** The database that repo-add made. */
    private static byte[] archive() throws IOException {
        try (GZIPInputStream packed =
                new GZIPInputStream(Objects.requireNonNull(DatabaseFuzzTest.class.getResourceAsStream("core.files")))) {
            return packed.readAllBytes();
        }
    }
}
