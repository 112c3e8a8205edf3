package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.MirrorResponse;
import flexo.download.MirrorResponseListener;
import flexo.mirror.MirrorFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseEventsTest {
    private final List<String> failures = new ArrayList<>();
    private final HttpClientContext context = HttpClientContext.create();

    @ParameterizedTest
    @CsvSource({"2, BAD_STATUS sent no valid HTTP again", "1, BAD_STATUS sent no valid HTTP"})
    void noHttpOnAUsedConnectionIsTheRestOfTheResponseBefore(long requests, String told) {
        context.setEndpointDetails(endpoint(requests));

        new ResponseEvents(listener(), context).failed(new ParseException("Invalid protocol version"));

        assertThat(failures).containsExactly(told);
    }

    private static EndpointDetails endpoint(long requests) {
        return new EndpointDetails(null, null, Timeout.ofSeconds(1)) {
            @Override
            public long getRequestCount() {
                return requests;
            }

            @Override
            public long getResponseCount() {
                return requests;
            }

            @Override
            public long getSentBytesCount() {
                return 0;
            }

            @Override
            public long getReceivedBytesCount() {
                return 0;
            }
        };
    }

    private MirrorResponseListener listener() {
        return new MirrorResponseListener() {
            @Override
            public boolean onResponse(MirrorResponse mirrorResponse) {
                throw new AssertionError("there is none");
            }

            @Override
            public void onBytes(ByteBuffer bytes) {
                throw new AssertionError("there are none");
            }

            @Override
            public void onEnd() {
                throw new AssertionError("it failed");
            }

            @Override
            public void onFailure(MirrorFailure failure, String detail, boolean staleConnection) {
                failures.add(failure + " " + detail + (staleConnection ? " again" : ""));
            }
        };
    }
}
