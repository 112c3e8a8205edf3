package flexo.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.support.BasicRequestBuilder;

/**
 * Follows a request's redirects, as far as they are allowed; replaces the library's own step, which resolves names on
 * its I/O threads and follows redirects to anywhere.
 *
 * <p>A redirect must not let a stranger choose requests inside our own network (SSRF). So once a server at a public
 * address took part, the next one is resolved here, refused if any of its addresses is private, and connected at
 * exactly the addresses that were checked, so that DNS rebinding has no effect. A proxy resolves names itself, so
 * behind one only addresses can be checked.
 */
final class Hops implements AsyncExecChainHandler {
    /** As many as curl, and so pacman, follows. */
    private static final int MAX_REDIRECTS = 10;

    private static final int LARGEST_PORT = 65_535;

    private final OutboundRoutes routes;
    private final Supplier<OutboundRules> rules;
    private final Network network;
    private final Executor resolving;

    /**
     * Follows redirects.
     *
     * @param resolving runs steps that may block on a name server
     */
    Hops(OutboundRoutes routes, Supplier<OutboundRules> rules, Network network, Executor resolving) {
        this.routes = routes;
        this.rules = rules;
        this.network = network;
        this.resolving = resolving;
    }

    @Override
    public void execute(
            HttpRequest request,
            AsyncEntityProducer entity,
            AsyncExecChain.Scope scope,
            AsyncExecChain chain,
            AsyncExecCallback callback)
            throws HttpException, IOException {
        new Walk(request, scope, chain, callback).begin();
    }

    /** One request with its redirects. Runs on one thread at a time, but not always the same one: hence volatile. */
    private final class Walk implements AsyncExecCallback {
        private final AsyncExecChain.Scope scope;
        private final AsyncExecChain chain;
        private final AsyncExecCallback callback;
        private final HttpClientContext context;
        private final Trail trail;
        private final Set<URI> visited = new HashSet<>();
        private volatile HttpRequest request;
        private volatile HttpRoute route;
        /** Null unless the response is a redirect. */
        private volatile URI next;

        Walk(HttpRequest request, AsyncExecChain.Scope scope, AsyncExecChain chain, AsyncExecCallback callback) {
            this.request = request;
            this.scope = scope;
            this.chain = chain;
            this.callback = callback;
            this.context = scope.clientContext;
            this.trail = Trail.of(context);
            this.route = scope.route;
        }

        void begin() throws HttpException, IOException {
            visited.add(trail.first());
            send();
        }

        private void send() throws HttpException, IOException {
            chain.proceed(
                    request,
                    null,
                    new AsyncExecChain.Scope(
                            scope.exchangeId,
                            route,
                            BasicRequestBuilder.copy(request).build(),
                            scope.cancellableDependency,
                            context,
                            scope.execRuntime,
                            scope.scheduler,
                            scope.execCount),
                    this);
        }

        @Override
        public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails entity)
                throws HttpException, IOException {
            next = null;
            if (trail.proxy().isPresent()) {
                checkProxy(trail.proxy().get(), response);
            }
            if (!DefaultRedirectStrategy.INSTANCE.isRedirected(request, response, context)) {
                return callback.handleResponse(response, entity);
            }
            URI from = address();
            URI to = RedirectAddress.of(
                            response.getFirstHeader(HttpHeaders.LOCATION).getValue(), from)
                    .orElseThrow(() -> new RefusedRedirectException("redirects to an address that cannot be read"));
            if ((from.getRawPath() + "/").equals(to.getRawPath())) {
                // A directory, which is no file.
                return callback.handleResponse(new BasicHttpResponse(HttpStatus.SC_NOT_FOUND), entity);
            }
            checkAddress(from, to);
            next = to;
            return null;
        }

        /** A proxy answers in place of the server when it cannot reach it, which says nothing about the server. */
        private void checkProxy(HttpProxy proxy, HttpResponse response) throws ProxyFailedException {
            if (response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED) {
                throw new ProxyFailedException(
                        proxy,
                        proxy.credential().isPresent()
                                ? "does not accept our user and password (407)"
                                : "wants a user and password (407)",
                        null);
            }
            if (route.isTunnelled() && !trail.asked()) {
                throw new ProxyFailedException(proxy, "opens no tunnel to it (" + response.getCode() + ")", null);
            }
        }

