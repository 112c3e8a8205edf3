package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three nodes behind the shipped files of HAProxy and nginx, of which only ports, addresses and the time between checks are
 * changed.
 */
class NodesIT {
    private static final int CLIENTS = 4;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @ScratchFolder
    Path folder;

    private final List<FlexoServer> nodes = new ArrayList<>();

    private enum Balancer {
        HAPROXY,
        NGINX
    }

    @ParameterizedTest
    @EnumSource
    void eachFileIsFetchedOnceAndNodesAreRestartedAndKilledUnderLoad(Balancer balancer) throws Exception {
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"))) {
            launchNodes(mirror);
            URI url = URI.create("http://127.0.0.1:" + Machine.freePort() + "/");
            try (RunningCommand program = start(balancer, url.getPort())) {
                fillThrough(program, url, arch);
                assertEachFileWasFetchedOnce(mirror);
                assertThat(nodes)
                        .as("each node has a share")
                        .allSatisfy(node -> assertThat(Machine.bytesIn(node.cache(), ".pkg.tar.zst"))
                                .isPositive());

                List<URI> files = mirror.packageRequests().keySet().stream()
                        .filter(path -> !path.contains(Packages.LARGE_PATH))
                        .map(path -> url.resolve(path.substring(1)))
                        .toList();
                Load load = new Load(files);
                for (FlexoServer node : nodes) {
                    node.stop();
                    node.start();
                    // One after the other: the next is stopped when the balancer has seen that this one is back.
                    Awaitility.await("a share of the load")
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> requests(node) > 0);
                    load.awaitMore();
                }
                nodes.get(0).kill();
                load.awaitMore();
                load.awaitMore();
                load.end();

                assertThat(load.failures)
                        .as("of %s requests, but those that the killed node was answering", load.answered)
                        .hasSizeLessThanOrEqualTo(CLIENTS)
                        .allMatch(failure -> failure.startsWith("killed"));
            }
        } finally {
            nodes.forEach(FlexoServer::close);
        }
    }

    @Test
    void nodesThatAskEachOtherFetchNothingAgainWhenOneIsDrainedOrAddedOrLost() throws Exception {
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"))) {
            launchNodes(mirror);
            URI url = URI.create("http://127.0.0.1:" + Machine.freePort() + "/");
            try (RunningCommand program = start(Balancer.HAPROXY, url.getPort())) {
                fillThrough(program, url, arch);
                List<URI> files = mirror.packageRequests().keySet().stream()
                        .map(path -> url.resolve(path.substring(1)))
                        .toList();

                for (FlexoServer node : nodes) {
                    assertThat(drain(node)).isEqualTo(200);
                    awaitInBalancer(node, "DOWN");
                    assertAllAreServed(files);
                    node.stop();
                    node.start();
                    awaitInBalancer(node, "UP");
                    assertAllAreServed(files);
                }
                assertEachFileWasFetchedOnce(mirror);

                FlexoServer lost = nodes.get(1);
                lost.kill();
                awaitInBalancer(lost, "DOWN");
                assertAllAreServed(files);
                Path emptyCache = Files.createDirectory(folder.resolve("added"));
                lost.with("FLEXO_CACHE_DIRECTORY", emptyCache.toString()).start();
                awaitInBalancer(lost, "UP");
                assertAllAreServed(files);
                assertEachFileWasFetchedOnce(mirror);
                assertThat(Machine.bytesIn(emptyCache, ".pkg.tar.zst")).isPositive();
            }
        } finally {
            nodes.forEach(FlexoServer::close);
        }
    }

    /** All have the same settings. */
    private void launchNodes(MirrorServer mirror) {
        for (int node = 1; node <= 3; node++) {
            nodes.add(FlexoServer.alone(folder.resolve("node" + node), mirror.urls()));
        }
        String siblings = nodes.stream().map(node -> node.url().toString()).collect(Collectors.joining(","));
        nodes.forEach(
                node -> node.withAdminToken().with("FLEXO_SIBLINGS", siblings).launch());
        nodes.forEach(FlexoServer::awaitServing);
    }

    private void fillThrough(RunningCommand balancer, URI url, ArchMirror arch) {
        Awaitility.await("the balancer serves")
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(ConnectException.class)
                .until(() -> !balancer.isRunning() || get(url.resolve("status")).statusCode() == 200);
        Pacman pacman = Pacman.client(PacmanRelease.INSTALLED, arch, folder.resolve("client"), url);
        pacman.sync();
        pacman.install(Packages.THIRTY);
        pacman.assertIntact();
    }

    private static void assertEachFileWasFetchedOnce(MirrorServer mirror) {
        assertThat(mirror.packageRequests())
                .as("requests for each file and each signature")
                .isNotEmpty()
                .allSatisfy((path, requests) -> assertThat(requests).isEqualTo(1));
    }

    private static void assertAllAreServed(List<URI> files) {
        assertThat(files).allSatisfy(file -> assertThat(get(file).statusCode()).isEqualTo(200));
    }

    private static int drain(FlexoServer node) throws IOException, InterruptedException {
        return HTTP.send(
                        HttpRequest.newBuilder(node.url().resolve("api/v1/drain"))
                                .header("Authorization", FlexoServer.AUTHORIZATION)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Waits until HAProxy's checks have found a node to be so. */
    private void awaitInBalancer(FlexoServer node, String state) {
        String line = "flexo,n" + (nodes.indexOf(node) + 1) + ",";
        Awaitility.await(line + state)
                .atMost(Duration.ofSeconds(20))
                .until(() -> statistics()
                        .lines()
                        .filter(server -> server.startsWith(line))
                        .anyMatch(server -> server.contains("," + state + ",")));
    }

    private String statistics() throws IOException {
        try (SocketChannel admin = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("admin.sock")))) {
            admin.write(ByteBuffer.wrap("show stat\n".getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(admin).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Clients that ask for one file after the other, and never again for the same. */
    private static final class Load {
        private final List<URI> files;
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicBoolean over = new AtomicBoolean();
        private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        private final List<CompletableFuture<Void>> clients = new ArrayList<>();

        Load(List<URI> files) {
            this.files = files;
            for (int client = 0; client < CLIENTS; client++) {
                int first = client;
                clients.add(CompletableFuture.runAsync(() -> ask(first), threads));
            }
        }

        private void ask(int first) {
            for (int i = first; !over.get(); i++) {
                URI file = files.get(i % files.size());
                try {
                    int status = get(file).statusCode();
                    if (status != 200) {
                        failures.add(status + " " + file);
                    }
                    answered.incrementAndGet();
                } catch (IOException e) {
                    failures.add("killed or refused: " + e + " " + file);
                }
            }
        }

        /** Waits until each client was answered some more times. */
        void awaitMore() {
            int enough = answered.get() + 20 * CLIENTS;
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> answered.get() >= enough);
        }

        void end() {
            over.set(true);
            clients.forEach(CompletableFuture::join);
            threads.shutdown();
        }
    }

    private static double requests(FlexoServer node) throws IOException {
        return get(node.url().resolve("metrics/prometheus"))
                .body()
                .lines()
                .filter(line -> line.startsWith("flexo_requests_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static HttpResponse<String> get(URI url) throws IOException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(30)).build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private RunningCommand start(Balancer balancer, int port) throws IOException {
        Path file = folder.resolve("balancer.conf");
        if (balancer == Balancer.HAPROXY) {
            Files.writeString(
                    file,
                    withAddresses(Files.readString(Path.of("deploy/nodes/haproxy.cfg")))
                            .replace("bind :7878", "bind 127.0.0.1:" + port)
                            .replace("check inter 2s", "check inter 200ms")
                            .replace(
                                    "/run/haproxy-admin.sock",
                                    folder.resolve("admin.sock").toString()));
            return Command.of(Machine.program("haproxy"), "-db", "-f", file).start(folder.resolve("balancer.log"));
        }
        String site = withAddresses(Files.readString(Path.of("deploy/nodes/nginx.conf")))
                .replace("listen [::]:7878;", "")
                .replace("listen 7878", "listen 127.0.0.1:" + port);
        Files.writeString(file, """
                %1$s
                daemon off;
                pid %2$s/nginx.pid;
                error_log stderr;
                events { }
                http {
                    client_body_temp_path %2$s/body;
                    proxy_temp_path %2$s/proxy;
                    fastcgi_temp_path %2$s/fastcgi;
                    uwsgi_temp_path %2$s/uwsgi;
                    scgi_temp_path %2$s/scgi;
                    %3$s
                }
                """.formatted(Machine.isRoot() ? "user root;" : "", folder, site));
        return Command.of(Machine.program("nginx"), "-p", folder, "-c", file).start(folder.resolve("balancer.log"));
    }

    private String withAddresses(String shipped) {
        String text = shipped;
        for (int node = 1; node <= nodes.size(); node++) {
            text = text.replace(
                    "n" + node + ".example:7878",
                    "127.0.0.1:" + nodes.get(node - 1).url().getPort());
        }
        return text;
    }
}
