/** Whether the file of a service is another one than when it was loaded. */
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { ReeveClient } from '../../api/client.ts';
import type { ServiceStatus } from '../../api/service-status.ts';
import type { Context } from '../session/context.ts';

/** False as well when it cannot be told from here. */
export function hasChangedDescription({ file, fileModified }: Pick<ServiceStatus, 'file' | 'fileModified'>): boolean {
  if (!isAbsolute(file)) return false;
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats !== undefined && Math.trunc(stats.mtimeMs) !== Math.trunc(fileModified);
  } catch {
    return false;
  }
}

/** Whoever starts a service after editing its file, and has forgotten to reload, starts the old one. */
export async function noteChangedDescription(context: Context, reeve: ReeveClient, name: string): Promise<void> {
  if (context.isJson || context.isQuiet) return;
  const [loaded] = await reeve.list([name]);
  if (loaded && hasChangedDescription(await reeve.status(name))) {
    context.note(`${name}: its description has changed since it was loaded: reevectl reload ${name} takes it`);
  }
}
