/**
 * HTTP towards clients: the servlets, the streaming of responses, and the evaluation of request headers.
 *
 * <p>Only this package and {@code app} use the Servlet API. Nothing here depends on a particular container.
 */
package flexo.web;
