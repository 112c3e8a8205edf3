/**
 * What tests of every kind share: a mirror that fails on command, a client that sends exact bytes, deterministic
 * content, and the question whether a program is installed. Nothing here knows the application or a container.
 */
package flexo.testing;
