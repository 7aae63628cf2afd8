import { expect, test } from 'vitest';
import { systemServiceDirectories, userServiceDirectories } from '../../src/service/default-directories.ts';

const shared = ['/etc/dinit.d/user', '/usr/lib/dinit.d/user', '/usr/local/lib/dinit.d/user'];

test.each([
  [{ XDG_CONFIG_HOME: '/x/' }, '/home/u', ['/x/dinit.d', '/home/u/.config/dinit.d', ...shared]],
  [{ XDG_CONFIG_HOME: '/home/u/.config' }, '/home/u', ['/home/u/.config/dinit.d', ...shared]],
  [{ XDG_CONFIG_HOME: '' }, '/home/u', ['/home/u/.config/dinit.d', ...shared]],
  [{ XDG_CONFIG_HOME: '/x' }, undefined, ['/x/dinit.d', ...shared]],
  [{}, undefined, systemServiceDirectories],
])('userServiceDirectories() with %j and home %j', (variables, home, expected) => {
  expect(userServiceDirectories(variables, home)).toEqual(expected);
});
