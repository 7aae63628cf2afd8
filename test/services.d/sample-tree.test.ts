import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { SystemUserDatabase } from '../../src/plan/user-database.ts';
import { DiskFiles } from '../../src/service/disk-files.ts';
import { loadServices } from '../../src/service/load.ts';
import { renderFailure } from '../../src/service/problem-text.ts';

const directory = resolve(import.meta.dirname, '../../services.d');
const names = readdirSync(directory).filter((name) => statSync(join(directory, name)).isFile() && !name.includes('.'));
const instances = names.map((name) => (name === 'ticker' ? 'ticker@2' : name));

const loaded = loadServices([...instances, 'ticker'], {
  files: new DiskFiles(),
  directories: [directory],
  users: new SystemUserDatabase(),
  environment: new Map([['STATE_DIRECTORY', '/somewhere/state']]),
  effectiveUid: process.getuid?.() ?? 0,
});

test('services.d loads without an error or a warning', () => {
  expect(loaded.failures.map(renderFailure)).toEqual([]);
  expect(loaded.warnings).toEqual([]);
});

test('services.d has every type of service, a template, a consumer, a readiness rule and a milestone', () => {
  const descriptions = [...loaded.descriptions.values()];
  expect(new Set(descriptions.map(({ type }) => type))).toEqual(
    new Set(['process', 'bgprocess', 'scripted', 'internal', 'triggered']),
  );
  expect(descriptions.some(({ argument }) => argument !== undefined)).toBe(true);
  expect(descriptions.some(({ consumerOf }) => consumerOf !== undefined)).toBe(true);
  expect(descriptions.some(({ readiness }) => readiness !== undefined)).toBe(true);
  expect(descriptions.some(({ dependencies }) => dependencies.some(({ kind }) => kind === 'depends-ms'))).toBe(true);
});

test('services.d uses only programs that are in it or come with the packages', () => {
  const programs = [...loaded.descriptions.values()]
    .flatMap(({ command, stopCommand }) => [command[0], stopCommand[0]])
    .filter((program) => program !== undefined);
  expect(programs.length).toBeGreaterThan(5);
  for (const program of programs) expect(() => accessSync(resolve(directory, program), constants.X_OK)).not.toThrow();
});

test('services.d boots everything that boot.d names, and each name there is a service', () => {
  for (const entry of readdirSync(join(directory, 'boot.d'))) expect(loaded.descriptions.has(entry)).toBe(true);
});
