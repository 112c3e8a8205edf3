/**
 * Retention: the rules, sweeps and eviction that keep the package cache within its limits, and the scrub.
 *
 * <p>Policies are pure; a sweep applies them to the directory. Serving reports which files are used and cached.
 * Downloads, databases and the disk are accessed through interfaces declared here.
 */
package flexo.retention;
