/**
 * Apache HttpAsyncClient behind the ports that {@code download} and {@code mirror} declare; nothing of it is seen
 * elsewhere.
 */
package flexo.upstream;
