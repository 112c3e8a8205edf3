package flexo.web;

import java.util.Optional;

/**
 * One thing that a health check looks at.
 *
 * @param name short, for programs
 * @param fault what is wrong with it, for people; empty while all is well
 */
public record HealthCheck(String name, Optional<String> fault) {
    boolean isUp() {
        return fault.isEmpty();
    }
}
