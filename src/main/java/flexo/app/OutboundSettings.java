package flexo.app;

import flexo.config.Credentials;
import flexo.config.CustomRepository;
import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.Outbound;
import flexo.config.OutboundProxy;
import flexo.config.Problem;
import flexo.config.Secret;
import flexo.config.Tls;
import flexo.config.TlsVersion;
import flexo.upstream.Credential;
import flexo.upstream.HttpProxy;
import flexo.upstream.NoProxy;
import flexo.upstream.OutboundRules;
import flexo.upstream.ProxyRules;
import flexo.upstream.TlsSetup;
import flexo.upstream.UnusableTlsException;
import flexo.upstream.UpstreamAccess;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The settings of the way out in the words of the upstream package. */
final class OutboundSettings {
    private OutboundSettings() {}

    /**
     * The rules.
     *
     * @param listed the mirrors of repositories that have them from a list, by the name of the repository
     */
    static OutboundRules rules(FlexoConfig config, Map<String, List<URI>> listed) {
        Outbound outbound = config.outbound();
        List<UpstreamAccess> upstreams = new ArrayList<>();
        outbound.credentials()
                .forEach(given -> upstreams.add(UpstreamAccess.with(given.prefix(), credential(given.credentials()))));
        config.customRepositories()
                .forEach(repository ->
                        upstreams.addAll(accesses(repository, listed.getOrDefault(repository.name(), List.of()))));
        return new OutboundRules(
                new ProxyRules(
                        outbound.proxies().http().map(OutboundSettings::proxy),
                        outbound.proxies().https().map(OutboundSettings::proxy),
                        NoProxy.of(outbound.proxies().noProxy())),
                upstreams,
                new OutboundRules.RedirectRules(outbound.allowHttpsDowngrade(), outbound.allowPrivateRedirects()));
    }

    /**
     * Reads certificates and keys.
     *
     * @throws InvalidConfigException with everything that is wrong with them
     */
    static TlsSetup tls(Tls settings, Instant now) throws InvalidConfigException {
        try {
            return TlsSetup.of(
                    new TlsSetup.Files(
                            settings.caCertificates(),
                            settings.clientCertificate().map(Tls.ClientCertificate::certificate),
                            settings.clientCertificate().map(Tls.ClientCertificate::key),
                            settings.minimum() == TlsVersion.TLS_1_3
                                    ? TlsSetup.Minimum.TLS_1_3
                                    : TlsSetup.Minimum.TLS_1_2),
                    now);
        } catch (UnusableTlsException e) {
            throw new InvalidConfigException(e.mistakes().stream()
                    .map(mistake -> new Problem(mistake.file().toString(), mistake.key(), "", mistake.what()))
                    .toList());
        }
    }

    private static List<UpstreamAccess> accesses(CustomRepository repository, List<URI> listed) {
        Optional<UpstreamAccess.Way> way = repository
                .proxy()
                .map(choice -> new UpstreamAccess.Way(choice.proxy().map(OutboundSettings::proxy)));
        Map<String, String> headers = repository.headers().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, header -> header.getValue().value()));
        return Stream.concat(repository.urls().stream(), listed.stream())
                .filter(OutboundSettings::isHttp)
                .map(url -> new UpstreamAccess(
                        url, way, repository.credentials().map(OutboundSettings::credential), headers))
                .toList();
    }

    private static boolean isHttp(URI url) {
        return url.getScheme().startsWith("http");
    }

    private static HttpProxy proxy(OutboundProxy given) {
        return new HttpProxy(given.host(), given.port(), given.login().map(OutboundSettings::credential));
    }

    private static Credential credential(Credentials given) {
        if (given instanceof Credentials.Login login) {
            return Credential.basic(login.user(), login.password().value());
        }
        Secret token = ((Credentials.Bearer) given).token();
        return Credential.bearer(token.value());
    }
}
