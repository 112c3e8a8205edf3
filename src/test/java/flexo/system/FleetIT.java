package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The Ansible collection, as it is built, run against three booted Debian hosts: two nodes, and HAProxy before them. */
@Tag("long")
@SuppressWarnings("try") // Hosts, network and mirror are there to be closed in the end.
class FleetIT {
    /** Without it Ansible does not start. */
    private static final String UTF_8 = "C.UTF-8";

    private static final int PROXY = 10;
    private static final int FIRST = 11;
    private static final int SECOND = 12;
    private static final String DATABASE = "core/os/x86_64/core.db";
    private static final String FILE = "extra/os/x86_64/0ad-a26-18-x86_64.pkg.tar.zst";
    private static final String WAR = "/usr/share/flexo/flexo.war";
    private static final String SETTINGS = "/etc/flexo/flexo.toml";
    private static final Pattern CHANGED = Pattern.compile("changed=[1-9]");

    @ScratchFolder
    Path folder;

    private TestNetwork network;

    @Test
    void fleetIsInstalledUpgradedUnderLoadRolledBackAndRemoved() throws Exception {
        buildCollection();
        network = TestNetwork.create(folder.resolve("network.log"));
        try (TestNetwork lan = network;
                DebianHost proxy = host("lb", PROXY);
                DebianHost first = host("n1", FIRST);
                DebianHost second = host("n2", SECOND);
                RunningCommand mirror = serveMirror()) {
            writeInventory();
            writeVariables(Machine.war(), "3 s");
            fleet("--check").succeeded();

            fleet().succeeded();
            assertThat(ask(PROXY, 7878, DATABASE).status()).isZero();
            assertThat(CHANGED.matcher(fleet().succeeded().output()).find())
                    .as("a second run changes something")
                    .isFalse();
            assertThat(CHANGED.matcher(fleet("--check").succeeded().output()).find())
                    .as("a check after it finds something to change")
                    .isFalse();

            clientIsPointedAtItAndBack();
            upgradeUnderLoad(first, second);
            wrongSettingsDoNotLand(first);
            brokenArchiveIsRolledBack(first);
            removed(first, second);
        }
    }

    private void upgradeUnderLoad(DebianHost... nodes) throws Exception {
        Path next = changedWar("next.war");
        writeVariables(next, "3 s");
        Path stop = folder.resolve("stop");
        try (RunningCommand load = network.inNetwork(
                        Command.of("sh", "-c", """
                        asked=0
                        while [ ! -e %1$s ]; do
                            for file in %2$s %3$s; do
                                curl -sSf -o /dev/null --max-time 30 http://%4$s:7878/$file || echo failed: $file
                                asked=$((asked + 1))
                            done
                        done
                        echo asked $asked""".formatted(stop, DATABASE, FILE, network.address(PROXY))))
                .start(folder.resolve("load.log"))) {
            assertThat(fleet().succeeded().output())
                    .as("each node has taken the order to be drained")
                    .containsPattern("Give the order] \\*+\\s+changed: \\[n1]")
                    .containsPattern("Give the order] \\*+\\s+changed: \\[n2]");
            Files.createFile(stop);
            CommandResult asked = load.await(Duration.ofSeconds(60)).succeeded();
            assertThat(asked.output()).doesNotContain("failed").containsPattern("asked [1-9][0-9]");
        }
        for (DebianHost node : nodes) {
            assertThat(node.file(WAR)).hasSameBinaryContentAs(next);
        }
    }

    private void wrongSettingsDoNotLand(DebianHost node) throws IOException {
        String before = Files.readString(node.file(SETTINGS));
        writeVariables(folder.resolve("next.war"), "soon");

        assertThat(fleet().failed().output()).contains("connect_timeout");

        assertThat(node.file(SETTINGS)).hasContent(before);
        assertThat(ask(FIRST, 7878, "status").status()).isZero();
    }

