/** What the programs assume about an instance that they were told nothing about. */
import { userInfo } from 'node:os';
import { systemServiceDirectories, userServiceDirectories } from '../service/default-directories.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const systemEnvironmentFile = '/etc/dinit/environment';

export function serviceDirectories(isUser: boolean, environment: Environment): readonly string[] {
  if (!isUser) return systemServiceDirectories;
  return userServiceDirectories(environment, environment['HOME'] ?? homeDirectory());
}

/** Of the user database; undefined when nobody in it has our number. */
export function homeDirectory(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}
