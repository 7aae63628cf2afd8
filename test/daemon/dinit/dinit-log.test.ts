import { describe, expect, it } from 'vitest';
import { DinitLog, type DinitLogOptions } from '../../../src/daemon/dinit/dinit-log.ts';

const service = { name: 's', type: 'internal' } as const;
const started = { kind: 'started', isSkipped: false } as const;
const failed = { kind: 'start-failed', isDependencyFailure: false } as const;
const failedByDependency = { kind: 'start-failed', isDependencyFailure: true } as const;

function logging(options: Partial<DinitLogOptions> = {}, takes: (line: string) => boolean = () => true) {
  const console: string[] = [];
  const main: string[] = [];
  const log = new DinitLog(
    { consoleLevel: 'warn', alwaysShowsStatus: true, mainLevel: 'info', ...options },
    (line) => takes(line) && console.push(line) > 0,
    (line) => main.push(line) > 0,
  );
  return { log, console, main };
}

describe('DinitLog', () => {
  it('shows status lines on the console at any level, and messages from its level on', () => {
    const { log, console, main } = logging();
    log.notice(service, started);
    log.message({ level: 'info', text: 'for your information' });
    log.message({ level: 'warn', text: 'beware' });
    expect(console).toEqual(['[  OK  ] s\n', 'dinit: beware\n']);
    expect(main).toEqual(['dinit: service s started.\n', 'dinit: for your information\n', 'dinit: beware\n']);
  });

  it('shows nothing on the console after --quiet', () => {
    const { log, console, main } = logging({ consoleLevel: 'none', alwaysShowsStatus: false });
    log.notice(service, failed);
    log.message({ level: 'error', text: 'broken' });
    expect(console).toEqual([]);
    expect(main).toEqual(['dinit: service s failed to start.\n', 'dinit: broken\n']);
  });

  it('lets status lines follow the level that is given after --quiet', () => {
    const { log, console } = logging({ consoleLevel: 'error', alwaysShowsStatus: false });
    log.notice(service, started);
    log.notice(service, failedByDependency);
    log.notice(service, failed);
    expect(console).toEqual(['[FAILED] s\n']);
  });

  it('holds lines back while a service has the console, and writes them after', () => {
    const { log, console, main } = logging();
    log.setConsoleHeld(true, 1000);
    log.notice(service, started);
    expect(console).toEqual([]);
    expect(main).toEqual(['dinit: service s started.\n']);
    log.setConsoleHeld(false, 1999);
    expect(console).toEqual(['[  OK  ] s\n']);
  });

  it('throws away what was held back for a second or more', () => {
    const { log, console } = logging();
    log.setConsoleHeld(true, 1000);
    log.notice(service, started);
    log.setConsoleHeld(false, 2000);
    log.notice(service, failed);
    expect(console).toEqual(['[FAILED] s\n']);
  });

  it('drops what does not fit while it waits, and says so afterwards', () => {
    const { log, console } = logging();
    log.setConsoleHeld(true, 0);
    for (let line = 0; line < 1000; line++) log.notice(service, started);
    log.setConsoleHeld(false, 1);
    expect(console).toHaveLength(Math.floor(4096 / '[  OK  ] s\n'.length));
    log.notice(service, failed);
    expect(console.slice(-2)).toEqual(['dinit: *** log message discarded due to full buffer ***\n', '[FAILED] s\n']);
  });

  it('drops lines that the console does not take, and says so with the first one that it takes again', () => {
    let isFull = false;
    const { log, console } = logging({}, () => !isFull);
    log.notice(service, started);
    isFull = true;
    log.notice(service, started);
    log.notice(service, started);
    isFull = false;
    log.notice(service, failed);
    expect(console).toEqual([
      '[  OK  ] s\n',
      'dinit: *** log message discarded due to full buffer ***\n',
      '[FAILED] s\n',
    ]);
  });
});
