/** The composition root: all parts, the order of their start and stop, and all threads. */
package flexo.app;
