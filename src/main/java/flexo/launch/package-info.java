/**
 * The executable WAR: prepares a directory for Tomcat, loads the Tomcat packed in the archive, and runs it with the
 * shipped {@code tomcat-conf}. It does not depend on the application, nor the application on it: these classes are at
 * the root of the archive, outside {@code WEB-INF/classes}.
 */
package flexo.launch;
