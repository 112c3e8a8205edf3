/**
 * Violations of the architecture's rules, planted so that each rule is seen to fail: {@code layers} imports against their
 * direction, {@code cycle} in a circle, and {@code single} breaks each of the other rules.
 */
package flexo.architecture.planted;
