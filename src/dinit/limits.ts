/** Versions and sizes of dinit's control protocol. Bounds marked *ours* are not in the protocol: they keep a peer from costing memory without end. */

export const currentVersion = 7;
export const minimumVersion = 1;

/** Bytes of a name or of an environment assignment in a request. */
export const longestRequestText = 1021;
/** The longest request: code, length, text. A connection never has to keep more of an unfinished one. */
export const longestRequest = 3 + longestRequestText;

/** Unread output beyond which no further request is looked at. */
export const outputThreshold = 16_384;

/** Ours: bytes of a path in a reply. */
export const longestPath = 1024 * 1024;
/** Ours: bytes of the environment, of a log. */
export const longestEnvironment = 64 * 1024 * 1024;
export const longestLog = 1024 * 1024 * 1024;
/** Ours: service directories, dependents in one reply. */
export const mostDirectories = 65_536;
export const mostDependents = 1_000_000;
