import { describe, expect, test } from 'vitest';
import { launcherLines } from '../../../src/control/launcher/launcher-lines.ts';
import { parseLauncherStatus } from '../../../src/control/launcher/launcher-status.ts';

const text = `launcher 7
reeve-daemon waiting 8000 former 9 5 exited with status 3
reeve-logger running 12 present 1 0 
service 20 web
stop 21 data base
end
`;

describe('parseLauncherStatus()', () => {
  test('parseLauncherStatus() reads what docs/protocol.md says', () => {
    expect(parseLauncherStatus(text, 1000)).toEqual({
      pid: 7,
      daemon: { state: 'waiting', nextTry: 9000, isFormer: true, starts: 9, deaths: 5, why: 'exited with status 3' },
      logger: { state: 'running', pid: 12, isFormer: false, starts: 1, deaths: 0, why: '' },
      processes: [
        { pid: 20, name: 'web', isStopCommand: false },
        { pid: 21, name: 'data base', isStopCommand: true },
      ],
      written: 1000,
    });
  });

  test('parseLauncherStatus() takes nothing that is not whole', () => {
    for (let size = 0; size < text.length; size++) {
      expect(parseLauncherStatus(text.slice(0, size), 0), String(size)).toBeUndefined();
    }
  });

  test('parseLauncherStatus() knows a daemon that sleeps', () => {
    const asleep = text.replace('waiting 8000 former', 'asleep 18446744073709 present');
    expect(parseLauncherStatus(asleep, 0)?.daemon).toEqual({
      state: 'asleep',
      isFormer: false,
      starts: 9,
      deaths: 5,
      why: 'exited with status 3',
    });
  });
});

describe('launcherLines()', () => {
  const lines = (now: number, most: number) => {
    const status = parseLauncherStatus(text, 1000);
    return status && launcherLines(status, now, most);
  };

  test('launcherLines() says how daemon and logger are, and which services run', () => {
    expect(lines(2000, 10)).toEqual([
      'daemon: not running, next try in 7 s; the program on disk does not work, its former one is used; failed 5 times within a minute; last end: exited with status 3',
      'logger: process 12',
      '2 processes of services run:',
      '  web: process 20',
      '  data base (stop command): process 21',
    ]);
  });

  test('launcherLines() names no more services than asked for, and no next try that is over', () => {
    expect(lines(10_000, 1)?.slice(-3)).toEqual(['2 processes of services run:', '  web: process 20', '  and 1 more']);
    expect(lines(10_000, 1)?.[0]).toContain('not running, next try now;');
  });
});
