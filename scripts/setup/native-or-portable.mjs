import { rmSync } from 'node:fs';
import { announce } from './command.mjs';
import { portableSentence } from './compilers.mjs';
import { compileNativePart } from './native.mjs';
import { compilePosix } from './posix.mjs';
import { inProject } from './project.mjs';
import { MissingCompilers } from './refusal.mjs';
import { writeAtomically } from './step.mjs';

/** It is there while what `npm start` boots has to do without the native part, which may be missing or older than the sources. */
export const portableMark = () => inProject('build', 'portable');

/** Compiles what is to be compiled. `mayDoWithout`: a missing compiler is no error, but leaves the mark. */
export const compileAll = (node, mayDoWithout) => {
  try {
    compilePosix(node);
    compileNativePart(node);
    rmSync(portableMark(), { force: true });
  } catch (error) {
    if (!mayDoWithout || !(error instanceof MissingCompilers)) throw error;
    announce(portableSentence());
    writeAtomically(portableMark(), '');
  }
};
