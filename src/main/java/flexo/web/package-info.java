/**
 * HTTP towards clients: the servlets, the streaming of one response, and what headers ask for.
 *
 * <p>The only place, beside {@code app}, that knows the Servlet API. It needs nothing of any particular container.
 */
package flexo.web;
