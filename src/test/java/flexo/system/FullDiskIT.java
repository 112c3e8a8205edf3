package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A cache directory on a disk that is small, full, or cannot be written to: clients do not notice. */
class FullDiskIT {
    private static final String FOLDER = "core/os/x86_64/";
    private static final int MIB = 1 << 20;
    private static final int DISK_MIB = 64;
    /** The heap of a small machine. */
    private static final String JAVA_OPTIONS = "-Xmx96m -XX:+ExitOnOutOfMemoryError";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @ScratchFolder
    Path folder;

    private FlexoServer flexo(ScriptedMirror mirror) {
        return FlexoServer.alone(folder.resolve("flexo"), List.of(URI.create(mirror.url())))
                .with("JAVA_TOOL_OPTIONS", JAVA_OPTIONS);
    }

    private static String name(int number) {
        return FOLDER + "large" + number + "-1.0-1-x86_64.pkg.tar.zst";
    }

    /** One that gives up as pacman does, and tells the SHA-256 of what it got. */
    private RunningCommand client(FlexoServer flexo, String path, int number, String... options) {
        return Command.of(
                        "bash",
                        "-o",
                        "pipefail",
                        "-c",
                        "curl -sSf --speed-limit 1 --speed-time 10 " + String.join(" ", options) + " "
                                + flexo.url().resolve(path) + " | sha256sum")
                .start(folder.resolve("client" + number + ".log"));
    }

    private static void assertGot(RunningCommand client, FileContent content) {
        assertThat(client.await(PATIENCE).succeeded().output()).startsWith(content.sha256());
    }

    private void assertGets(FlexoServer flexo, String path, FileContent content) {
        try (RunningCommand client = client(flexo, path, 0)) {
            assertGot(client, content);
        }
    }

    private static long linesWith(FlexoServer flexo, String text) throws IOException {
        return Files.readAllLines(flexo.log(), StandardCharsets.UTF_8).stream()
                .filter(line -> line.contains(text))
                .count();
    }

    @Test
    void twentyClientsOfAllSpeedsGetFarMoreThanTheDiskHoldsWhole() throws IOException {
        List<FileContent> files = new ArrayList<>();
        try (ScriptedMirror mirror = new ScriptedMirror();
                SmallDisk disk = SmallDisk.mount(folder.resolve("flexo/cache"), DISK_MIB);
                FlexoServer flexo = flexo(mirror)) {
            for (int i = 0; i < 6; i++) {
                files.add(FileContent.seeded(i, 50L * MIB));
                mirror.file("/" + name(i), files.get(i));
            }
            flexo.start();
            List<RunningCommand> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String limit = i % 5 == 4 ? "--limit-rate 6M" : i % 5 == 3 ? "--limit-rate 20M" : "";
                clients.add(client(flexo, name(i % 6), i, limit));
            }
            for (int i = 0; i < 20; i++) {
                assertGot(clients.get(i), files.get(i % 6));
                clients.get(i).close();
            }
            assertThat(disk.files()).allMatch(file -> file.endsWith(".zst"));
            assertThat(linesWith(flexo, "does not take")).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void fileLargerThanTheDiskGoesToEachClientAloneAndLeavesNothing() throws Exception {
        FileContent content = FileContent.seeded(1, 150L * MIB);
        try (ScriptedMirror mirror = new ScriptedMirror();
                SmallDisk disk = SmallDisk.mount(folder.resolve("flexo/cache"), DISK_MIB);
                FlexoServer flexo = flexo(mirror)) {
            mirror.file("/" + name(1), content);
            flexo.start();
            Gate gate = new Gate(MIB);
            mirror.faultOnRequest("/" + name(1), 1, new Fault().gate(gate));
            List<RunningCommand> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                clients.add(client(flexo, name(1), i));
            }
            gate.awaitReached();
            gate.open();
            for (RunningCommand client : clients) {
                assertGot(client, content);
                client.close();
            }
            assertThat(disk.files()).isEmpty();
            assertThat(linesWith(flexo, "does not take")).isEqualTo(1);
        }
    }

    @Test
    void diskThatFillsHalfWayCostsNobodyAByteAndIsUsedAgainWhenThereIsRoom() throws Exception {
        FileContent content = FileContent.seeded(2, 40L * MIB);
        try (ScriptedMirror mirror = new ScriptedMirror();
                SmallDisk disk = SmallDisk.mount(folder.resolve("flexo/cache"), DISK_MIB);
                FlexoServer flexo = flexo(mirror)) {
            mirror.file("/" + name(1), content);
            Gate gate = new Gate(20L * MIB);
            mirror.faultOnRequest("/" + name(1), 1, new Fault().gate(gate));
            flexo.start();
            try (RunningCommand fast = client(flexo, name(1), 1);
                    RunningCommand slow = client(flexo, name(1), 2, "--limit-rate 20M")) {
                gate.awaitReached();
                Path filler = disk.fill();
                try (RunningCommand joiner = client(flexo, name(1), 3)) {
                    gate.open();
                    assertGot(fast, content);
                    assertGot(slow, content);
                    assertGot(joiner, content);
                }
                Files.delete(filler);
            }
            assertThat(disk.files()).isEmpty();
            assertThat(linesWith(flexo, "does not take")).isEqualTo(1);

            assertGets(flexo, name(1), content);
            Awaitility.await().untilAsserted(() -> assertThat(disk.files()).containsExactly(name(1)));
            assertThat(linesWith(flexo, "takes files again")).isEqualTo(1);
        }
    }

