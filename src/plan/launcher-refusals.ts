/**
 * What the launcher does not accept in a service. It takes a plan whole or not at all, so a single service that breaks one of its rules would take
 * every other one along: such a service must be refused here, with a reason.
 */
import type { Problem } from '../service/description.ts';
import type { Op, ServicePlan } from './plan.ts';

/** native/launcher/plan.h has these too. */
const largestArgumentCount = 16_384;
const largestDescriptor = 65_535;
const permissionBits = 0o777;
/** sun_path without its NUL. */
const largestSocketPath = 107;

export function launcherRefusals(plan: ServicePlan): Problem[] {
  const problems = plan.programs.flatMap(({ ops }) => ops.flatMap(opRefusal));
  const { socket, log, readiness } = plan;
  if (socket?.family === 'unix') {
    if ((socket.owner.mode & ~permissionBits) !== 0) problems.push(badMode('socket-permissions', socket.owner.mode));
    const size = Buffer.byteLength(socket.path);
    if (size === 0 || size > largestSocketPath) {
      problems.push({
        message: 'the path of the socket has an impossible length',
        setting: 'socket-listen',
        expected: `1 to ${largestSocketPath} bytes`,
        found: `${size} bytes (${socket.path})`,
      });
    }
  }
  if (log && (log.owner.mode & ~permissionBits) !== 0) problems.push(badMode('logfile-permissions', log.owner.mode));
  if (log?.type === 'file' && log.path === '') {
    problems.push({
      message: "the log type is 'file', but there is no log file",
      setting: 'log-type',
      advice: 'set logfile',
    });
  }
  if (plan.pidFile?.path === '') problems.push({ message: 'the path of the pid file is empty', setting: 'pid-file' });
  if (readiness && (readiness.descriptor > largestDescriptor || readiness.variable.includes('='))) {
    problems.push({
      message: 'the readiness pipe cannot be passed',
      setting: 'ready-notification',
      expected: `a number up to ${largestDescriptor}, or a name without '='`,
      found: readiness.variable || String(readiness.descriptor),
    });
  }
  return problems;
}

function opRefusal(op: Op): Problem[] {
  switch (op.kind) {
    case 'umask':
      return (op.mask & ~permissionBits) === 0 ? [] : [badMode('umask', op.mask)];
    case 'env-set':
      return op.assignment.indexOf('=') > 0 ? [] : [badVariable(op.assignment)];
    case 'env-unset':
    case 'env-import':
      return op.name !== '' && !op.name.includes('=') ? [] : [badVariable(op.name)];
    case 'exec':
      if (op.argv.length <= largestArgumentCount) return [];
      return [
        {
          message: 'the command has too many arguments',
          setting: 'command',
          expected: `at most ${largestArgumentCount}`,
          found: String(op.argv.length),
        },
      ];
    default:
      return [];
  }
}

function badMode(setting: string, mode: number): Problem {
  return {
    message: 'special permission bits cannot be set',
    setting,
    expected: 'at most 777',
    found: mode.toString(8),
  };
}

function badVariable(found: string): Problem {
  return { message: 'not the name of an environment variable', setting: 'env-file', found };
}