    private void brokenArchiveIsRolledBack(DebianHost node) throws Exception {
        Path broken = changedWar("broken.war");
        Command.of("zip", "-q", "-d", broken, "WEB-INF/web.xml", "WEB-INF/lib/httpcore5-5*", "WEB-INF/lib/httpclient5*")
                .run(folder.resolve("zip.log"))
                .succeeded();
        writeVariables(broken, "3 s");

        assertThat(fleet().failed().output()).contains("The former archive serves again");

        assertThat(node.file(WAR)).hasSameBinaryContentAs(folder.resolve("next.war"));
        assertThat(ask(FIRST, 7878, DATABASE).status()).isZero();
        assertThat(ask(PROXY, 7878, DATABASE).status()).isZero();
        writeVariables(folder.resolve("next.war"), "3 s");
        fleet().succeeded();
    }

    private void clientIsPointedAtItAndBack() throws IOException {
        Pacman made = Pacman.client(
                PacmanRelease.INSTALLED,
                ArchMirror.pristine(),
                folder.resolve("client"),
                "--server",
                "http://0.0.0.0/");
        Pacman pacman = made.in(network::inNetwork);
        Path list = folder.resolve("mirrorlist");
        String before = "# Mirrors of the machine\n";
        Files.writeString(list, before);
        Files.writeString(
                made.configuration(),
                Files.readString(made.configuration()).replaceAll("(?m)^Server *=.*$", "Include = " + list));
        Path play = folder.resolve("client.yml");
        Files.writeString(play, """
                - name: Use Flexo
                  hosts: localhost
                  connection: local
                  gather_facts: false
                  roles:
                    - role: flexo.flexo.flexo_client
                      flexo_client_url: http://%s:7878/
                      flexo_client_mirrorlist: %s
                """.formatted(network.address(PROXY), list));

        ansible(play.toString()).succeeded();
        assertThat(CHANGED.matcher(ansible(play.toString()).succeeded().output())
                        .find())
                .isFalse();
        pacman.sync();
        pacman.install(Packages.FEW);
        pacman.assertIntact();

        ansible(play.toString(), "-e", "flexo_client_state=absent").succeeded();
        assertThat(list).hasContent(before);
    }

    private void removed(DebianHost... nodes) throws IOException {
        Path play = folder.resolve("remove.yml");
        Files.writeString(play, """
                - name: Remove Flexo
                  hosts: flexo_nodes
                  roles:
                    - role: flexo.flexo.flexo_server
                      flexo_server_state: absent
                      flexo_server_purge: true
                """);
        ansible(play.toString()).succeeded();
        assertThat(CHANGED.matcher(ansible(play.toString()).succeeded().output())
                        .find())
                .isFalse();
        for (DebianHost node : nodes) {
            for (String path : List.of(WAR, "/etc/flexo", "/var/cache/flexo", "/etc/systemd/system/flexo.service")) {
                assertThat(node.file(path)).doesNotExist();
            }
        }
        inTomcatOf(nodes[0]);
    }

    private void inTomcatOf(DebianHost node) throws IOException {
        Path play = folder.resolve("tomcat.yml");
        Files.writeString(play, """
                - name: Install Flexo in Tomcat
                  hosts: n1
                  roles:
                    - role: flexo.flexo.flexo_server
                      flexo_server_way: tomcat
                """);
        ansible(play.toString(), "--check").succeeded();
        ansible(play.toString()).succeeded();
        assertThat(CHANGED.matcher(ansible(play.toString()).succeeded().output())
                        .find())
                .isFalse();
        assertThat(ask(FIRST, 8080, "flexo/" + DATABASE).status()).isZero();
        assertThat(node.file("/var/cache/flexo/" + DATABASE)).isRegularFile();
    }

    private CommandResult fleet(String... options) {
        return ansible(Stream.concat(Stream.of("flexo.flexo.fleet"), Arrays.stream(options))
                .toArray(String[]::new));
    }

    private CommandResult ansible(String... arguments) {
        Command command = Command.of(
                        Machine.program("ansible-playbook"),
                        "-i",
                        folder.resolve("inventory"),
                        "-e",
                        "@" + folder.resolve("vars.yml"))
                .and(List.of(arguments))
                .with("ANSIBLE_COLLECTIONS_PATH", folder.resolve("collections").toString())
                .with("ANSIBLE_HOME", folder.resolve("ansible").toString())
                .with("ANSIBLE_NOCOLOR", "1")
                .with("ANSIBLE_PIPELINING", "1")
                .with("LC_ALL", UTF_8);
        try (RunningCommand running = network.inNetwork(command).start(folder.resolve("ansible.log"))) {
            return running.await(Duration.ofMinutes(8));
        }
    }

