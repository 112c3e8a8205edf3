package flexo.config;

import flexo.mirror.Mirror;
import flexo.upstream.Credential;
import flexo.upstream.HttpProxy;
import flexo.upstream.NoProxy;
import flexo.upstream.OutboundRules;
import flexo.upstream.ProxyRules;
import flexo.upstream.TlsSetup;
import flexo.upstream.UpstreamAccess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the settings of the way to upstreams. */
final class OutboundReading {
    private final SettingValues values;
    private final Map<String, String> environment;

    /**
     * Reads from these values.
     *
     * @param environment the environment of the process, whose proxy variables apply where our settings say nothing
     */
    OutboundReading(SettingValues values, Map<String, String> environment) {
        this.values = values;
        this.environment = environment;
    }

    Outbound read(List<CustomRepository> customRepositories) {
        List<UpstreamAccess> upstreams =
                new ArrayList<>(values.value(Keys.UPSTREAM_CREDENTIALS).orElse(List.of()));
        customRepositories.forEach(repository ->
                repository.mirrors().stream().map(repository::access).forEach(upstreams::add));
        // Other nodes are near. Last, so that a way of their own counts.
        values.get(Keys.SIBLINGS).stream().map(OutboundReading::direct).forEach(upstreams::add);
        return new Outbound(
                values.get(Keys.CONNECT_TIMEOUT),
                values.value(Keys.USER_AGENT),
                tls(),
                new OutboundRules(
                        proxies(),
                        upstreams,
                        new OutboundRules.RedirectRules(
                                values.get(Keys.ALLOW_HTTPS_DOWNGRADE), values.get(Keys.ALLOW_PRIVATE_REDIRECTS))));
    }

    private static UpstreamAccess direct(Mirror sibling) {
        return new UpstreamAccess(
                sibling.base(), Optional.of(new UpstreamAccess.Way(Optional.empty())), Optional.empty(), Map.of());
    }

    private ProxyRules proxies() {
        Optional<Credential> login = login();
        return new ProxyRules(
                proxy(Keys.HTTP_PROXY, login),
                proxy(Keys.HTTPS_PROXY, login),
                new NoProxy(
                        values.source(Keys.NO_PROXY).isPresent()
                                ? values.value(Keys.NO_PROXY).orElse(List.of())
                                : ofProcess(Keys.NO_PROXY, Keys.NO_PROXY.parser())
                                        .orElse(List.of())));
    }

    private Optional<HttpProxy> proxy(Key<UpstreamAccess.Way> key, Optional<Credential> login) {
        Optional<UpstreamAccess.Way> choice = values.source(key).isPresent()
                ? values.value(key)
                : ofProcess(key, ValueParser.of(Keys.EXPECTED_PROXY, OutboundValues::proxyOfProcess));
        return choice.flatMap(UpstreamAccess.Way::proxy)
                .map(proxy ->
                        proxy.credential().isPresent() ? proxy : new HttpProxy(proxy.host(), proxy.port(), login));
    }

    private Optional<Credential> login() {
        Optional<String> user = values.value(Keys.PROXY_USER);
        Optional<Secret> password = values.value(Keys.PROXY_PASSWORD);
        Optional<Secret> fromFile = values.value(Keys.PROXY_PASSWORD_FILE);
        boolean hasUser = isSet(Keys.PROXY_USER);
        boolean hasPassword = isSet(Keys.PROXY_PASSWORD);
        boolean hasFile = isSet(Keys.PROXY_PASSWORD_FILE);
        if (hasPassword && hasFile) {
            values.wrong(Keys.PROXY_PASSWORD_FILE, "only one of proxy_password, proxy_password_file can be set");
        }
        if (hasUser && !hasPassword && !hasFile) {
            values.wrong(Keys.PROXY_USER, "needs proxy_password or proxy_password_file beside it");
        }
        if (!hasUser && (hasPassword || hasFile)) {
            values.wrong(hasPassword ? Keys.PROXY_PASSWORD : Keys.PROXY_PASSWORD_FILE, "needs proxy_user beside it");
        }
        return user.flatMap(name -> password.or(() -> fromFile).map(word -> Credential.basic(name, word.value())));
    }

    private TlsSetup.Files tls() {
        Optional<Path> certificate = values.value(Keys.CLIENT_CERTIFICATE);
        Optional<Path> key = values.value(Keys.CLIENT_KEY);
        if (isSet(Keys.CLIENT_CERTIFICATE) && !isSet(Keys.CLIENT_KEY)) {
            values.wrong(Keys.CLIENT_CERTIFICATE, "needs client_key beside it");
        }
        if (isSet(Keys.CLIENT_KEY) && !isSet(Keys.CLIENT_CERTIFICATE)) {
            values.wrong(Keys.CLIENT_KEY, "needs client_certificate beside it");
        }
        return new TlsSetup.Files(values.get(Keys.CA_CERTIFICATES), certificate, key, values.get(Keys.MINIMUM_TLS));
    }

    private boolean isSet(Key<?> key) {
        return values.source(key).isPresent();
    }

    /** {@return the value of a process variable; lower case takes precedence, as in curl} An invalid one is noted. */
    private <T> Optional<T> ofProcess(Key<?> key, ValueParser<T> parser) {
        for (String name : List.of(key.name(), key.name().toUpperCase(Locale.ROOT))) {
            String text = environment.getOrDefault(name, "");
            if (!text.isBlank()) {
                Parsed<T> parsed = parser.parse(text);
                parsed.mistakes()
                        .forEach(mistake -> values.problems()
                                .add(Problem.mistake("environment variable " + name, key.name(), mistake)));
                return parsed.value();
            }
        }
        return Optional.empty();
    }
}
