/** The numbers and size limits of the channel between daemon and launcher (docs/protocol.md, sections 5 and 6). */
import type { FrameRule } from '../../frame/frame.ts';

export const protocolVersion = 1;

export const toLauncher = {
  hello: 0x01,
  ack: 0x02,
  compile: 0x03,
  use: 0x04,
  discard: 0x05,
  forget: 0x06,
  start: 0x07,
  signal: 0x08,
  readPidFile: 0x09,
  closeSocket: 0x0a,
  setenv: 0x0b,
  unsetenv: 0x0c,
  timer: 0x0d,
  exit: 0x0e,
  logClear: 0x0f,
  renew: 0x10,
} as const;

export const fromLauncher = {
  welcome: 0x41,
  planBegin: 0x42,
  planData: 0x43,
  planEnd: 0x44,
  planFailed: 0x45,
  process: 0x46,
  synced: 0x47,
  executed: 0x48,
  startFailed: 0x49,
  exited: 0x4a,
  ready: 0x4b,
  readyClosed: 0x4c,
  pidFile: 0x4d,
  signalFailed: 0x4e,
  environment: 0x4f,
  requested: 0x50,
  component: 0x51,
  logEvent: 0x52,
  refused: 0x53,
} as const;

const rule = (type: number, name: string, smallest: number, largest = smallest): FrameRule => ({
  type,
  name,
  smallest,
  largest,
});

const largestText = 4096;

export const fromLauncherRules: readonly FrameRule[] = [
  rule(fromLauncher.welcome, 'WELCOME', 23, 18 + 5 + largestText),
  rule(fromLauncher.planBegin, 'PLAN_BEGIN', 12),
  rule(fromLauncher.planData, 'PLAN_DATA', 1, 65_536),
  rule(fromLauncher.planEnd, 'PLAN_END', 8, 8 + 5 * 262_144),
  rule(fromLauncher.planFailed, 'PLAN_FAILED', 14, 9 + 5 + largestText),
  rule(fromLauncher.process, 'PROCESS', 23),
  rule(fromLauncher.synced, 'SYNCED', 0),
  rule(fromLauncher.executed, 'EXECUTED', 21),
  rule(fromLauncher.startFailed, 'START_FAILED', 18),
  rule(fromLauncher.exited, 'EXITED', 50),
  rule(fromLauncher.ready, 'READY', 8),
  rule(fromLauncher.readyClosed, 'READY_CLOSED', 8),
  rule(fromLauncher.pidFile, 'PIDFILE', 17),
  rule(fromLauncher.signalFailed, 'SIGNAL_FAILED', 10),
  rule(fromLauncher.environment, 'ENVIRONMENT', 6, 1 + 5 + 131_072),
  rule(fromLauncher.requested, 'REQUESTED', 1),
  rule(fromLauncher.component, 'COMPONENT', 15),
  rule(fromLauncher.logEvent, 'LOG_EVENT', 17),
  rule(fromLauncher.refused, 'REFUSED', 9),
];
