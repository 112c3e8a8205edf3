/**
 * The executable WAR: prepares a directory for Tomcat, loads the Tomcat that is packed in the archive, and runs it on the shipped
 * {@code tomcat-conf}. Knows nothing of the application, nor does the application know of it: these classes lie at the root
 * of the archive, outside {@code WEB-INF/classes}.
 */
package flexo.launch;
