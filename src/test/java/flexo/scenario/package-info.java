/**
 * The built WAR in a real Tomcat, seen from outside: clients on one side, scripted mirrors on the other. Each test
 * deploys with its own settings and its own cache directory. Nothing here may use a class of the application.
 */
package flexo.scenario;
