import { lineCount, type SourceFile } from './source-file.ts';

const largestFile = 400;
/** Everything that is linked into the launcher and the logger: what has to be read to trust them. */
const trustedFolders = ['native/frame/', 'native/launcher/', 'native/logger/', 'native/system/'];
/**
 * The goal is 2,500 lines. The launcher and the logger do everything that docs/protocol.md asks of them in more than that (docs/design.md, "Size of
 * the trusted base"), so until something moves out of them this only keeps them from growing.
 */
export const largestTrustedBase = 4600;

/** One sentence for each file, and for the trusted base, that has grown too long. */
export const sizeFindings = (files: readonly SourceFile[]): readonly string[] => {
  const long = files
    .filter(({ path }) => path.startsWith('src/') || path.startsWith('native/'))
    .filter((file) => lineCount(file) > largestFile)
    .map((file) => `${file.path} has ${lineCount(file)} lines: at most ${largestFile}`);
  const trusted = trustedBase(files);
  return trusted <= largestTrustedBase
    ? long
    : [...long, `launcher and logger have ${trusted} lines of C: at most ${largestTrustedBase}`];
};

/** Lines of C in the launcher and the logger. */
export const trustedBase = (files: readonly SourceFile[]): number =>
  files
    .filter(({ path }) => trustedFolders.some((folder) => path.startsWith(folder)) && /\.[ch]$/.test(path))
    .reduce((total, file) => total + lineCount(file), 0);
