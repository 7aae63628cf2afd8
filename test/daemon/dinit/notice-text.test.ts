import { describe, expect, it } from 'vitest';
import { noticeLine, type NoticedService } from '../../../src/daemon/dinit/notice-text.ts';
import type { Notice } from '../../../src/daemon/engine/action.ts';
import { opTypes } from '../../../src/plan/records.ts';
import type { ServiceType } from '../../../src/service/description.ts';

const launch = (opType: number, errno: number) => ({ role: 'main', opIndex: 0, opType, errno }) as const;

const messages: readonly (readonly [type: ServiceType, notice: Notice, level: string, text: string])[] = [
  [
    'process',
    { kind: 'execution-failed', failure: launch(opTypes.exec, 2) },
    'error',
    's: execution failed - executing command: No such file or directory',
  ],
  [
    'process',
    { kind: 'execution-failed', failure: launch(opTypes['open-socket'], 98) },
    'error',
    's: error binding activation socket: Address already in use',
  ],
  [
    'process',
    { kind: 'process-ended', exit: { kind: 'exited', status: 2 } },
    'error',
    'Service s process terminated with exit code 2',
  ],
  [
    'process',
    { kind: 'process-ended', exit: { kind: 'core-dump', status: 11 } },
    'error',
    'Service s terminated due to signal 11',
  ],
  [
    'scripted',
    { kind: 'start-command-failed', exit: { kind: 'exited', status: 3 } },
    'error',
    'Service s command failed with exit code 3',
  ],
  [
    'scripted',
    { kind: 'start-command-failed', exit: { kind: 'killed', status: 10 } },
    'error',
    'Service s command terminated due to signal 10',
  ],
  [
    'scripted',
    { kind: 'start-interrupted', exit: { kind: 'exited', status: 3 } },
    'info',
    'Service s start cancelled; exit code 3',
  ],
  [
    'scripted',
    { kind: 'start-interrupted', exit: { kind: 'killed', status: 2 } },
    'info',
    'Service s start cancelled from signal 2',
  ],
  [
    'process',
    { kind: 'stop-command-failed', exit: { kind: 'exited', status: 4 } },
    'error',
    'Service s stop command terminated with exit code 4',
  ],
  [
    'scripted',
    { kind: 'stop-command-failed', exit: { kind: 'exited', status: 1 } },
    'warn',
    'Service s stop command failed with exit code 1',
  ],
  [
    'scripted',
    { kind: 'stop-command-failed', exit: { kind: 'killed', status: 10 } },
    'warn',
    'Service s stop command terminated due to signal 10',
  ],
  [
    'process',
    { kind: 'stop-command-not-executed', failure: launch(opTypes.exec, 13) },
    'error',
    'Service s: could not fork for stop command: executing command: Permission denied',
  ],
  [
    'scripted',
    { kind: 'stop-command-not-executed', failure: launch(opTypes.exec, 2) },
    'error',
    's: execution failed - executing command: No such file or directory',
  ],
  ['process', { kind: 'restarting-too-quickly' }, 'error', 'Service s restarting too quickly; stopping.'],
  [
    'process',
    { kind: 'start-timeout', pid: 7 },
    'warn',
    'Service s with pid 7 exceeded allowed start time; cancelling.',
  ],
  [
    'scripted',
    { kind: 'interrupting-start', pid: 7 },
    'warn',
    'Interrupting start of service s with pid 7 (with SIGINT).',
  ],
  [
    'process',
    { kind: 'stop-timeout', role: 'main', pid: 7 },
    'warn',
    'Service s with pid 7 exceeded allowed stop time; killing.',
  ],
  [
    'process',
    { kind: 'stop-timeout', role: 'stop', pid: 8 },
    'warn',
    'Service s stop command, with pid 8, exceeded allowed stop time; killing.',
  ],
  [
    'scripted',
    { kind: 'stop-timeout', role: 'stop', pid: 8 },
    'warn',
    'Service s with pid 8 exceeded allowed stop time; killing.',
  ],
  [
    'bgprocess',
    { kind: 'bad-pid-file', result: 'cannot-open', errno: 2, pid: 0 },
    'error',
    's: read pid file: No such file or directory',
  ],
  [
    'bgprocess',
    { kind: 'bad-pid-file', result: 'no-such-process', errno: 0, pid: 99 },
    'error',
    's: pid read from pidfile (99) is not valid',
  ],
  [
    'bgprocess',
    { kind: 'bad-pid-file', result: 'not-ours', errno: 0, pid: 99 },
    'warn',
    's: unable to supervise process with pid 99',
  ],
];

const silent: readonly (readonly [ServiceType, Notice])[] = [
  ['process', { kind: 'process-ended', exit: { kind: 'exited', status: 0 } }],
  ['process', { kind: 'closed-readiness' }],
  ['process', { kind: 'start-interrupted', exit: { kind: 'killed', status: 2 } }],
  ['scripted', { kind: 'start-interrupted', exit: { kind: 'exited', status: 0 } }],
];

const service = (type: ServiceType): NoticedService => ({ name: 's', type });

describe('noticeLine()', () => {
  it.each(messages)('of a %s service, %j: %s, %s', (type, notice, level, text) => {
    expect(noticeLine(service(type), notice)).toEqual({ kind: 'message', level, text });
  });

  it.each(silent)('of a %s service says nothing about %j', (type, notice) => {
    expect(noticeLine(service(type), notice)).toBeUndefined();
  });

  it('gives a start, a stop and a failure one form on the console and another in the main log', () => {
    expect(noticeLine(service('internal'), { kind: 'started', isSkipped: false })).toEqual({
      kind: 'status',
      level: 'info',
      console: '[  OK  ] s',
      main: 'service s started.',
    });
    expect(noticeLine(service('internal'), { kind: 'stopped' })).toMatchObject({
      console: '[STOPPD] s',
      main: 'service s stopped.',
    });
    expect(noticeLine(service('internal'), { kind: 'start-failed', isDependencyFailure: false })).toMatchObject({
      level: 'error',
      console: '[FAILED] s',
      main: 'service s failed to start.',
    });
    expect(noticeLine(service('internal'), { kind: 'start-failed', isDependencyFailure: true })).toMatchObject({
      level: 'warn',
    });
  });
});
