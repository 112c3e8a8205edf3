package flexo.app;

import flexo.config.MirrorOrder;
import flexo.config.MirrorsAuto;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorCriteria;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The settings of automatic mirror selection in the words of the mirror package. */
final class MirrorSettings {
    private MirrorSettings() {}

    static MirrorCriteria criteria(MirrorsAuto settings) {
        return new MirrorCriteria(
                settings.httpsRequired(),
                settings.ipv4(),
                settings.ipv6(),
                settings.maxScore(),
                settings.allowedCountries(),
                settings.mirrorsBlacklist().stream().map(Mirror::new).collect(Collectors.toSet()),
                settings.numMirrors(),
                settings.order() == MirrorOrder.RANDOM ? MirrorCriteria.Order.RANDOM : MirrorCriteria.Order.SORT,
                settings.timeout());
    }

    /** Where the status document is to be had, in the order to be tried. */
    static List<URI> statusDocuments(MirrorsAuto settings) {
        return Stream.concat(
                        Stream.of(settings.mirrorsStatusJsonEndpoint()),
                        settings.mirrorsStatusJsonEndpointFallbacks().stream())
                .toList();
    }
}
