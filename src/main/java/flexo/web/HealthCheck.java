package flexo.web;

import java.util.Optional;

/**
 * One part of a health check.
 *
 * @param name a short name, for programs
 * @param fault the problem, for people; empty while there is none
 */
public record HealthCheck(String name, Optional<String> fault) {
    boolean isUp() {
        return fault.isEmpty();
    }
}