    @Test
    void readOnlyDiskIsServedFromMirrorsAndUsedAgainWithoutARestart() throws IOException {
        FileContent content = FileContent.seeded(3, 20L * MIB);
        FileContent database = FileContent.of(new RepositoryDatabaseFile().bytes());
        try (ScriptedMirror mirror = new ScriptedMirror();
                SmallDisk disk = SmallDisk.mount(folder.resolve("flexo/cache"), DISK_MIB);
                FlexoServer flexo = flexo(mirror)) {
            mirror.file("/" + name(1), content).file("/" + FOLDER + "core.db", database);
            flexo.start();
            disk.becomeReadOnly();
            assertGets(flexo, name(1), content);
            assertGets(flexo, name(1), content);
            assertGets(flexo, FOLDER + "core.db", database);
            assertGets(flexo, FOLDER + "core.db", database);
            assertThat(disk.files()).isEmpty();
            assertThat(linesWith(flexo, "does not take")).isEqualTo(1);

            disk.becomeWritable();
            assertGets(flexo, name(1), content);
            Awaitility.await().untilAsserted(() -> assertThat(disk.files()).contains(name(1)));
            assertThat(linesWith(flexo, "takes files again")).isEqualTo(1);
        }
    }

    @Test
    void directoryOfAnotherUserIsNamedAtTheStartAndUsedOnceItIsOurs() throws IOException {
        FileContent content = FileContent.seeded(6, MIB);
        try (ScriptedMirror mirror = new ScriptedMirror();
                FlexoServer flexo = flexo(mirror).withoutPrivileges()) {
            mirror.file("/" + name(1), content);
            Set<PosixFilePermission> ours = Files.getPosixFilePermissions(flexo.cache());
            Files.setPosixFilePermissions(flexo.cache(), PosixFilePermissions.fromString("r-xr-xr-x"));
            flexo.start();
            assertThat(linesWith(
                            flexo,
                            "The cache directory " + flexo.cache() + " cannot be read and written by the user "
                                    + System.getProperty("user.name")))
                    .isEqualTo(1);
            assertGets(flexo, name(1), content);
            assertGets(flexo, name(1), content);
            assertThat(flexo.cache()).isEmptyDirectory();

            Files.setPosixFilePermissions(flexo.cache(), ours);
            assertGets(flexo, name(1), content);
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(flexo.cache().resolve(name(1))).isRegularFile());
            assertThat(linesWith(flexo, "does not take")).isZero();
            assertThat(linesWith(flexo, "takes files again")).isEqualTo(1);
        }
    }

    @Test
    void directoryThatCannotBeWrittenIsToldInOneLineThoughStateIsToGoThereToo() throws IOException {
        FileContent content = FileContent.seeded(7, MIB);
        Path closed = Files.createDirectories(folder.resolve("closed/cache"));
        Set<PosixFilePermission> ours = Files.getPosixFilePermissions(closed);
        try (ScriptedMirror mirror = new ScriptedMirror();
                FlexoServer flexo = flexo(mirror)
                        .withoutPrivileges()
                        .withAdminToken()
                        .with("FLEXO_CACHE_DIRECTORY", closed.toString())) {
            mirror.file("/" + name(1), content);
            for (Path directory : List.of(closed, closed.getParent())) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
            }
            flexo.start();
            assertGets(flexo, name(1), content);
            Command.of("curl", "-sSf", "-d", "", "-H", "Authorization: " + FlexoServer.AUTHORIZATION)
                    .and(List.of(flexo.url().resolve("sweep").toString()))
                    .run(folder.resolve("sweep.log"))
                    .succeeded();
            flexo.stop();

            assertThat(Files.readAllLines(flexo.log(), StandardCharsets.UTF_8))
                    .filteredOn(line -> line.contains(" WARNING ") && line.contains(closed.toString()))
                    .singleElement()
                    .asString()
                    .contains("cannot be read and written by the user");
            assertThat(flexo.log()).content().doesNotContain("Exception");
        } finally {
            for (Path directory : List.of(closed.getParent(), closed)) {
                Files.setPosixFilePermissions(directory, ours);
            }
        }
    }

    @Test
    void roomIsMadeForANewFileBeforeItIsServedWithoutCaching() throws IOException {
        FileContent first = FileContent.seeded(4, 40L * MIB);
        FileContent second = FileContent.seeded(5, 41L * MIB);
        try (ScriptedMirror mirror = new ScriptedMirror();
                SmallDisk disk = SmallDisk.mount(folder.resolve("flexo/cache"), DISK_MIB);
                FlexoServer flexo = flexo(mirror)) {
            mirror.file("/" + name(1), first).file("/" + name(2), second);
            flexo.start();
            assertGets(flexo, name(1), first);
            Awaitility.await().untilAsserted(() -> assertThat(disk.files()).containsExactly(name(1)));

            assertGets(flexo, name(2), second);
            Awaitility.await().untilAsserted(() -> assertThat(disk.files()).containsExactly(name(2)));
            assertThat(mirror.requestsFor("/" + name(2))).hasSize(1);
            assertThat(linesWith(flexo, "does not take")).isZero();
        }
    }
}
