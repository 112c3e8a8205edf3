package flexo.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One connection to a {@link ScriptedMirror}: reads requests and answers them, well or badly, until it ends. */
final class MirrorConnection {
    private static final int PIECE_BYTES = 1 << 16;

    private final ScriptedMirror mirror;
    private final Socket socket;
    private final int number;
    private final InputStream in;
    private final OutputStream out;

    MirrorConnection(ScriptedMirror mirror, Socket socket, int number) throws IOException {
        this.mirror = mirror;
        this.socket = socket;
        this.number = number;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    void run() throws IOException, InterruptedException {
        while (true) {
            RecordedRequest request = read();
            if (request == null) {
                return;
            }
            Fault fault = mirror.arrived(request);
            if (fault.headGate != null) {
                fault.headGate.await(0);
            }
            if (!answer(request, fault)) {
                return;
            }
        }
    }

    private RecordedRequest read() throws IOException {
        String first = line();
        if (first == null) {
            return null;
        }
        String[] words = first.split(" ", 3);
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String line = line(); line != null && !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).trim().toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).trim());
        }
        String target = words[1];
        String path = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
        // URLDecoder is meant for forms, where a plus sign is a space; in a path it is a plus sign.
        String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        return new RecordedRequest(number, words[0], target, decoded, headers, System.nanoTime(), new AtomicLong());
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != -1; c = in.read()) {
            if (c == '\n') {
                return line.toString();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return null;
    }

    /** Returns whether the connection may be used again. */
    private boolean answer(RecordedRequest request, Fault fault) throws IOException, InterruptedException {
        if (fault.silent) {
            return hold();
        }
        if (fault.closedWithoutAnswer) {
            return false;
        }
        if (fault.resetWithoutAnswer) {
            return reset();
        }
        if (fault.headerDrip != null) {
            return drip(fault);
        }
        Reply reply = Reply.to(request, fault, mirror.stored(request.path()));
        out.write(reply.head().getBytes(StandardCharsets.ISO_8859_1));
        if (!reply.bodyless() && !send(reply, fault, request.bodyBytesSent())) {
            return false;
        }
        return !reply.closeDelimited()
                && !fault.closedAfterwards
                && fault.lengthError <= 0
                && !"close".equalsIgnoreCase(request.header("Connection").orElse(""));
    }

    private boolean send(Reply reply, Fault fault, AtomicLong sentBytes) throws IOException, InterruptedException {
        long end = fault.ending == Fault.Ending.WHOLE
                ? reply.lengthBytes()
                : Math.min(reply.lengthBytes(), fault.endingAtBytes);
        long started = System.nanoTime();
        byte[] piece = new byte[PIECE_BYTES];
        long sent = 0;
        while (sent < end) {
            long count = Math.min(piece.length, end - sent);
            if (fault.gate != null) {
                count = Math.min(count, fault.gate.await(sent));
            }
            if (fault.bytesPerSecond > 0) {
                count = Math.min(count, Math.max(1, fault.bytesPerSecond / 50));
            }
            reply.content().copy(reply.from() + sent, piece, (int) count);
            if (fault.chunked) {
                out.write((Long.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            out.write(piece, 0, (int) count);
            if (fault.chunked) {
                out.write(new byte[] {'\r', '\n'});
            }
            sent += count;
            sentBytes.addAndGet(count);
            if (fault.bytesPerSecond > 0) {
                waitUntil(started + sent * 1_000_000_000L / fault.bytesPerSecond);
            }
        }
        return switch (fault.ending) {
            case WHOLE -> {
                if (fault.chunked) {
                    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                yield true;
            }
            case STALL -> hold();
            case FIN -> false;
            case RST -> reset();
        };
    }

    /** Waits until the other side closes; whatever it sends meanwhile is swallowed. */
    private boolean hold() throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
        return false;
    }

    private boolean reset() throws IOException {
        socket.setSoLinger(true, 0);
        return false;
    }

    private boolean drip(Fault fault) throws IOException, InterruptedException {
        byte[] start = "HTTP/1.1 200 OK\r\nX-Drip: ".getBytes(StandardCharsets.US_ASCII);
        for (long at = 0; ; at++) {
            out.write(at < start.length ? start[(int) at] : 'x');
            waitUntil(System.nanoTime() + fault.headerDrip.toNanos());
        }
    }

    private static void waitUntil(long nanoTime) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime());
    }

    /** A head and the bytes that follow it: {@code lengthBytes} of {@code content} from {@code from}. */
    private record Reply(
            String head, FileContent content, long from, long lengthBytes, boolean bodyless, boolean closeDelimited) {

        static Reply to(RecordedRequest request, Fault fault, ScriptedMirror.Stored file) {
            List<String> lines = new ArrayList<>(List.of("Server: scripted", "Date: Wed, 01 Jan 2025 12:00:00 GMT"));
            lines.addAll(fault.headers);
            boolean head = request.method().equals("HEAD");
            if (fault.body != null) {
                int status = fault.status == 0 ? 200 : fault.status;
                if (fault.contentType != null) {
                    lines.add("Content-Type: " + fault.contentType);
                }
                return reply(status, lines, FileContent.of(fault.body), 0, fault.body.length, head, fault);
            }
            if (file == null) {
                byte[] text = "not here\n".getBytes(StandardCharsets.US_ASCII);
                return reply(404, lines, FileContent.of(text), 0, text.length, head, fault);
            }
            String lastModified =
                    fault.lastModified != null ? fault.lastModified : ScriptedMirror.httpDate(file.lastModified());
            if (!fault.lastModifiedMissing) {
                lines.add("Last-Modified: " + lastModified);
                lines.add("ETag: " + file.etag());
            }
            lines.add("Accept-Ranges: bytes");
            if (!fault.lastModifiedMissing && !fault.conditionsIgnored && notModified(request, file.lastModified())) {
                return reply(304, lines, FileContent.of(new byte[0]), 0, 0, true, fault);
            }
            return ranged(request, fault, file, lastModified, lines, head);
        }

        private static Reply ranged(
                RecordedRequest request,
                Fault fault,
                ScriptedMirror.Stored file,
                String lastModified,
                List<String> lines,
                boolean head) {
            long total = file.content().lengthBytes();
            String range = request.header("Range").orElse("");
            String ifRange = request.header("If-Range").orElse(lastModified);
            if (fault.rangeIgnored
                    || !range.matches("bytes=(\\d+-\\d*|-\\d+)")
                    || !(ifRange.equals(lastModified) || ifRange.equals(file.etag()))) {
                return reply(200, lines, file.content(), 0, total, head, fault);
            }
            String[] ends = range.substring("bytes=".length()).split("-", 2);
            long from = ends[0].isEmpty() ? Math.max(0, total - Long.parseLong(ends[1])) : Long.parseLong(ends[0]);
            long to = ends[0].isEmpty() || ends[1].isEmpty() ? total - 1 : Math.min(total - 1, Long.parseLong(ends[1]));
            if (from >= total || to < from) {
                lines.add("Content-Range: bytes */" + total);
                return reply(416, lines, FileContent.of(new byte[0]), 0, 0, head, fault);
            }
            long said = from + fault.rangeStartError;
            lines.add("Content-Range: bytes " + said + "-" + to + "/" + (total + fault.rangeTotalError));
            return reply(206, lines, file.content(), said, to - said + 1, head, fault);
        }

        private static boolean notModified(RecordedRequest request, Instant lastModified) {
            try {
                return request.header("If-Modified-Since")
                        .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant())
                        .filter(since -> !lastModified.isAfter(since))
                        .isPresent();
            } catch (DateTimeException malformed) {
                return false;
            }
        }

        private static Reply reply(
                int status,
                List<String> lines,
                FileContent content,
                long from,
                long length,
                boolean head,
                Fault fault) {
            boolean closeDelimited = fault.lengthMissing && !fault.chunked;
            if (fault.chunked) {
                lines.add("Transfer-Encoding: chunked");
            } else if (closeDelimited) {
                lines.add("Connection: close");
            } else if (status != 304) {
                lines.add("Content-Length: " + (length + fault.lengthError));
            }
            String text = "HTTP/1.1 " + status + " Scripted\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
            return new Reply(text, content, from, length, head || status == 304, closeDelimited);
        }
    }
}
