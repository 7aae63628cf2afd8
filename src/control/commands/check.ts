/** check: reads service files as the daemon would, without one, and says everything that is wrong or doubtful. */
import { statSync } from 'node:fs';
import type { LoadFailure, Problem, ServiceDescription } from '../../service/description.ts';
import { errnoText } from '../../api/errno-text.ts';
import { type Examined, type LintSurroundings, lintService, namedServices } from '../../service/lint.ts';
import { type LoadOptions, loadServices, readService } from '../../service/load.ts';
import { renderProblem } from '../../service/problem-text.ts';
import type { CommandDefinition } from '../session/command.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { addDirectoryOption, offlineReading, onlineReading, type ReadingValues } from '../files/service-reading.ts';
import { type Tone, paint } from '../output/colours.ts';
import { plural } from '../output/text.ts';

interface Values extends ReadingValues {
  readonly online?: true;
  readonly strict?: true;
}

export interface CheckResult {
  /** Full names of all services that were read without error. */
  readonly services: readonly string[];
  readonly failures: readonly LoadFailure[];
  readonly warnings: readonly { readonly name: string; readonly problem: Problem }[];
}

export const check: CommandDefinition = {
  name: 'check',
  group: 'change',
  summary: 'check service files, without a running daemon',
  description:
    'Reads the services named (default: boot) and everything they need. Errors keep a service from being loaded; warnings are about settings without effect, programs that are missing, files that others can change.',
  examples: [
    { command: 'reevectl check', meaning: 'boot and all it needs' },
    { command: 'reevectl check -d ./services.d web', meaning: 'one service of a tree of one’s own' },
    { command: 'reevectl check --online web', meaning: 'with the directories and the environment of the daemon' },
  ],
  define: (command) =>
    void addDirectoryOption(command.argument('[NAME...]', 'services (default: boot)'))
      .option('-n, --online', 'ask the running daemon for its directories and environment')
      .option('--strict', 'fail on warnings as well'),
  run: async (context, command) => {
    const values = command.opts<Values>();
    const options = values.online ? await onlineReading(context) : offlineReading(context, values);
    const result = checkServices(command.args.length > 0 ? command.args : ['boot'], options);
    context.print(result);
    const { out } = context.surroundings;
    const line = (tone: Tone, text: string): string => text.replace(/^.*/, (first) => paint(out, tone, first));
    context.show([
      ...result.failures.flatMap(({ name, problems }) =>
        problems.map((problem) => line('bad', renderProblem(name, problem))),
      ),
      ...result.warnings.map(({ name, problem }) =>
        line('busy', renderProblem(name, { ...problem, message: `warning: ${problem.message}` })),
      ),
    ]);
    context.say(summary(result));
    return exitCode(result, values.strict ?? false);
  },
};

export function checkServices(names: readonly string[], options: LoadOptions): CheckResult {
  const { descriptions, failures, warnings } = loadServices(names, options);
  const examined = new Map<string, Examined>();
  const surroundings: LintSurroundings = {
    effectiveUid: options.effectiveUid,
    examine: (path) => {
      const known = examined.get(path) ?? examine(path);
      examined.set(path, known);
      return known;
    },
  };
  const lints = [...descriptions.values()].flatMap((description) =>
    [...lintService(description, surroundings), ...missingNames(description, options)].map((problem) => ({
      name: description.name,
      problem,
    })),
  );
  return { services: [...descriptions.keys()], failures, warnings: [...warnings, ...lints] };
}

/** Services that are only named, by `before`, `after`, `chain-to` or `consumer-of`, and that nobody could load. */
function missingNames(description: ServiceDescription, options: LoadOptions): readonly Problem[] {
  return namedServices(description)
    .filter((name) => readService(name, options).errors.some((error) => error.class === 'not-found'))
    .map((name) => {
      const origin = description.dependencies.find((dependency) => dependency.name === name)?.origin;
      return { message: `service '${name}' does not exist`, ...(origin && { origin }) };
    });
}

function examine(path: string): Examined {
  try {
    const stats = statSync(path);
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
    return { kind, mode: stats.mode & 0o7777, uid: stats.uid };
  } catch (error) {
    const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? -error.errno : 0;
    return { kind: 'failed', text: errnoText(errno) };
  }
}

function summary({ services, failures, warnings }: CheckResult): string {
  const total = plural(services.length + failures.length, 'service');
  const bad = failures.length === 0 ? 'all can be loaded' : `${failures.length} cannot be loaded`;
  return `${total} checked: ${bad}${warnings.length === 0 ? '' : `, ${plural(warnings.length, 'warning')}`}`;
}

function exitCode({ failures, warnings }: CheckResult, isStrict: boolean): ExitCode {
  const [first] = failures;
  if (!first) return isStrict && warnings.length > 0 ? exitCodes.failed : exitCodes.ok;
  return failures.length === 1 && first.class === 'not-found' ? exitCodes.notFound : exitCodes.failed;
}
