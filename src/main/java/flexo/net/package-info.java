/** Addresses and networks as they are written. Pure: nothing here asks a name server or opens a connection. */
package flexo.net;
