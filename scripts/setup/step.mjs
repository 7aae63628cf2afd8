import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inProject, root } from './project.mjs';

/**
 * Does `make` unless it was done before with the same inputs and every output is still there. Inputs are files and whole directories below the
 * project; they are known by path, size and modification time, so a deleted file or an older one checked out again counts as a change too.
 * `facts` are further texts that the result depends on.
 */
export const step = ({ name, inputs, facts = [], outputs, make }) => {
  const stamp = inProject('build', 'stamps', name);
  const wanted = fingerprint(inputs, facts);
  if (readIfThere(stamp) === wanted && outputs.every((output) => existsSync(output))) return;
  make();
  writeAtomically(stamp, wanted);
};

/** Writes a file that appears whole or not at all: another set-up may run at the same time. */
export const writeAtomically = (path, text, mode = 0o644) => {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
};

const fingerprint = (inputs, facts) => {
  const hash = createHash('sha256').update(JSON.stringify([root, ...facts]));
  for (const input of inputs) addFile(hash, inProject(input));
  return hash.digest('hex');
};

const addFile = (hash, path) => {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory()) {
    for (const entry of readdirSync(path).sort()) addFile(hash, join(path, entry));
    return;
  }
  hash.update(`${path}\0${status?.size}\0${status?.mtimeMs}\0`);
};

const readIfThere = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
