package flexo.web;

import flexo.cache.ContentHead;
import java.util.Optional;

/**
 * The plan of a response once the file's head is known: the status and the bytes.
 *
 * @param status 200, 206, 304 or 416
 * @param slice the bytes of the body; empty for 304 and 416
 */
record ResponsePlan(int status, Optional<ByteRange.Slice> slice) {
    static final int OK = 200;
    static final int PARTIAL_CONTENT = 206;
    static final int NOT_MODIFIED = 304;
    static final int RANGE_NOT_SATISFIABLE = 416;

    /** Evaluates the conditions in the order of RFC 9110, section 13.2.2. */
    static ResponsePlan of(ClientRequest request, ContentHead head) {
        if (request.ifModifiedSince()
                .filter(copy -> !head.lastModified().isAfter(copy))
                .isPresent()) {
            return new ResponsePlan(NOT_MODIFIED, Optional.empty());
        }
        boolean rangeIsMeant = !request.ifRangeIsTag()
                && request.ifRange().map(head.lastModified()::equals).orElse(true);
        if (request.range().isEmpty() || request.headOnly() || !rangeIsMeant || !head.isLengthKnown()) {
            return new ResponsePlan(OK, Optional.of(new ByteRange.Slice(0, head.lengthBytes())));
        }
        Optional<ByteRange.Slice> slice = request.range().get().of(head.lengthBytes());
        return new ResponsePlan(slice.isPresent() ? PARTIAL_CONTENT : RANGE_NOT_SATISFIABLE, slice);
    }
}
