/** The numbers and size limits of the logger's socket for readers (docs/protocol.md, section 8). */
import type { FrameRule } from '../../frame/frame.ts';

export const toLogger = { read: 0xc1, stop: 0xc2 } as const;
export const fromLogger = { data: 0xd1, end: 0xd2 } as const;

export const fromLoggerRules: readonly FrameRule[] = [
  { type: fromLogger.data, name: 'DATA', smallest: 12, largest: 12 + 65_536 },
  { type: fromLogger.end, name: 'END', smallest: 16, largest: 16 },
];
