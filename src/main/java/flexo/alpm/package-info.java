/** pacman's own words as pure values: paths, file kinds, names and versions. Nothing here reads, writes or waits. */
package flexo.alpm;
