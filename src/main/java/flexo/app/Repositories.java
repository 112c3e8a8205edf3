package flexo.app;

import static java.util.function.Function.identity;

import flexo.config.CustomRepository;
import flexo.config.FlexoConfig;
import flexo.download.FileSource;
import flexo.download.LocalDirectory;
import flexo.download.RequestedFiles;
import flexo.mirror.Archive;
import flexo.mirror.FileSizes;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorHealth;
import flexo.mirror.MirrorlistFile;
import flexo.mirror.PackagePool;
import flexo.mirror.RankedMirrors;
import flexo.mirror.Siblings;
import flexo.mirror.Upstream;
import flexo.mirror.Upstreams;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The repositories, their upstreams, and the files that clients may request, by the settings.
 *
 * <p>One thread at a time changes settings; all others see the old or the new ones.
 */
final class Repositories {
    private final Settings settings;
    private final MirrorHealth health;
    private final FileSizes sizes;
    private final OutboundInUse rules;
    private final Upstreams upstreams;
    private final MirrorHealth siblingHealth = new MirrorHealth(UnsetClock.ofMachine());

    /** By name, with the settings they were made of, so that a change of one leaves the others alone. */
    private Map<String, Made> custom = Map.of();

    private record Made(CustomRepository settings, Upstream upstream) {}

    /**
     * The repositories of the settings as they change.
     *
     * @param official the upstream of the official ones
     * @param rules receives the mirrors in lists
     */
    Repositories(Settings settings, Upstream official, MirrorHealth health, FileSizes sizes, OutboundInUse rules) {
        this.settings = settings;
        this.health = health;
        this.sizes = sizes;
        this.rules = rules;
        FlexoConfig first = settings.current();
        this.upstreams = new Upstreams(official, archive(first.archive()), pool(first.archive()));
        useCustom(first.customRepositories());
        useSiblings(first.siblings());
        settings.whenChanged(FlexoConfig::siblings, this::useSiblings);
        settings.whenChanged(FlexoConfig::customRepositories, this::useCustom);
        settings.whenChanged(
                config -> config.mirrors().order(),
                next -> custom.values()
                        .forEach(made -> made.upstream().mirrors().order(next)));
        settings.whenChanged(FlexoConfig::archive, next -> upstreams.useArchive(archive(next), pool(next)));
    }

    /** The routes of paths to upstreams. */
    Upstreams upstreams() {
        return upstreams;
    }

    /** What is known of each of the other nodes. */
    MirrorHealth siblingHealth() {
        return siblingHealth;
    }

    /** Files by the paths that clients use, as far as they may. */
    RequestedFiles asRequested(FileSource files) {
        RequestedFiles requested = new RequestedFiles(files, offer(settings.current()));
        settings.whenChanged(identity(), next -> requested.use(offer(next)));
        return requested;
    }

    private void useSiblings(List<Mirror> nodes) {
        upstreams.useSiblings(Optional.of(nodes)
                .filter(some -> !some.isEmpty())
                .map(some -> new Siblings(some, siblingHealth, sizes, UnsetClock.ofMachine())));
    }

    private void useCustom(List<CustomRepository> repositories) {
        Map<String, Made> next = new HashMap<>();
        Map<String, Upstream> upstreamsByName = new HashMap<>();
        for (CustomRepository repository : repositories) {
            if (repository.directory().isEmpty()) {
                Made former = custom.get(repository.name());
                Made made = former != null && former.settings().equals(repository)
                        ? former
                        : new Made(repository, upstream(repository));
                next.put(repository.name(), made);
                upstreamsByName.put(repository.name(), made.upstream());
            }
        }
        upstreams.useCustom(upstreamsByName);
        custom.forEach((name, former) -> {
            if (!former.upstream().equals(upstreamsByName.get(name))) {
                former.upstream().mirrors().retire();
            }
        });
        custom = next;
    }

    private Upstream upstream(CustomRepository repository) {
        RankedMirrors mirrors = ranked(Upstreams.CUSTOM_DIRECTORY + "/" + repository.name());
        mirrors.order(settings.current().mirrors().order());
        repository
                .mirrorlist()
                .ifPresentOrElse(
                        list -> mirrors.useList(MirrorlistFile.unofficial(
                                list, found -> rules.listed(repository.name(), found), System::nanoTime)),
                        () -> mirrors.useInOrder(repository.mirrors()));
        return Upstream.of(Upstreams.CUSTOM_SEGMENTS, mirrors);
    }

    private Upstream archive(Archive archive) {
        RankedMirrors mirrors = ranked("the archive");
        mirrors.useInOrder(List.of(archive.days()));
        return Upstream.of(Upstreams.ARCHIVE_SEGMENTS, mirrors);
    }

    private Optional<PackagePool> pool(Archive archive) {
        return archive.pool().map(pool -> new PackagePool(pool, health, sizes, UnsetClock.ofMachine()));
    }

    private RankedMirrors ranked(String whose) {
        return new RankedMirrors(whose, health, sizes, UnsetClock.ofMachine());
    }

    private static RequestedFiles.Offer offer(FlexoConfig config) {
        Set<String> mirrored = new HashSet<>();
        Map<String, LocalDirectory> local = new HashMap<>();
        for (CustomRepository repository : config.customRepositories()) {
            repository
                    .directory()
                    .ifPresentOrElse(
                            directory -> local.put(repository.name(), new LocalDirectory(directory)),
                            () -> mirrored.add(repository.name()));
        }
        return new RequestedFiles.Offer(mirrored, local, config.restrictions());
    }
}
