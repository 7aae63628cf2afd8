// Fuzzes the C part for longer than `npm test` does: npm run fuzz [-- SECONDS for each target, 60 if not given]
import { dirname } from 'node:path';
import { fuzzSuite } from './test/fuzz-suite.ts';
import { endOnSignals } from './test/interrupt.ts';
import { Processes } from './test/processes.ts';
import { conclude, runInTurn } from './test/run-suites.ts';

const seconds = Number(process.argv[2] ?? 60);
if (!Number.isInteger(seconds) || seconds < 1) {
  process.stderr.write(`fuzz: expected a number of seconds, got '${process.argv[2]}'\n`);
  process.exit(1);
}
const processes = new Processes();
endOnSignals(processes);
const results = await runInTurn([fuzzSuite(dirname(import.meta.dirname), seconds)], processes);
if (!processes.isEnding) process.exitCode = conclude(results) ? 0 : 1;
