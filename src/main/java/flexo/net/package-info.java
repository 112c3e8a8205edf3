/** IP addresses and networks in text form. Pure: no lookups, no connections. */
package flexo.net;
