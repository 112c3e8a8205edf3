package flexo.web;

import flexo.mirror.Mirror;
import flexo.mirror.MirrorRefresh;
import flexo.mirror.SteeredMirrors;
import flexo.web.Query.RefusedException;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The endpoints for mirrors: a test, and decisions on single mirrors. */
public final class MirrorEndpoints {
    private static final String MIRROR = "mirror";
    private static final String MINUTES = "minutes";

    private final SteeredMirrors mirrors;
    private final Supplier<Optional<MirrorRefresh>> tests;
    private final Executor storage;

    /** An order about one mirror. */
    @FunctionalInterface
    private interface Order {
        /** Returns the reason why it is refused; empty on success. */
        Optional<String> about(Mirror mirror, Query query) throws RefusedException;
    }

    /**
     * The endpoints of the official mirrors.
     *
     * @param tests empty if mirrors are not selected by tests
     * @param storage writes to the disk
     */
    public MirrorEndpoints(SteeredMirrors mirrors, Supplier<Optional<MirrorRefresh>> tests, Executor storage) {
        this.mirrors = mirrors;
        this.tests = tests;
        this.storage = storage;
    }

    /** {@code POST /api/v1/mirror-test}: starts a mirror test, like the periodic one; answered when it begins. */
    public Endpoint test() {
        return Endpoint.ordering(Query.action(
                List.of(),
                query -> Query.elsewhere(storage, () -> {
                    Optional<MirrorRefresh> refresh = tests.get();
                    if (refresh.isEmpty()) {
                        throw new RefusedException(
                                HttpServletResponse.SC_CONFLICT,
                                "Mirrors are chosen by the settings, not by tests; mirror_selection_method says so.");
                    }
                    if (!refresh.get().testNow()) {
                        throw new RefusedException(HttpServletResponse.SC_CONFLICT, "A mirror test is running.");
                    }
                    return Reply.of(HttpServletResponse.SC_ACCEPTED, "", "");
                })));
    }

    /** {@code POST /api/v1/mirrors/pin}: makes {@code mirror} the first choice. */
    public Endpoint pin() {
        return about(List.of(), (mirror, query) -> {
            mirrors.pin(mirror);
            return Optional.empty();
        });
    }

    /** {@code POST /api/v1/mirrors/rest}: puts {@code mirror} to rest for a number of {@code minutes}. */
    public Endpoint rest() {
        return about(
                List.of(MINUTES),
                (mirror, query) -> mirrors.rest(
                        mirror,
                        query.as(
                                MINUTES,
                                MirrorEndpoints::minutes,
                                "number of minutes from 1 to " + SteeredMirrors.LONGEST_REST.toMinutes())));
    }

    private static Optional<Duration> minutes(String text) {
        return Optional.of(text)
                .filter(digits -> digits.matches("[1-9][0-9]{0,5}"))
                .map(digits -> Duration.ofMinutes(Long.parseLong(digits)))
                .filter(time -> time.compareTo(SteeredMirrors.LONGEST_REST) <= 0);
    }

    /** {@code POST /api/v1/mirrors/ban}: bans {@code mirror}. */
    public Endpoint ban() {
        return about(List.of(), (mirror, query) -> mirrors.ban(mirror));
    }

    /** {@code POST /api/v1/mirrors/release}: removes all decisions on {@code mirror}. */
    public Endpoint release() {
        return about(List.of(), (mirror, query) -> {
            mirrors.release(mirror);
            return Optional.empty();
        });
    }

    private Endpoint about(List<String> more, Order order) {
        List<String> names = new ArrayList<>(List.of(MIRROR));
        names.addAll(more);
        return Endpoint.ordering(Query.action(names, query -> {
            String name = query.demanded(MIRROR);
            return Query.elsewhere(storage, () -> {
                Mirror mirror = mirrors.named(name)
                        .orElseThrow(() -> new RefusedException(
                                HttpServletResponse.SC_NOT_FOUND,
                                "There is no such mirror; GET /api/v1/state lists them with their ids."));
                Optional<String> refusal = order.about(mirror, query);
                if (refusal.isPresent()) {
                    throw new RefusedException(HttpServletResponse.SC_CONFLICT, refusal.get());
                }
                return Reply.empty();
            });
        }));
    }
}
