package flexo.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link ScriptedMirror} does otherwise than a good mirror would, for one answer.
 *
 * <p>Made by chaining: {@code new Fault().cutAfter(1000)}. Not to be changed once it was given to a mirror.
 */
public final class Fault {
    /** How a body ends. */
    enum Ending {
        WHOLE,
        STALL,
        FIN,
        RST
    }

    boolean silent;
    boolean closedWithoutAnswer;
    boolean resetWithoutAnswer;
    Duration headerDrip;
    int status;
    byte[] body;
    String contentType;
    final List<String> headers = new ArrayList<>();
    Ending ending = Ending.WHOLE;
    long endingAtBytes;
    boolean lengthMissing;
    long lengthError;
    boolean chunked;
    boolean rangeIgnored;
    long rangeStartError;
    long rangeTotalError;
    String lastModified;
    boolean lastModifiedMissing;
    boolean conditionsIgnored;
    boolean closedAfterwards;
    long bytesPerSecond;
    Gate gate;
    Gate headGate;

    /** A good answer, to be spoilt by the methods. */
    public Fault() {}

    /** Reads the request and says nothing, for ever. */
    public Fault silence() {
        silent = true;
        return this;
    }

    /** Reads the request and closes the connection, as a server does whose keep-alive time is over. */
    public Fault closeWithoutAnswer() {
        closedWithoutAnswer = true;
        return this;
    }

    /** Reads the request and resets the connection. */
    public Fault resetWithoutAnswer() {
        resetWithoutAnswer = true;
        return this;
    }

    /** Sends one byte of an endless head at a time. */
    public Fault dripHeader(Duration everyByte) {
        headerDrip = everyByte;
        return this;
    }

    /** Answers with a status and a short text as body. */
    public Fault status(int code) {
        status = code;
        if (body == null && code != 304) {
            body = ("status " + code + "\n").getBytes(StandardCharsets.US_ASCII);
            contentType = "text/plain";
        }
        return this;
    }

    /** Answers with a redirect. */
    public Fault redirect(int code, String location) {
        return status(code).header("Location: " + location);
    }

    /** Adds a header line. */
    public Fault header(String line) {
        headers.add(line);
        return this;
    }

    /** Answers 200 with a captive portal's page instead of the file. */
    public Fault htmlPage() {
        return htmlPage("text/html; charset=utf-8");
    }

    /** Answers 200 with a captive portal's page of this media type instead of the file. */
    public Fault htmlPage(String mediaType) {
        body = "<!DOCTYPE html><html><head><title>Log in</title></head><body>Welcome to our hotel.</body></html>\n"
                .repeat(20)
                .getBytes(StandardCharsets.US_ASCII);
        contentType = mediaType;
        return this;
    }

    /** Answers 200 with this document instead of the file. */
    public Fault json(String text) {
        body = text.getBytes(StandardCharsets.UTF_8);
        contentType = "application/json";
        return this;
    }

    /** Answers 200 with {@code Content-Length: 0}. */
    public Fault emptyBody() {
        body = new byte[0];
        return this;
    }

    /** Sends so many bytes of the body and then nothing, with the connection open. */
    public Fault stallAfter(long bytes) {
        ending = Ending.STALL;
        endingAtBytes = bytes;
        return this;
    }

    /** Sends so many bytes of the body and closes the connection. */
    public Fault cutAfter(long bytes) {
        ending = Ending.FIN;
        endingAtBytes = bytes;
        return this;
    }

    /** Sends so many bytes of the body and resets the connection. */
    public Fault resetAfter(long bytes) {
        ending = Ending.RST;
        endingAtBytes = bytes;
        return this;
    }

    /** Sends no Content-Length; the end of the connection is the end of the body. */
    public Fault noLength() {
        lengthMissing = true;
        return this;
    }

    /** Sends a Content-Length that is wrong by so many bytes; if it is too large, the connection ends early. */
    public Fault wrongLength(long errorBytes) {
        lengthError = errorBytes;
        return this;
    }

    /** Sends the body chunked, without a Content-Length. */
    public Fault chunked() {
        chunked = true;
        return this;
    }

    /** Answers 200 with the whole file to a Range request. */
    public Fault ignoreRange() {
        rangeIgnored = true;
        return this;
    }

    /** Answers a Range request with a 206 that starts elsewhere. */
    public Fault wrongRangeStart(long errorBytes) {
        rangeStartError = errorBytes;
        return this;
    }

    /** Answers a Range request with a 206 that names another total length. */
    public Fault wrongRangeTotal(long errorBytes) {
        rangeTotalError = errorBytes;
        return this;
    }

    /** Sends this Last-Modified instead of the file's. */
    public Fault lastModified(String httpDate) {
        lastModified = httpDate;
        return this;
    }

    /** Sends no Last-Modified. */
    public Fault noLastModified() {
        lastModifiedMissing = true;
        return this;
    }

    /** Answers 200 with the whole file to an If-Modified-Since request. */
    public Fault ignoreConditions() {
        conditionsIgnored = true;
        return this;
    }

    /** Closes the connection after the answer without having said so. */
    public Fault closeAfterwards() {
        closedAfterwards = true;
        return this;
    }

    /** Sends the body at this speed. */
    public Fault rate(long bytesEachSecond) {
        bytesPerSecond = bytesEachSecond;
        return this;
    }

    /** Holds the body at a gate. */
    public Fault gate(Gate barrier) {
        gate = barrier;
        return this;
    }

    /** Holds back the whole answer, head included, until the gate lets a byte pass. */
    public Fault gateBeforeHead(Gate barrier) {
        headGate = barrier;
        return this;
    }
}
