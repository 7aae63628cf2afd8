/** Paths as text. Nothing is normalised: `a/../b` is not `b` when `a` is a link. */

export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

export function joinPath(directory: string, path: string): string {
  if (isAbsolute(path) || directory === '' || directory === '.') return path;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

/** Everything before the last `/`; `.` for a bare name. */
export function directoryPart(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash);
}
