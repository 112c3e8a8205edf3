package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.mirror.Mirror;
import java.util.Optional;

/** The party for which a file is joined or fetched. */
sealed interface Asker {
    /** A client waits for it. */
    record ForClient(Client client) implements Asker {}

    /** The download of a package, for its signature, preferably from the same mirror. */
    record ForPackage(Mirror mirror) implements Asker {}

    /** A prefetch; it may come slowly. */
    record ForNobody(boolean slowly) implements Asker {}

    /** Whether a client waits for it. */
    default boolean isClient() {
        return this instanceof ForClient;
    }

    /** The mirror to ask first. */
    default Optional<Mirror> preferred() {
        return this instanceof ForPackage beside ? Optional.of(beside.mirror()) : Optional.empty();
    }

    /** Creates a download with this as its first reader. */
    default Download download(RepositoryPath path) {
        return this instanceof ForClient asking
                ? new Download(path).handingOn(asking.client().via())
                : new Download(path, Demand.ahead(this instanceof ForNobody nobody && nobody.slowly()), waits());
    }

    /** Joins a download; false if it is too late. */
    default boolean join(Download download) {
        return isClient() ? download.join() : download.attend(waits());
    }

    private boolean waits() {
        return !(this instanceof ForNobody);
    }

    /** The place that its download requests. */
    default Admission.Wish wish(Admission.Share share) {
        if (this instanceof ForClient asking) {
            return Admission.Wish.of(share, asking.client());
        }
        return Admission.Wish.ofOurs(share, waits() ? Admission.Urgency.SOON : Admission.Urgency.NOW_OR_NEVER);
    }
}
