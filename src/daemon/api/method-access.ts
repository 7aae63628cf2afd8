/**
 * Which verb each method of `io.reeve.Control` is, and for which services. A method that is not listed here is for those alone who may do everything.
 *
 * What changes something leaves an audit line; what only looks does not. List, Events and the like are open to everybody who has any right at all:
 * they show each caller what it may see.
 */
import type { AccessVerb } from '../../api/access/verb.ts';
import type { MethodCall } from '../../api/varlink/method.ts';
import type { ChangeRequest } from '../access/access-gate.ts';
import type { AccessRules, Need } from '../access/access-rules.ts';
import { takenAlong } from '../access/taken-along.ts';
import type { ServiceManager } from '../service-manager.ts';
import { serviceName } from './commands.ts';
import { rehearsedVerb } from './inquiring.ts';

export interface AccessContext {
  readonly manager: ServiceManager;
  readonly rules: AccessRules;
}

export type MethodAccess =
  | { readonly kind: 'open' }
  | { readonly kind: 'look'; readonly need: (call: MethodCall) => Need }
  | { readonly kind: 'change'; readonly request: (call: MethodCall, context: AccessContext) => ChangeRequest };

const open: MethodAccess = { kind: 'open' };

const table: Readonly<Record<string, MethodAccess>> = {
  Ping: open,
  Info: open,
  List: open,
  Events: open,
  Access: open,
  Status: look('observe', ['name']),
  Blockers: look('observe'),
  Why: look('observe', ['name']),
  History: open,
  RecentEvents: open,
  Dependencies: open,
  // Who may do it may see what it would do.
  Plan: {
    kind: 'look',
    need: (call) => {
      const verb = rehearsedVerb(call);
      return { verb, services: verb === 'shutdown' ? [] : [serviceName(call)] };
    },
  },
  ReadLog: look('logs', ['name']),
  GetEnvironment: look('getallenv'),
  Start: command('start'),
  Stop: command('stop'),
  Restart: command('restart'),
  Wake: command('wake'),
  Release: command('release'),
  Unpin: change('unpin', ['name']),
  SetTrigger: {
    kind: 'change',
    request: (call) => ({
      verb: call.parameters.flag('isSet') ? 'trigger' : 'untrigger',
      services: [serviceName(call)],
    }),
  },
  Load: change('load', ['name']),
  Unload: change('unload', ['name']),
  Reload: change('reload', ['name']),
  AddDependency: change('add-dep', ['from', 'to'], ({ parameters }) => parameters.text('kind')),
  RemoveDependency: change('rm-dep', ['from', 'to'], ({ parameters }) => parameters.text('kind')),
  Enable: change('enable', ['from', 'to']),
  Disable: change('disable', ['from', 'to']),
  SetEnvironment: change('setenv', [], ({ parameters }) => parameters.text('name')),
  UnsetEnvironment: change('unsetenv', [], ({ parameters }) => parameters.text('name')),
  Signal: change('signal', ['name'], ({ parameters }) => String(parameters.integer('signal'))),
  ClearLog: change('clear-log', ['name']),
  Shutdown: change('shutdown', []),
  Upgrade: change('upgrade', [], ({ parameters }) => (parameters.texts('programs') ?? []).join(' ')),
};

export function accessOf(method: string): MethodAccess | undefined {
  return Object.hasOwn(table, method) ? table[method] : undefined;
}

function look(verb: AccessVerb, parameters: readonly string[] = []): MethodAccess {
  return { kind: 'look', need: (call) => ({ verb, services: named(call, parameters) }) };
}

function change(verb: AccessVerb, parameters: readonly string[], detail?: (call: MethodCall) => string): MethodAccess {
  return {
    kind: 'change',
    request: (call) => ({ verb, services: named(call, parameters), ...(detail && { detail: detail(call) }) }),
  };
}

function command(verb: AccessVerb): MethodAccess {
  return {
    kind: 'change',
    request: (call, { manager, rules }) => {
      const name = serviceName(call);
      const isPinned = verb !== 'restart' && call.parameters.flag('pin');
      const isForced = (verb === 'stop' || verb === 'restart') && call.parameters.flag('force');
      const also: Need[] = isPinned ? [{ verb: 'pin', services: [name] }] : [];
      // Whoever may do it to all of them need not be asked about each.
      if (isForced && !rules.mayDo(call.peer, verb) && rules.mayDo(call.peer, verb, name)) {
        const others = takenAlong(manager, name);
        if (others.length > 0) also.push({ verb, services: others });
      }
      const detail = [...(isPinned ? ['--pin'] : []), ...(isForced ? ['--force'] : [])].join(' ');
      return { verb, services: [name], also, ...(detail !== '' && { detail }) };
    },
  };
}

function named(call: MethodCall, names: readonly string[]): readonly string[] {
  return names.map((name) => serviceName(call, name));
}
