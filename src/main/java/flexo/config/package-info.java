/**
 * The settings: every source is read once into an immutable {@link flexo.config.FlexoConfig}, or every mistake in them is
 * reported at once.
 *
 * <p>What belongs here: the list of settings ({@code Keys}), the reading of their values, the sources and their order, and
 * the text of every complaint about them. What does not: what a setting brings about. MicroProfile Config and the TOML
 * parser are known to this package alone; the other packages see records.
 */
package flexo.config;
