import { expect, test } from 'vitest';
import { ReeveInstance } from '../support/reeve-instance.ts';

test('a broken file never stops the others, and its error names file, line and column', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for.d: all\n',
      'sd/all/good': '',
      'sd/good': 'type = process\ncommand = /bin/sleep 1000\n',
      'sd/bad': 'type = proces\ncomand = /bin/true\n',
    },
  });
  await reeve.untilStatus('good', { state: 'started' });
  const result = await reeve.ctl('start', 'bad');
  expect(result.code).not.toBe(0);
  expect(result.err).toContain(`${reeve.directory}/sd/bad:1:`);
  expect(result.err).toContain(`${reeve.directory}/sd/bad:2:`);
  expect(result.err).toContain('command');
});

test('a boot service that cannot be loaded ends reeve with status 1 and the error', async () => {
  const reeve = ReeveInstance.boot({ files: { 'sd/boot': 'type = proces\n' } });
  const text = await reeve.then(
    async (instance) => {
      await instance.exit();
      return instance.output;
    },
    (error: unknown) => String(error),
  );
  expect(text).toContain('sd/boot:1:8');
});

test('a service that is not there is named together with where it was looked for', async () => {
  await using reeve = await ReeveInstance.boot({ files: { 'sd/boot': 'type = internal\n' } });
  const result = await reeve.ctl('start', 'nowhere');
  expect(result.code).not.toBe(0);
  expect(result.err).toContain('nowhere');
  expect(result.err).toContain(`${reeve.directory}/sd`);
});

test('reload takes a changed description, and refuses a broken one without any effect', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for: web\n',
      'sd/web': 'type = process\ncommand = /bin/sh -c "echo one >> {DIR}/log; exec sleep 1000"\n',
    },
  });
  await reeve.untilStatus('web', { state: 'started' });
  reeve.write('sd/web', 'type = process\ncommand = \n');
  const refused = await reeve.ctl('reload', 'web');
  expect(refused.code).not.toBe(0);
  reeve.write('sd/web', 'type = process\ncommand = /bin/sh -c "echo two >> {DIR}/log; exec sleep 1000"\n');
  expect((await reeve.ctl('reload', 'web')).code).toBe(0);
  expect(reeve.read('log')).toBe('one\n');
  expect((await reeve.ctl('restart', 'web')).code).toBe(0);
  await reeve.until(() => reeve.read('log') === 'one\ntwo\n', 'the new command');
});

test('reload refuses to change the type of a running service', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { 'sd/boot': 'type = internal\nwaits-for: web\n', 'sd/web': 'type = process\ncommand = /bin/sleep 1000\n' },
  });
  const { pid } = await reeve.untilStatus('web', { state: 'started' });
  reeve.write('sd/web', 'type = internal\n');
  expect((await reeve.ctl('reload', 'web')).code).not.toBe(0);
  expect(await reeve.status('web')).toMatchObject({ type: 'process', state: 'started', pid });
});

test('unload forgets a stopped service, and loading it again reads the file anew', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { 'sd/boot': 'type = internal\n', 'sd/job': 'type = scripted\ncommand = /bin/false\n' },
  });
  expect((await reeve.ctl('start', 'job')).code).toBe(1);
  expect((await reeve.ctl('unload', 'job')).code).toBe(0);
  expect((await reeve.ctl('status', 'job')).code).not.toBe(0);
  reeve.write('sd/job', 'type = scripted\ncommand = /bin/true\n');
  expect((await reeve.ctl('start', 'job')).code).toBe(0);
});

test('setenv reaches services that start later', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/show': 'type = scripted\ncommand = /bin/sh -c "echo $$COLOUR > {DIR}/log"\nenv-file = ../env\n',
      env: 'SHAPE=round\n',
    },
  });
  expect((await reeve.ctl('setenv', 'COLOUR=red')).code).toBe(0);
  expect((await reeve.ctl('start', 'show')).code).toBe(0);
  expect(reeve.read('log')).toBe('red\n');
  expect((await reeve.ctl('getallenv')).out).toContain('COLOUR=red');
  expect((await reeve.ctl('unsetenv', 'COLOUR')).code).toBe(0);
  expect((await reeve.ctl('restart', 'show')).code).toBe(0);
  expect(reeve.read('log')).toBe('\n');
});
