// Writes test/plan/vectors/*.bin anew, from test/plan/plan-vectors.ts: node scripts/plan-vectors.ts
import fs from 'node:fs';
import { join } from 'node:path';
import { planVectors } from '../test/plan/plan-vectors.ts';
import { inProject } from './setup/project.mjs';

const directory = inProject('test', 'plan', 'vectors');
for (const name of fs.readdirSync(directory)) if (name.endsWith('.bin')) fs.rmSync(join(directory, name));
for (const [name, { bytes }] of planVectors()) fs.writeFileSync(join(directory, `${name}.bin`), bytes);
