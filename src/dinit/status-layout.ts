/** The three forms in which a service's status travels. Each begins with the same six bytes. */
import { i32, i64, u16, u8, type Values } from './field.ts';

/** `flags`: see status-flags.ts. `stage` is the execution stage when `stopReason` says that execution failed. */
const head = [u8('state'), u8('target'), u8('flags'), u8('stopReason'), u16('stage')] as const;

/** Version 1: a process id, an error number, or whether the last exit was clean. */
export const status1 = [...head, i32('detail')] as const;

/** Version 5: a process id and zero, an error number and zero, or how the last process ended (si_code, si_status). */
export const status5 = [...head, i32('detail'), i32('exitStatus')] as const;

/** Version 6: also when the description was last modified before it was loaded. */
export const status6 = [...status5, i64('modifiedSeconds'), i64('modifiedNanoseconds')] as const;

export type Status1 = Values<typeof status1>;
export type Status5 = Values<typeof status5>;
export type Status6 = Values<typeof status6>;
