/** The numbers of docs/protocol.md, sections 2 to 4: every record and op that a plan, a settings file or a request is made of. */
import type { FrameRule } from '../frame/frame.ts';

export const planVersion = 1;

export const planRecords = {
  plan: 0x01,
  identity: 0x02,
  service: 0x03,
  descriptions: 0x04,
  end: 0x05,
} as const;

export const serviceRecords = {
  program: 0x10,
  socket: 0x11,
  log: 0x12,
  pidFile: 0x13,
  consumes: 0x14,
  flags: 0x15,
  readiness: 0x16,
} as const;

export const opTypes = {
  chdir: 0x20,
  umask: 0x21,
  rlimit: 0x22,
  nice: 0x23,
  ioprio: 0x24,
  'oom-score-adj': 0x25,
  groups: 0x26,
  gid: 0x27,
  uid: 0x28,
  'no-new-privs': 0x29,
  streams: 0x2a,
  setsid: 0x2b,
  'env-clear': 0x2c,
  'env-unset': 0x2d,
  'env-import': 0x2e,
  'env-set': 0x2f,
  exec: 0x30,
  'open-log': 0x31,
  'open-socket': 0x32,
  'pass-descriptors': 0x33,
} as const;

export type OpKind = keyof typeof opTypes;

export const roles = { main: 0, stop: 1 } as const;
export type Role = keyof typeof roles;

export const identityKinds = ['absent', 'file', 'directory', 'symlink'] as const;
export const socketFamilies = { unix: 1, inet: 2, inet6: 3 } as const;
export const logTypes = ['none', 'file', 'buffer', 'pipe'] as const;
export const limitSides = { soft: 1, hard: 2, both: 3 } as const;
export const unlimited = 0xffff_ffff_ffff_ffffn;

export const serviceFlags = {
  signalProcessOnly: 1,
  startsOnConsole: 2,
  runsOnConsole: 4,
  sharesConsole: 8,
  unmaskInterrupt: 16,
} as const;

/** What the kernel calls each `rlimit-` word (asm-generic/resource.h). */
export const limitNumbers = { data: 2, core: 4, nofile: 7, addrspace: 9 } as const;

/** One frame of the daemon's part. */
export const descriptionsPiece = 65_536;
export const largestService = 1 << 20;
const largestIdentity = 4_352;

export const planRules: readonly FrameRule[] = [
  { type: planRecords.plan, name: 'PLAN', smallest: 48, largest: 64 },
  { type: planRecords.identity, name: 'IDENTITY', smallest: 46, largest: largestIdentity },
  { type: planRecords.service, name: 'SERVICE', smallest: 5, largest: largestService },
  { type: planRecords.descriptions, name: 'DESCRIPTIONS', smallest: 0, largest: descriptionsPiece },
  { type: planRecords.end, name: 'END', smallest: 0, largest: 0 },
];

export const settingsRecords = {
  settings: 0x01,
  daemon: 0x02,
  logger: 0x03,
  compiler: 0x04,
  control: 0x05,
  environment: 0x06,
  setenvAllow: 0x07,
  limits: 0x08,
  names: 0x09,
  serviceDirectory: 0x0a,
  compilerOption: 0x0b,
  foreground: 0x0c,
  end: 0x0d,
  formerDaemon: 0x0e,
  formerLogger: 0x0f,
} as const;

const largestSetting = 65_536;
const setting = (type: number, name: string, smallest: number, largest = largestSetting): FrameRule => ({
  type,
  name,
  smallest,
  largest,
});

export const settingsRules: readonly FrameRule[] = [
  setting(settingsRecords.settings, 'SETTINGS', 47),
  setting(settingsRecords.daemon, 'DAEMON', 12),
  setting(settingsRecords.logger, 'LOGGER', 12),
  setting(settingsRecords.compiler, 'COMPILER', 12),
  setting(settingsRecords.control, 'CONTROL', 14),
  setting(settingsRecords.environment, 'ENVIRONMENT', 5, 1 << 20),
  setting(settingsRecords.setenvAllow, 'SETENV_ALLOW', 5),
  setting(settingsRecords.limits, 'LIMITS', 16, 16),
  setting(settingsRecords.names, 'NAMES', 5),
  setting(settingsRecords.serviceDirectory, 'SERVICE_DIRECTORY', 5),
  setting(settingsRecords.compilerOption, 'COMPILER_OPTION', 5),
  setting(settingsRecords.foreground, 'FOREGROUND', 0, 0),
  setting(settingsRecords.end, 'END', 0, 0),
  setting(settingsRecords.formerDaemon, 'FORMER_DAEMON', 4),
  setting(settingsRecords.formerLogger, 'FORMER_LOGGER', 4),
];

export const requestRecords = { request: 0x01, name: 0x02, environment: 0x03, end: 0x04 } as const;

export const requestRules: readonly FrameRule[] = [
  setting(requestRecords.request, 'REQUEST', 36, 36),
  setting(requestRecords.name, 'NAME', 5),
  setting(requestRecords.environment, 'ENVIRONMENT', 5, 1 << 20),
  setting(requestRecords.end, 'END', 0, 0),
];
