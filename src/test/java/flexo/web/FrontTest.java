package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrontTest {
    private final List<Throwable> broken = new ArrayList<>();

    private void serve(Error failure) {
        HttpServlet failing = new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            public void service(ServletRequest request, ServletResponse response) {
                throw failure;
            }
        };
        Front front = new Front(new Front.Routes(List.of(), Map.of(), failing), broken::add);
        assertThatThrownBy(() -> front.service(new ScriptedRequest("GET", "/core").request(), null))
                .isSameAs(failure);
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, InternalError.class})
    void errorThatTheContainerWouldSurviveAsALivingCorpseIsTold(Class<? extends Error> kind) throws Exception {
        Error failure = kind.getConstructor().newInstance();

        serve(failure);

        assertThat(broken).containsExactly(failure);
    }

    @Test
    void requestThatNestsTooDeepBreaksNothing() {
        serve(new StackOverflowError());

        assertThat(broken).isEmpty();
    }
}
