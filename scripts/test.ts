// Runs every check of the project and prints `N passed, N failed` over all of them as its last line.
//
//     npm test                 everything
//     npm test -- FILTER…      only the tests whose path contains a FILTER, without the other checks
import { dirname, join } from 'node:path';
import { checkSuite, optionalCheckSuite } from './test/check-suite.ts';
import { fuzzSuite } from './test/fuzz-suite.ts';
import { endOnSignals } from './test/interrupt.ts';
import { nativeSuite } from './test/native-suite.ts';
import { Processes } from './test/processes.ts';
import { conclude, runInTurn, runTogether } from './test/run-suites.ts';
import { vitestSuite } from './test/vitest-suite.ts';

const root = dirname(import.meta.dirname);
const tool = (name: string): string => join(root, 'node_modules', '.bin', name);
const filters = process.argv.slice(2);
const fuzzSeconds = 4;
const cSources = ['frame', 'launcher', 'logger', 'peercred', 'system'].map((folder) => `native/${folder}`);
const cppcheckOptions = [
  '--quiet',
  '--error-exitcode=1',
  '--enable=warning,performance,portability',
  // NULL has the type of a pointer on every system that reeve runs on.
  '--suppress=varFuncNullUB',
  // Its parser does not know conditional expressions between compound literals.
  '--suppress=internalAstError',
  '-D_GNU_SOURCE',
  ...cSources.map((folder) => `-I${folder}`),
];

const checks = [
  checkSuite('types', root, tool('tsc'), '--noEmit'),
  checkSuite('lint', root, tool('oxlint')),
  checkSuite('format', root, tool('prettier'), '--check', '--cache', '--cache-location=build/stamps/prettier', '.'),
  checkSuite('structure', root, process.execPath, 'scripts/check-structure.ts'),
  optionalCheckSuite(['cppcheck'], 'C analysis', root, 'cppcheck', ...cppcheckOptions, ...cSources),
  optionalCheckSuite(['scdoc', 'mandoc'], 'man pages', root, process.execPath, 'scripts/check-man-pages.ts'),
];
const tests = [
  vitestSuite('unit tests', root, ['--project', 'unit']),
  vitestSuite('system tests', root, ['--project', 'system']),
  vitestSuite('system tests in portable mode', root, ['--project', 'portable']),
];
const native = [nativeSuite(root), fuzzSuite(root, fuzzSeconds)];

const processes = new Processes();
endOnSignals(processes);
const results =
  filters.length > 0
    ? await runInTurn([vitestSuite('chosen tests', root, filters)], processes)
    : [...(await runTogether(checks, processes)), ...(await runInTurn([...tests, ...native], processes))];
// After an interruption the exit belongs to its handler.
if (!processes.isEnding) process.exitCode = conclude(results) ? 0 : 1;
