import { describe, expect, test } from 'vitest';
import { afterPosition } from '../../src/control/logs/log-follower.ts';
import { LineCutter, type LogLine, mergeLines, parseLine } from '../../src/control/logs/log-line.ts';
import { parseMoment } from '../../src/control/session/parse-moment.ts';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';

const stamped = (time: string, text: string): string => `2026-11-01T12:00:${time}Z ${text}\n`;

describe('lines of logs', () => {
  test('LineCutter cuts lines however the bytes come, and keeps what has no end', () => {
    const bytes = Buffer.from('eins\nzwei ä\n\ndrei');
    for (let size = 1; size <= bytes.length; size++) {
      const cutter = new LineCutter();
      const lines: string[] = [];
      for (let at = 0; at < bytes.length; at += size) lines.push(...cutter.push(bytes.subarray(at, at + size)));
      expect(lines).toEqual(['eins', 'zwei ä', '']);
      expect(cutter.end()).toEqual(['drei']);
      expect(cutter.end()).toEqual([]);
    }
  });

  test('LineCutter does not keep a line without end for ever', () => {
    const cutter = new LineCutter();
    const lines = cutter.push(Buffer.alloc(3 * 1024 * 1024, 'x'));
    expect(lines).toHaveLength(1);
    expect(cutter.end()).toEqual([]);
  });

  test('parseLine() takes the time that the logger wrote, else that of the arrival', () => {
    expect(parseLine('web', '2026-11-01T12:00:01.234567Z text', 7)).toEqual({
      service: 'web',
      time: Date.UTC(2026, 10, 1, 12, 0, 1, 234),
      text: 'text',
    });
    expect(parseLine('web', '2026-11-01 text', 7)).toEqual({ service: 'web', time: 7, text: '2026-11-01 text' });
  });

  test('mergeLines() orders by time, keeps the order of each service, and untimed lines with the line before', () => {
    const line = (service: string, time: number | undefined, text: string): LogLine => ({ service, time, text });
    const merged = mergeLines([
      [line('a', undefined, 'a0'), line('a', 10, 'a1'), line('a', undefined, 'a2'), line('a', 30, 'a3')],
      [line('b', 5, 'b0'), line('b', 20, 'b1'), line('b', 15, 'b2')],
      [line('c', undefined, 'c0')],
    ]);
    expect(merged.map(({ text }) => text)).toEqual(['a0', 'c0', 'b0', 'a1', 'a2', 'b1', 'b2', 'a3']);
  });

  test('afterPosition() leaves out what was told before', () => {
    const piece = { bytes: Buffer.from('abcdef'), lost: 0, position: 10 };
    expect(afterPosition(piece, 0)).toBe(piece);
    expect(afterPosition(piece, 16)).toBeUndefined();
    expect(afterPosition(piece, 13)).toEqual({ bytes: Buffer.from('def'), lost: 0, position: 13 });
    expect(afterPosition(piece, 10)).toBe(piece);
    expect(afterPosition(piece, 4)).toEqual({ ...piece, lost: 6 });
  });
});

