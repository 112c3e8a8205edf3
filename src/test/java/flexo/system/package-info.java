/**
 * Flexo as its users run it, proven with the real programs: {@code java -jar flexo.war} between a real pacman and a real
 * HTTP mirror, each in a process of its own.
 *
 * <p>Here belong these tests and what starts and watches those programs. Nothing here touches a class of the
 * application: it is known only by its address, its folder and its log. All traffic stays on 127.0.0.1. A test whose
 * program is missing is skipped by that program's name, and fails in the mode described in
 * {@link flexo.testing.Programs}.
 */
package flexo.system;
