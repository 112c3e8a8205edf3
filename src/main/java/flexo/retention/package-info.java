/**
 * How the package cache keeps itself: which files go, when and why.
 *
 * <p>Policies are pure; a sweep applies them to the directory. Serving only tells which files are used and cached.
 * Downloads, databases and the disk are asked through ports that are declared here.
 */
package flexo.retention;
