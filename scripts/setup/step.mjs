import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inProject } from './project.mjs';
import { Refusal } from './refusal.mjs';

/**
 * Does `make` unless it was done before with the same inputs and every output is still there. Inputs are files and whole directories below the
 * project; they are known by path, size and modification time, so a deleted file or an older one checked out again counts as a change too.
 * `facts` are further texts that the result depends on. The `stamp` that remembers all that belongs where the outputs are removed.
 */
export const step = ({ name, inputs, facts = [], outputs, stamp = inProject('build', 'stamps', name), make }) => {
  const wanted = fingerprint(inputs, facts);
  if (readIfThere(stamp) === wanted && outputs.every((output) => existsSync(output))) return;
  make();
  const missing = outputs.filter((output) => !existsSync(output));
  if (missing.length > 0)
    throw new Refusal(`the step '${name}' of the set-up ended well but did not make ${missing.join(', ')}`);
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
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const input of inputs) addFile(hash, input);
  return hash.digest('hex');
};

const addFile = (hash, path) => {
  const status = statSync(inProject(path), { throwIfNoEntry: false });
  if (status?.isDirectory()) {
    for (const entry of readdirSync(inProject(path)).sort()) addFile(hash, join(path, entry));
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