        private void checkAddress(URI from, URI to) throws RefusedRedirectException {
            if (!"http".equalsIgnoreCase(to.getScheme()) && !"https".equalsIgnoreCase(to.getScheme())) {
                throw new RefusedRedirectException("redirects to something that is neither http nor https");
            }
            if (to.getHost() == null
                    || to.getHost().contains("%")
                    || to.getPort() > LARGEST_PORT
                    || to.getRawUserInfo() != null) {
                throw new RefusedRedirectException(
                        "redirects to an address whose host cannot be read, or with a password");
            }
            if (visited.size() > MAX_REDIRECTS || !visited.add(to)) {
                throw new RefusedRedirectException("redirects without end");
            }
            boolean downgrade = Origin.of(from).scheme().equals("https")
                    && Origin.of(to).scheme().equals("http");
            if (downgrade && !rules.get().redirects().httpsDowngrade()) {
                throw new RefusedRedirectException(
                        "redirects from https to http, to " + to.getHost() + "; allow_https_downgrade would allow it");
            }
            if (senderIsPublic(from)) {
                trail.publicServerTookPart();
            }
            if (guarded() && network.spelledPrivate(to.getHost())) {
                throw toPrivatePlace(to.getHost());
            }
        }

        private boolean guarded() {
            return trail.publicSeen() && !rules.get().redirects().privateFromPublic();
        }

        private boolean senderIsPublic(URI from) {
            if (trail.proxy().isPresent()) {
                return !network.spelledPrivate(from.getHost());
            }
            return context.getEndpointDetails().getRemoteAddress() instanceof InetSocketAddress connected
                    && !network.isPrivate().test(connected.getAddress());
        }

        private RefusedRedirectException toPrivatePlace(String where) {
            return new RefusedRedirectException("redirects from the internet to a private address (" + where
                    + "); allow_private_redirects would allow it");
        }

        @Override
        public void completed() {
            if (next == null) {
                callback.completed();
            } else {
                elsewhere(this::follow);
            }
        }

        private void follow() throws HttpException, IOException {
            HttpRoute former = route;
            request =
                    BasicRequestBuilder.copy(scope.originalRequest).setUri(next).build();
            HttpRoute plain = routes.route(next, context);
            if (trail.proxy().isEmpty() && guarded()) {
                List<InetAddress> addresses = publicAddresses(next.getHost());
                trail.pin(addresses);
                route = OutboundRoutes.pinned(plain, addresses.get(0));
            } else {
                route = plain;
            }
            if (!route.equals(former)) {
                scope.execRuntime.releaseEndpoint();
            }
            send();
        }

        private List<InetAddress> publicAddresses(String host) throws UnknownHostException, RefusedRedirectException {
            List<InetAddress> addresses = new ArrayList<>(network.lookup().addresses(host));
            Optional<InetAddress> inside =
                    addresses.stream().filter(network.isPrivate()).findFirst();
            if (inside.isPresent()) {
                throw toPrivatePlace(host + ", that is " + inside.get().getHostAddress());
            }
            return addresses;
        }

        @Override
        public void failed(Exception cause) {
            if (trail.proxy().isPresent() && !trail.asked() && isOfTheProxy(cause)) {
                callback.failed(new ProxyFailedException(
                        trail.proxy().get(), Failure.of(cause, false).detail(), cause));
            } else {
                callback.failed(cause);
            }
        }

        private boolean neverConnected(Exception cause) {
            return cause instanceof UnknownHostException
                    || cause instanceof ConnectTimeoutException
                    || cause instanceof ConnectException
                    || cause instanceof NoRouteToHostException;
        }

        private boolean isOfTheProxy(Exception cause) {
            return neverConnected(cause)
                    || cause instanceof ConnectionClosedException
                    || cause instanceof SocketException;
        }

        /** Continues on a thread that may resolve names. */
        private void elsewhere(Step step) {
            try {
                resolving.execute(() -> {
                    try {
                        if (scope.cancellableDependency.isCancelled()) {
                            throw new InterruptedIOException("cancelled");
                        }
                        step.run();
                    } catch (HttpException | IOException | RuntimeException e) {
                        callback.failed(e);
                    }
                });
            } catch (RejectedExecutionException stopped) {
                callback.failed(stopped);
            }
        }

        @Override
        public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
            callback.handleInformationResponse(response);
        }

        private URI address() throws RefusedRedirectException {
            try {
                return request.getUri();
            } catch (URISyntaxException e) {
                throw new RefusedRedirectException("redirects from an address that cannot be read");
            }
        }
    }

    private interface Step {
        void run() throws HttpException, IOException;
    }
}
