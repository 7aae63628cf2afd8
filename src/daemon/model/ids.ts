/** The numbers by which engine, daemon and launcher name things. All are plain numbers at run time; the brands keep them apart. */

/** The launcher's slot of a service: given by the caller at load, the same for the same name as long as the launcher lives. */
export type ServiceId = number & { readonly brand: 'ServiceId' };

/** One request of one client; chosen by the caller, never used twice in the life of a state. */
export type CommandId = number & { readonly brand: 'CommandId' };

/** One launch of one service: counts up per service over both roles, so a late report of an earlier process is recognised. */
export type Run = number & { readonly brand: 'Run' };

/** A link's place in the state's table of links. */
export type LinkId = number & { readonly brand: 'LinkId' };

export const serviceId = (slot: number): ServiceId => slot as ServiceId;
export const commandId = (number: number): CommandId => number as CommandId;
export const runNumber = (number: number): Run => number as Run;
export const linkId = (place: number): LinkId => place as LinkId;
