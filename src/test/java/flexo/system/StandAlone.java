package flexo.system;

import java.nio.file.Path;

/** The files of a stand-alone installation, as docs/stand-alone.md tells to copy them. */
final class StandAlone {
    private StandAlone() {}

    /** Installs Flexo on a host that is switched off; it starts when the host boots. */
    static void install(DebianHost host) {
        host.install(Machine.war(), "/usr/share/flexo/flexo.war");
        host.install(Path.of("deploy/systemd/flexo.service"), "/usr/lib/systemd/system/flexo.service");
        host.install(Path.of("deploy/systemd/flexo.sysusers.conf"), "/usr/lib/sysusers.d/flexo.conf");
        host.install(Path.of("deploy/systemd/flexo.tmpfiles.conf"), "/usr/lib/tmpfiles.d/flexo.conf");
        host.enable("flexo.service");
    }
}
