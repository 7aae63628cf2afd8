/** One frame from the launcher -> one typed event. Plans, which come in pieces, are put together by `PlanAssembly`. */
import { FieldReader } from '../../frame/fields.ts';
import { type Frame, FrameError } from '../../frame/frame.ts';
import type { ExitStatus } from '../../api/service-status.ts';
import { pidFileResults } from '../engine/event.ts';
import type { Role } from '../model/service.ts';
import type { ComponentName, LauncherEvent, LogTrouble } from './launcher-event.ts';
import { fromLauncher, protocolVersion } from './messages.ts';

const roles: readonly Role[] = ['main', 'stop'];
const modes = ['user', 'system'] as const;
const exitKinds: readonly (ExitStatus['kind'] | undefined)[] = [undefined, 'exited', 'killed', 'core-dump'];
const environmentResults = ['set', 'unset', 'not-allowed', 'too-many'] as const;
const components: readonly (ComponentName | undefined)[] = [undefined, 'daemon', 'logger', 'compiler'];
const componentEvents = [undefined, 'started', 'ended'] as const;
const logTroubles: readonly (LogTrouble | undefined)[] = [
  undefined,
  'lost',
  'disk-full',
  'disk-back',
  'rotated',
  'rotation-failed',
];

function word<T>(words: readonly (T | undefined)[], number: number, what: string): T {
  const found = words[number];
  if (found === undefined) throw new FrameError(`unknown ${what} ${number}`, 0);
  return found;
}

const roleOf = (fields: FieldReader): Role => word(roles, fields.u8(), 'role');

const milliseconds = (nanoseconds: number): number => nanoseconds / 1e6;

function exitOf(fields: FieldReader): ExitStatus {
  const kind = word(exitKinds, fields.u8(), 'kind of exit');
  return { kind, status: fields.i32() };
}

/** A plan under way: PLAN_BEGIN, PLAN_DATA…, PLAN_END. */
export class PlanAssembly {
  #open: { readonly generation: number; readonly request: number; readonly size: number } | undefined;
  #pieces: Buffer[] = [];

