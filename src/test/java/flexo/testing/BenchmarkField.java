package flexo.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A field of mirrors for {@code src/test/scripts/benchmark-mirror-test}: runs until its input ends. */
public final class BenchmarkField {
    private static final int SLOWEST_MILLIS = 400;
    private static final int QUICKEST_MILLIS = 20;

    private BenchmarkField() {}

    /**
     * Opens the field and prints the addresses of its status document and of a mirror that is not in the document.
     *
     * @param arguments the number of mirrors
     * @throws IOException if there is no port
     */
    public static void main(String[] arguments) throws IOException {
        int count = Integer.parseInt(arguments[0]);
        try (MirrorField field = new MirrorField()) {
            String server = field.add().url();
            Instant fresh = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(3, ChronoUnit.HOURS);
            StatusDocument document = new StatusDocument();
            for (int i = 0; i < count; i++) {
                document.add(spoilt(field.add(), i % 20)
                        .latency(Duration.ofMillis(
                                QUICKEST_MILLIS + (long) i * (SLOWEST_MILLIS - QUICKEST_MILLIS) / count))
                        .databaseModified(i % 20 == 10 ? fresh.minus(5, ChronoUnit.DAYS) : fresh)
                        .url());
            }
            field.file(StatusDocument.PATH, document.content())
                    .file("/core/os/x86_64/core.db", FileContent.seeded(1, 150_000));
            for (int i = 0; i < 1000; i++) {
                String path = "/core/os/x86_64/p" + i + "-1-1-any.pkg.tar.zst";
                field.file(path, FileContent.seeded(i, 100_000)).file(path + ".sig", FileContent.seeded(i, 300));
            }
            System.out.println(server + StatusDocument.PATH.substring(1) + " " + server);
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Of twenty mirrors three are dead, two are no use and one refuses HEAD. */
    private static FieldMirror spoilt(FieldMirror mirror, int kind) {
        return switch (kind) {
            case 0, 7 -> mirror.silent();
            case 3 -> mirror.refusing();
            case 5 -> mirror.cloudflare();
            case 12 -> mirror.status(404);
            case 15 -> mirror.headRefused();
            default -> mirror;
        };
    }
}
