import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { findCommand } from './command.mjs';
import { inProject } from './project.mjs';
import { Refusal } from './refusal.mjs';
import { step, writeAtomically } from './step.mjs';

const sources = join('docs', 'man');

/** Makes `build/man/man8/reeve.8` of `docs/man/reeve.8.scd`, and so on, where scdoc is installed. Nothing else needs them. */
export const buildManPages = () => {
  const scdoc = findCommand('scdoc');
  if (scdoc === undefined) return;
  const pages = readdirSync(inProject(sources))
    .filter((name) => extname(name) === '.scd')
    .map((name) => ({ source: inProject(sources, name), page: pageOf(basename(name, '.scd')) }));
  step({
    name: 'man-pages',
    inputs: [sources, join('scripts', 'setup', 'man-pages.mjs')],
    outputs: pages.map(({ page }) => page),
    make: () => {
      for (const { source, page } of pages) writeAtomically(page, formatted(scdoc, source));
    },
  });
};

const pageOf = (name) => inProject('build', 'man', `man${extname(name).slice(1)}`, name);

const formatted = (scdoc, source) => {
  const { status, stdout, stderr, error } = spawnSync(scdoc, { input: readFileSync(source), encoding: 'utf8' });
  if (status !== 0) throw new Refusal(`making a man page of ${source} failed: ${error?.message ?? stderr.trim()}`);
  return stdout;
};
