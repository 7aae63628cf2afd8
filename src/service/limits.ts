/** Fixed bounds of the loader. They stop accidents and hostile input long before memory or time runs out; no sane tree comes near them. */

/** Bytes of one file that is read: service file, fragment, environment file. */
export const fileSizeLimit = 1024 * 1024;

/** Symbolic links followed from one path. */
export const linkLimit = 32;

/** Files open at once because one includes the other. */
export const includeDepthLimit = 32;

/** Fragments read for one service: nested includes could otherwise multiply without getting deep. */
export const includeCountLimit = 256;

/** Bytes of a full service name. dinit's control protocol can carry no longer one. */
export const nameLimit = 1021;

/** Bytes of one value after substitution: the largest argument that Linux passes to a program. */
export const valueLimit = 128 * 1024 - 1;

/** Services in a chain of dependencies. */
export const dependencyDepthLimit = 1000;

/** Problems kept for one service; the rest would only be scrolled past. */
export const problemLimit = 100;
