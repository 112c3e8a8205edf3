/**
 * The settings: every source is read once into an immutable {@link flexo.config.FlexoConfig}, or all mistakes are
 * reported at once.
 *
 * <p>This package contains the list of settings ({@code Keys}), the parsing of their values, the sources and their
 * order, and the messages about mistakes; the effects of settings are elsewhere. Only this package knows MicroProfile
 * Config and the TOML parser; the other packages see records.
 */
package flexo.config;
