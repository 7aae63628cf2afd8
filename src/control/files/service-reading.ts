/** How reevectl reads service files by itself: the same loader as the daemon's, on the same directories. */
import { type Command, Option } from 'commander';
import { defaultSocket } from '../../api/default-paths.ts';
import { systemServiceDirectories, userServiceDirectories } from '../../service/default-directories.ts';
import { DiskFiles } from '../../service/disk-files.ts';
import type { LoadOptions } from '../../service/load.ts';
import { PasswdUsers } from '../../service/passwd-users.ts';
import type { Context } from '../session/context.ts';

export interface ReadingValues {
  readonly servicesDir?: readonly string[];
}

export function addDirectoryOption(command: Command): Command {
  return command.addOption(
    new Option('-d, --services-dir <DIR>', 'look for service files here instead; may be repeated').argParser(
      (value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value],
    ),
  );
}

/** Without a daemon: directories as given or the usual ones, and the environment of the caller. */
export function offlineReading(context: Context, { servicesDir }: ReadingValues): LoadOptions {
  const { environment } = context.surroundings;
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return reading(context, servicesDir ?? defaultDirectories(context), new Map(variables));
}

/** As the daemon has it. */
export async function onlineReading(context: Context): Promise<LoadOptions> {
  const reeve = await context.connect();
  const [{ serviceDirectories }, environment] = await Promise.all([reeve.info(), reeve.environment()]);
  return reading(context, serviceDirectories, environment);
}

function reading(
  context: Context,
  directories: readonly string[],
  environment: ReadonlyMap<string, string>,
): LoadOptions {
  return {
    directories,
    environment,
    files: new DiskFiles(isSystem(context) ? { trustedOwners: [0] } : {}),
    users: new PasswdUsers(),
    effectiveUid: context.surroundings.uid ?? 0,
  };
}

/** The instance of the machine runs its services as root, so what is written about them has to be root's. */
function isSystem(context: Context): boolean {
  if (context.instance !== undefined) return context.instance === 'system';
  const { path, source } = context.socket;
  return source === 'default' && path === defaultSocket('system', {});
}

function defaultDirectories(context: Context): readonly string[] {
  const { environment } = context.surroundings;
  return isSystem(context) ? systemServiceDirectories : userServiceDirectories(environment, environment['HOME']);
}
