/**
 * Rate limits and escaping for log lines that others cause.
 *
 * <p>The callers decide on events and wording.
 */
package flexo.log;