    /** Status 0 if it was answered well. */
    private CommandResult ask(int host, int port, String path) {
        return network.inNetwork(Command.of("curl", "-sSf", "-o", "/dev/null", "--max-time", "30")
                        .and(List.of("http://" + network.address(host) + ":" + port + "/" + path)))
                .run(folder.resolve("curl.log"));
    }

    private void buildCollection() {
        Command.of(Machine.program("ansible-galaxy"), "collection", "build", "ansible", "--output-path", folder)
                .with("LC_ALL", UTF_8)
                .run(folder.resolve("galaxy.log"))
                .succeeded();
        Command.of(
                        "sh",
                        "-c",
                        "ansible-galaxy collection install --offline -p %1$s/collections %1$s/flexo-flexo-*.tar.gz"
                                .formatted(folder))
                .with("LC_ALL", UTF_8)
                .run(folder.resolve("galaxy.log"))
                .succeeded();
    }

    private DebianHost host(String name, int number) throws IOException {
        Path key = folder.resolve("key");
        if (!Files.exists(key)) {
            Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
                    .run(folder.resolve("key.log"))
                    .succeeded();
        }
        DebianHost host = DebianHost.bare(folder.resolve(name));
        network.join(host, number);
        host.write("/etc/ssh/authorized_keys", Files.readString(folder.resolve("key.pub")));
        host.write("/etc/ssh/sshd_config.d/keys.conf", "AuthorizedKeysFile /etc/ssh/authorized_keys\n");
        host.boot(
                "ssh answers",
                () -> network.inNetwork(Command.of("ssh-keyscan", "-T", "2", network.address(number)))
                        .run(folder.resolve("scan.log"))
                        .output()
                        .contains("ssh-ed25519"));
        return host;
    }

    private void writeInventory() throws IOException {
        Files.writeString(folder.resolve("inventory"), """
                [flexo_nodes]
                n1 ansible_host=%1$s flexo_node_address=%1$s
                n2 ansible_host=%2$s flexo_node_address=%2$s
                [flexo_proxies]
                lb ansible_host=%3$s
                [all:vars]
                ansible_user=root
                ansible_ssh_private_key_file=%4$s
                ansible_ssh_common_args="-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
                ansible_python_interpreter=/usr/bin/python3
                """.formatted(
                network.address(FIRST), network.address(SECOND), network.address(PROXY), folder.resolve("key")));
    }

    private void writeVariables(Path war, String connectTimeout) throws IOException {
        Files.writeString(folder.resolve("vars.yml"), """
                flexo_server_war: %s
                flexo_server_start_seconds: 40
                flexo_server_secrets:
                  admin-token: a token for the administrators of these hosts
                flexo_server_settings:
                  listen_ip_address: 0.0.0.0
                  admin_token_file: /etc/flexo/admin-token
                  trusted_proxies: [%s]
                  connect_timeout: %s
                  mirror_selection_method: predefined
                  mirrors_predefined: ["http://%s:9101/"]
                  siblings: ["http://%s:7878/", "http://%s:7878/"]
                  archive_fallback: false
                  mirrors_auto: {allowed_countries: [DE, AT]}
                  repository:
                    - {name: core, num_versions_retain: 2}
                """.formatted(
                        war,
                        network.address(PROXY),
                        connectTimeout,
                        network.address(1),
                        network.address(FIRST),
                        network.address(SECOND)));
    }

    private RunningCommand serveMirror() {
        return network.inNetwork(Command.of(Machine.program("python3"), "-m", "http.server", "9101")
                        .and(List.of("--bind", network.address(1), "--directory"))
                        .and(List.of(ArchMirror.pristine().folder() + "/mirror")))
                .start(folder.resolve("mirror.log"));
    }

    /** The same archive with other bytes. */
    private Path changedWar(String name) throws IOException {
        Path changed = folder.resolve(name);
        Files.copy(Machine.war(), changed);
        try (FileSystem archive = FileSystems.newFileSystem(changed, Map.of())) {
            Files.write(archive.getPath("/next.txt"), name.getBytes(StandardCharsets.UTF_8));
        }
        return changed;
    }
}
