/**
 * Repository databases: the known state of each, the check for a newer one, and the answer to clients.
 *
 * <p>{@code flexo.download} transfers a database without knowing about databases, {@code flexo.cache} stores its
 * generations, and {@code flexo.repository} reads it.
 */
package flexo.database;