describe('logs', () => {
  const services = {
    web: { log: stamped('01.000000', 'w1') + stamped('03.000000', 'w2') },
    db: { log: stamped('02.000000', 'd1') },
    old: { log: 'no time\n' },
    silent: { logType: 'none' },
  };

  async function loaded() {
    const fixture = await startControlFixture(services);
    for (const name of Object.keys(services)) await fixture.manager.load(name);
    return fixture;
  }

  const texts = (out: string): readonly string[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^(\S+ )?\d\d:\d\d:\d\d /, ''));

  test('logs merges what all services have printed by time, and names them', async () => {
    await using fixture = await loaded();
    const { code, out } = await ctl(['logs'], { socket: fixture.path });
    expect(texts(out)).toEqual(['old | no time', 'web | w1', 'db  | d1', 'web | w2']);
    expect(code).toBe(0);
  });

  test('logs of one service has no names, and the last lines when asked', async () => {
    await using fixture = await loaded();
    const socket = fixture.path;
    expect(texts((await ctl(['logs', 'web'], { socket })).out)).toEqual(['w1', 'w2']);
    expect(texts((await ctl(['logs', '-n', '1', 'web'], { socket })).out)).toEqual(['w2']);
    expect((await ctl(['logs', '-n', '0', 'web'], { socket })).out).toBe('');
    expect((await ctl(['logs', '-n', 'x', 'web'], { socket })).code).toBe(2);
  });

  test('logs --since and --until choose by time, and tell of lines without one', async () => {
    await using fixture = await loaded();
    const options = ['--since', '2026-11-01T12:00:02Z', '--until', '2026-11-01T12:00:02.5Z'];
    const { out, err } = await ctl(['logs', ...options], { socket: fixture.path });
    expect(texts(out)).toEqual(['db | d1']);
    expect(err).toBe('old: lines without a time are left out (log-timestamps = yes keeps times)\n');
  });

  test('logs says why a named log cannot be read, and shows the others', async () => {
    await using fixture = await loaded();
    const { code, out, err } = await ctl(['logs', 'web', 'silent', 'none'], { socket: fixture.path });
    expect(texts(out)).toEqual(['web | w1', 'web | w2']);
    expect(err).toContain('silent: its output is not kept: log-type is none\n');
    expect(err).toContain('none: not loaded\n');
    expect([3, 5]).toContain(code);
  });

  test('logs --json prints one object a line', async () => {
    await using fixture = await loaded();
    const { out } = await ctl(['logs', 'db', 'old', '--json'], { socket: fixture.path });
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { name: 'old', text: 'no time' },
      { name: 'db', time: Date.UTC(2026, 10, 1, 12, 0, 2), text: 'd1' },
    ]);
  });

  test('logs colours each service by its name on a terminal, and lets nothing steer it', async () => {
    await using fixture = await startControlFixture({ a: { log: 'x\x1b[2Jy\n' }, b: { log: 'z\n' } });
    for (const name of ['a', 'b']) await fixture.manager.load(name);
    const { out } = await ctl(['logs'], { socket: fixture.path, terminal: 80, hasColours: true });
    // Escapes of ours colour the names; one of a service is shown.
    expect(out.replaceAll('\x1b', '<ESC>')).toMatch(
      /^<ESC>\[\d+ma<ESC>\[39m \| x\\x1b\[2Jy\n<ESC>\[\d+mb<ESC>\[39m \| z\n$/,
    );
  });

  test('logs -f goes on with what comes until reeve has ended', async () => {
    const fixture = await startControlFixture({ web: { log: 'before\n' } });
    await fixture.manager.load('web');
    let seen = '';
    const running = ctl(['logs', '-f', 'web'], {
      socket: fixture.path,
      onOutput: (text) => {
        seen += text;
        if (text.includes('after')) void fixture[Symbol.asyncDispose]();
      },
    });
    while (!seen.includes('before')) await new Promise((resolve) => setImmediate(resolve));
    const talking = setInterval(() => fixture.manager.writeLog('after\n'), 5);
    const { code } = await running;
    clearInterval(talking);
    expect(texts(seen.split('reevectl:')[0] ?? '').slice(0, 2)).toEqual(['before', 'after']);
    expect(code).toBe(4);
  });
});

test.each([
  ['now', 0],
  ['5m', -300_000],
  ['1.5h', -5_400_000],
  ['500ms', -500],
])('parseMoment(%j) counts back from now', (text, offset) => {
  expect(parseMoment(text, 1_000_000_000)).toBe(1_000_000_000 + offset);
});

test('parseMoment() reads local dates and times, and refuses everything else', () => {
  const now = new Date(2026, 10, 28, 15, 30, 45, 500).getTime();
  const at = (...parts: readonly [number, number, number, number?, number?, number?]): number =>
    new Date(parts[0], parts[1], parts[2], parts[3] ?? 0, parts[4] ?? 0, parts[5] ?? 0).getTime();
  expect(parseMoment('10:30', now)).toBe(at(2026, 10, 28, 10, 30));
  expect(parseMoment('9:05:07', now)).toBe(at(2026, 10, 28, 9, 5, 7));
  expect(parseMoment('2026-11-27', now)).toBe(at(2026, 10, 27));
  expect(parseMoment('2026-11-27 08:00', now)).toBe(at(2026, 10, 27, 8));
  expect(parseMoment('2026-11-27T08:00:01Z', now)).toBe(Date.UTC(2026, 10, 27, 8, 0, 1));
  expect(parseMoment('today', now)).toBe(at(2026, 10, 28));
  expect(parseMoment('yesterday', now)).toBe(at(2026, 10, 27));
  for (const text of ['', 'soon', '25:61', '2026-13-01', '5x', '10:3', 'Z']) {
    expect(() => parseMoment(text, now)).toThrow('is not a moment');
  }
});
