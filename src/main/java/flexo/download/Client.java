package flexo.download;

/**
 * Who asks, as far as it can be told; by it a signature is paired with its database, and places for downloads are
 * shared out.
 *
 * @param address the client's address; several clients may share one
 * @param connection the connection the request came by; the same as the address where that says nothing of the client
 */
public record Client(String address, String connection) {}
