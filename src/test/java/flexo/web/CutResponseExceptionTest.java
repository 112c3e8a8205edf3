package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** What makes a container drop a connection. */
class CutResponseExceptionTest {
    /** Tomcat logs no trace of it, asks for no error page because of it, and drops the connection. */
    @Test
    void tomcatIsToldByAnExceptionOfItsOwn() {
        assertThat(CutResponseException.of(response(true), "every mirror failed"))
                .isInstanceOf(org.apache.catalina.connector.ClientAbortException.class)
                .hasMessage("every mirror failed");
    }

    /** That exception would be answered with a status that blames the client. */
    @Test
    void beforeTheHeadIsSentItIsAnErrorLikeAnyOther() {
        assertThat(CutResponseException.of(response(false), "every mirror failed"))
                .isInstanceOf(CutResponseException.class)
                .hasMessage("every mirror failed");
    }

    private static HttpServletResponse response(boolean committed) {
        return (HttpServletResponse) Proxy.newProxyInstance(
                CutResponseExceptionTest.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> committed);
    }
}
