/**
 * Apache HttpAsyncClient behind the interfaces declared by {@code download} and {@code mirror}; no other package sees
 * it.
 */
package flexo.upstream;
