package flexo.web;

import flexo.alpm.FileKind;
import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The response for people and browsers that do not request a mirror's file: a description of the server, and the line
 * for a mirrorlist. Never asks a mirror.
 */
final class FrontDoor {
    /** Of a shorter path something has been forgotten: it is {@code $repo/os/$arch/file}, or {@code $arch/$repo/file}. */
    private static final int FILE_SEGMENTS = 3;

    private static final int OFFICIAL_SEGMENTS = 4;
    /** Their files have paths of other forms. */
    private static final Set<String> OTHER_UPSTREAMS = Set.of("custom_repo", "repo", "archive");

    private static final Set<String> WELCOME = Set.of("/", "/help", "/help/", "/index.html", "/index.htm");

    private final TrustedProxies proxies;
    private final FrontPage page;

    /**
     * Names the server by the client's URL.
     *
     * @param proxies trusted to name that URL
     * @param page the page for browsers
     */
    FrontDoor(TrustedProxies proxies, FrontPage page) {
        this.proxies = proxies;
        this.page = page;
    }

    /**
     * Answers a request that cannot be for a mirror's file.
     *
     * @param rawPath its path below the context, undecoded; empty for the context itself
     * @return empty if it may be for a file
     */
    Optional<Reply> answer(HttpServletRequest request, String rawPath) {
        if (rawPath.isEmpty()) {
            return Optional.of(Reply.plain(HttpServletResponse.SC_FOUND, "")
                    .with("Location", request.getServletContext().getContextPath() + "/"));
        }
        if (WELCOME.contains(rawPath)) {
            return Optional.of(welcome(request));
        }
        if (rawPath.equals("/robots.txt")) {
            return Optional.of(Reply.plain(HttpServletResponse.SC_OK, "User-agent: *\nDisallow: /\n"));
        }
        return directory(rawPath)
                .map(directory -> ErrorAnswer.of(
                        HttpServletResponse.SC_NOT_FOUND,
                        directory + " is not the path of a file. " + advice(request)));
    }

    /** A path that cannot be a file on a mirror, since its last segment is missing. */
    private static Optional<RepositoryPath> directory(String rawPath) {
        boolean endsWithSlash = rawPath.endsWith("/");
        try {
            RepositoryPath path =
                    RepositoryPath.parse(endsWithSlash ? rawPath.substring(0, rawPath.length() - 1) : rawPath);
            return Optional.of(path).filter(named -> endsWithSlash || named.isNoFile());
        } catch (RefusedPathException e) {
            // Refused later, for that reason.
            return Optional.empty();
        }
    }

    /** What is to be said to whoever asked for a file that is nowhere; empty if its path is one that pacman makes. */
    String advice(HttpServletRequest request, RepositoryPath path) {
        List<String> segments = path.segments();
        int count = segments.size();
        if (OTHER_UPSTREAMS.contains(segments.get(0)) || (count >= FILE_SEGMENTS && path.kind() == FileKind.OTHER)) {
            return "";
        }
        boolean endsRightly =
                count >= OFFICIAL_SEGMENTS && segments.get(count - 3).equals("os");
        if (!endsRightly) {
            return ".\n" + advice(request);
        }
        return count == OFFICIAL_SEGMENTS
                ? ""
                : ".\nNothing belongs in front of " + String.join("/", segments.subList(count - 4, count - 1)) + ". "
                        + advice(request);
    }

    /** What whoever asked for the wrong thing has to write. */
    private String advice(HttpServletRequest request) {
        return "The line for /etc/pacman.d/mirrorlist is this one, with $repo and $arch written literally:\n"
                + "Server = " + ReachedUrl.of(request, proxies) + "/$repo/os/$arch";
    }

    private Reply welcome(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        Reply answer = accept != null && accept.contains("text/html")
                ? page.answer(request)
                : Reply.plain(
                        HttpServletResponse.SC_OK,
                        text(ReachedUrl.of(request, proxies).toString()));
        return answer.with("Vary", "Accept")
                .with("Cache-Control", "no-cache")
                .with("X-Content-Type-Options", "nosniff");
    }

    private static String text(String url) {
        return """
                This is Flexo, a caching proxy for pacman, the package manager of Arch Linux. Each package is downloaded from the
                internet once. This line belongs at the top of /etc/pacman.d/mirrorlist on each machine:

                Server = %1$s/$repo/os/$arch

                Or, with pacman 6.1 and newer, for packages only:

                CacheServer = %1$s/$repo/os/$arch

                $repo and $arch are written literally: pacman replaces them.
                Health: %1$s/status
                """.formatted(url);
    }
}