  begin(fields: FieldReader): void {
    if (this.#open) throw new FrameError('a plan begins inside another', 0);
    this.#open = { generation: fields.u32(), request: fields.u32(), size: fields.u32() };
    this.#pieces = [];
  }

  add(fields: FieldReader): void {
    this.#pieces.push(Buffer.from(fields.rest()));
  }

  end(fields: FieldReader): LauncherEvent {
    const open = this.#open;
    const generation = fields.u32();
    const json = Buffer.concat(this.#pieces);
    if (!open || open.generation !== generation || open.size !== json.length) {
      throw new FrameError(`plan ${generation} is not whole`, 0);
    }
    this.#open = undefined;
    this.#pieces = [];
    const services = fields.list(() => ({ slot: fields.u32(), isUsed: fields.u8() === 1 }));
    const slots = services.map(({ slot }) => slot);
    const used = services.flatMap(({ slot, isUsed }) => (isUsed ? [slot] : []));
    return { kind: 'plan', generation, request: open.request, json: json.toString('utf8'), slots, used };
  }
}

/**
 * Decodes one frame; undefined for the pieces of a plan that is not whole yet.
 * @throws {FrameError} when the payload is not exactly what the page says.
 */
export function decodeEvent(frame: Frame, plans: PlanAssembly): LauncherEvent | undefined {
  const fields = new FieldReader(frame.payload);
  const event = decode(frame.type, fields, plans);
  fields.end();
  return event;
}

function decode(type: number, fields: FieldReader, plans: PlanAssembly): LauncherEvent | undefined {
  switch (type) {
    case fromLauncher.welcome: {
      const version = fields.u32();
      if (version !== protocolVersion) {
        throw new FrameError(`the launcher speaks version ${version}, this daemon ${protocolVersion}`, 0);
      }
      return {
        kind: 'welcome',
        launcherPid: fields.u32(),
        mode: word(modes, fields.u8(), 'mode'),
        daemonStarts: fields.u32(),
        bootGeneration: fields.u32(),
        isFormerProgram: fields.u8() === 1,
        formerDaemon: fields.text(),
      };
    }
    case fromLauncher.planBegin:
      plans.begin(fields);
      return undefined;
    case fromLauncher.planData:
      plans.add(fields);
      return undefined;
    case fromLauncher.planEnd:
      return plans.end(fields);
    case fromLauncher.planFailed: {
      const request = fields.u32();
      fields.u8();
      fields.i32();
      return { kind: 'plan-failed', request, text: fields.text() };
    }
    case fromLauncher.process:
      return {
        kind: 'process',
        slot: fields.u32(),
        role: roleOf(fields),
        run: fields.u32(),
        pid: fields.u32(),
        isExecuted: fields.u8() === 1,
        isReady: fields.u8() === 1,
        since: milliseconds(fields.approximateU64()),
      };
    case fromLauncher.synced:
      return { kind: 'synced' };
    case fromLauncher.executed:
      return {
        kind: 'executed',
        slot: fields.u32(),
        role: roleOf(fields),
        run: fields.u32(),
        pid: fields.u32(),
        when: milliseconds(fields.approximateU64()),
      };
    case fromLauncher.startFailed:
      return {
        kind: 'start-failed',
        slot: fields.u32(),
        role: roleOf(fields),
        run: fields.u32(),
        opIndex: fields.u32(),
        opType: fields.u8(),
        errno: fields.i32(),
      };
    case fromLauncher.exited:
      return {
        kind: 'exited',
        slot: fields.u32(),
        role: roleOf(fields),
        run: fields.u32(),
        pid: fields.u32(),
        exit: exitOf(fields),
        when: milliseconds(fields.approximateU64()),
        usage: {
          userMs: milliseconds(fields.approximateU64()),
          systemMs: milliseconds(fields.approximateU64()),
          peakResidentBytes: fields.approximateU64(),
        },
      };
    case fromLauncher.ready:
      return { kind: 'ready', slot: fields.u32(), run: fields.u32() };
    case fromLauncher.readyClosed:
      return { kind: 'ready-closed', slot: fields.u32(), run: fields.u32() };
    case fromLauncher.pidFile:
      return {
        kind: 'pid-file',
        slot: fields.u32(),
        run: fields.u32(),
        result: word(pidFileResults, fields.u8(), 'pid file result'),
        errno: fields.i32(),
        pid: fields.u32(),
      };
    case fromLauncher.signalFailed:
      return {
        kind: 'signal-failed',
        slot: fields.u32(),
        role: roleOf(fields),
        signal: fields.u8(),
        errno: fields.i32(),
      };
    case fromLauncher.environment:
      return {
        kind: 'environment',
        result: word(environmentResults, fields.u8(), 'result'),
        text: fields.text(),
      };
    case fromLauncher.requested:
      return { kind: 'requested', signal: fields.u8() };
    case fromLauncher.component: {
      const component = word(components, fields.u8(), 'component');
      const event = word(componentEvents, fields.u8(), 'component event');
      const pid = fields.u32();
      const code = fields.u8();
      const exit = {
        kind: code === 0 ? ('exited' as const) : word(exitKinds, code, 'kind of exit'),
        status: fields.i32(),
      };
      return { kind: 'component', component, event, pid, exit, count: fields.u32() };
    }
    case fromLauncher.logEvent:
      return {
        kind: 'log',
        slot: fields.u32(),
        what: word(logTroubles, fields.u8(), 'log event'),
        amount: fields.approximateU64(),
        errno: fields.i32(),
      };
    case fromLauncher.refused:
      return { kind: 'refused', messageType: fields.u8(), slot: fields.u32(), errno: fields.i32() };
    default:
      throw new FrameError(`no decoder for frame type ${type}`, 0);
  }
}
