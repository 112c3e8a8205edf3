package flexo.mirror;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the URLs of configured mirrors: logs each one without {@code core.db}, with the likely mistake.
 */
public final class MirrorAddresses {
    private static final Logger LOG = Logger.getLogger(MirrorAddresses.class.getName());
    private static final String DATABASE = "core/os/x86_64/core.db";
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** More than anybody configures by hand; a list of all mirrors of the world need not be checked. */
    private static final int AT_MOST = 48;

    /** Superfluous ends of URLs copied from a browser or a mirrorlist. */
    private static final Pattern TOO_MUCH = Pattern.compile(
            "(?<base>/.*?)(?<rest>((core|extra|multilib|community)(-testing|-staging)?|iso|pool|lastsync)(/.*)?|os/x86_64/)$");

    private final MirrorProbe probe;

    /** Checks through a probe. */
    public MirrorAddresses(MirrorProbe probe) {
        this.probe = probe;
    }

    /** Asks each of them once. Never blocks. */
    public void check(List<Mirror> mirrors) {
        for (Mirror mirror : mirrors.subList(0, Math.min(mirrors.size(), AT_MOST))) {
            var unused = probe.probe(mirror, TIMEOUT).thenAccept(result -> {
                if (result instanceof ProbeResult.Answered answer
                        && (answer.status() == NOT_FOUND || answer.status() == GONE)) {
                    LOG.log(
                            Level.WARNING,
                            "The mirror {0} has no {1} (it answers {2}), so its address is probably wrong: {3}",
                            new Object[] {mirror, DATABASE, answer.status(), likelyMistake(mirror)});
                }
            });
        }
    }

    /** The likely mistake in the URL of a mirror without the database, to complete a sentence. */
    static String likelyMistake(Mirror mirror) {
        URI base = mirror.base();
        Matcher tooMuch = TOO_MUCH.matcher(base.getPath());
        if (tooMuch.matches()) {
            return "\"" + tooMuch.group("rest") + "\" at its end is too much, write "
                    + new Mirror(base.resolve(tooMuch.group("base")));
        }
        return base.getPath().equals("/")
                ? "the directory is missing in which it keeps Arch Linux, often archlinux/, as in " + mirror
                        + "archlinux/"
                : "it must be followed by $repo/os/$arch, so a directory too much or too little stands at its end";
    }
}
