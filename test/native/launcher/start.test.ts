import { expect, test } from 'vitest';
import { LauncherRig, script, service } from './launcher-rig.ts';

test('reeve-launcher reports a start and an end with status, in order', async () => {
  await using host = await LauncherRig.boot({ services: [service('a', ['/bin/true']), script('b', 'exit 7')] });
  const { daemon } = host;
  daemon.launch(0, 11);
  daemon.launch(1, 12);
  const a = await daemon.until('exited', ({ slot }) => slot === 0);
  expect(a).toMatchObject({ role: 'main', run: 11, exit: { code: 'exited', status: 0 } });
  if (!daemon.kindsOf(1).includes('exited')) await daemon.until('exited', ({ slot }) => slot === 1);
  expect(daemon.kindsOf(0)).toEqual(['executed', 'exited']);
  expect(daemon.kindsOf(1)).toEqual(['executed', 'exited']);
  expect(daemon.events.findLast((event) => event.kind === 'exited' && event.slot === 1)).toMatchObject({ run: 12, exit: { status: 7 } });
});

test('reeve-launcher ends with the status of EXIT', async () => {
  await using host = await LauncherRig.boot();
  host.daemon.send(0x0e, (w) => w.u8(5));
  expect(await host.rig.exited).toEqual({ code: 5, signal: null });
  expect(host.rig.errors).toBe('');
});
