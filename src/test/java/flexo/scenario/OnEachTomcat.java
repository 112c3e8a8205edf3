package flexo.scenario;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks scenarios that depend on what the container does: requests it parses or refuses, responses that are written
 * asynchronously, by sendfile or broken off, deployments. The build runs them on each line of Tomcat, all others on the
 * first one only.
 */
@Tag("container")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@interface OnEachTomcat {}
