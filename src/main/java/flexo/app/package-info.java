/** The composition root: what there is, in which order it begins and ends, and which threads it has. */
package flexo.app;
