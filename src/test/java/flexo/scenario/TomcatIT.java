package flexo.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import org.apache.catalina.util.ServerInfo;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each run of the suite is on the Tomcat that its name says. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class TomcatIT {
    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() {
        scenario.deployedBy(deployer);
    }

    @Test
    void isTheTomcatThatTheRunNames() throws Exception {
        scenario.start("http://127.0.0.1:9/");

        assertThat(ServerInfo.getServerNumber()).startsWith(System.getProperty("flexo.test.tomcat", "10") + ".");
        assertThat(ServletContext.class.getProtectionDomain().getCodeSource())
                .as("the servlet API comes from Tomcat itself, not from a library beside it")
                .isEqualTo(ServerInfo.class.getProtectionDomain().getCodeSource());
        assertThat(Container.applicationLoader("").loadClass("jakarta.servlet.ServletContext"))
                .isSameAs(ServletContext.class);
        assertThat(scenario.get("/status").status()).isEqualTo(200);
    }
}
