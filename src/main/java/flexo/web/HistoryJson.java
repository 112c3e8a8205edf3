package flexo.web;

import flexo.web.RequestFigures.Totals;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The request counts of the last hour, day and month as JSON: for the page, and for the next start. */
public final class HistoryJson {
    private static final Logger LOG = Logger.getLogger(HistoryJson.class.getName());
    /** Shared, as building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create();

    private HistoryJson() {}

    /** Points at this distance in seconds; one without requests may be missing. */
    public record Series(long step_seconds, List<Point> points) {}

    /** The requests from a moment on, in seconds since 1970. */
    public record Point(long from, long hits, long misses, long failed, long saved_bytes, long downloaded_bytes) {
        static Point of(History.Point point) {
            Totals totals = point.totals();
            return new Point(
                    point.from().getEpochSecond(),
                    totals.hits(),
                    totals.misses(),
                    totals.failed(),
                    totals.savedBytes(),
                    totals.downloadedBytes());
        }
    }

    static String print(Map<String, Series> series) {
        return JSONB.toJson(series) + "\n";
    }

    /** The points of each series by name; malformed ones are left out. */
    static Map<String, List<History.Point>> parse(byte[] document) {
        Map<String, List<History.Point>> all = new HashMap<>();
        try {
            if (JSONB.fromJson(new String(document, StandardCharsets.UTF_8), Object.class)
                    instanceof Map<?, ?> series) {
                series.forEach((name, one) -> all.put(name.toString(), points(one)));
            }
        } catch (JsonbException | DateTimeException e) {
            LOG.log(Level.WARNING, "The plots of the page begin anew, as what was noted of them is damaged", e);
        }
        return all;
    }

    private static List<History.Point> points(Object series) {
        List<History.Point> points = new ArrayList<>();
        if (series instanceof Map<?, ?> members && members.get("points") instanceof List<?> given) {
            for (Object point : given) {
                if (point instanceof Map<?, ?> values) {
                    points.add(new History.Point(
                            Instant.ofEpochSecond(number(values, "from")),
                            new Totals(
                                    number(values, "hits"),
                                    number(values, "misses"),
                                    number(values, "failed"),
                                    number(values, "saved_bytes"),
                                    number(values, "downloaded_bytes"))));
                }
            }
        }
        return points;
    }

    private static long number(Map<?, ?> values, String name) {
        return values.get(name) instanceof BigDecimal number ? number.longValue() : 0;
    }
}
