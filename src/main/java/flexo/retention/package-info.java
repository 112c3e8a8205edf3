/**
 * How the package cache keeps itself: what is removed from its directory, when and why.
 *
 * <p>Policies are pure; a sweep applies them to the directory. Serving knows nothing of it but to say what is used and
 * what has been cached; downloads, databases and the disk are asked through ports that are declared here.
 */
package flexo.retention;
