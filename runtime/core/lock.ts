/** Defines locks and leases as the fops carry them, with their constants. Source: GlusterFS `gf_flock`, `gf_lease`. */
import type { NEW_FLOCK, NEW_LEASE } from './gen/fields.gen.ts';

export const F_RDLCK = 0;
export const F_WRLCK = 1;
export const F_UNLCK = 2;

/** Commands of lk, inodelk and finodelk: fcntl(2)'s numbers on Linux. */
export const F_GETLK = 5;
export const F_SETLK = 6;
export const F_SETLKW = 7;

/** GlusterFS's names of lock types and commands, in logs and statedumps. */
export const lockTypes: ReadonlyMap<number, string> = new Map([
  [F_RDLCK, 'READ'],
  [F_WRLCK, 'WRITE'],
  [F_UNLCK, 'UNLOCK'],
]);
export const lockCommands: ReadonlyMap<number, string> = new Map([
  [F_GETLK, 'GETLK'],
  [F_SETLK, 'SETLK'],
  [F_SETLKW, 'SETLKW'],
]);

/** Returns fcntl(2)'s name of a lock type; its number if the type is unknown. */
export const flockTypeName = (type: number): string =>
  ['F_RDLCK', 'F_WRLCK', 'F_UNLCK'][type] ?? String(type);
/** Returns fcntl(2)'s name of a command of lk; its number if the command is unknown. */
export const lockCommandName = (cmd: number): string =>
  lockCommands.has(cmd) ? `F_${lockCommands.get(cmd)}` : String(cmd);

/** Commands, then lock types of entrylk and fentrylk. A lock with NB does not block: it fails with EAGAIN. */
export const ENTRYLK_LOCK = 0;
export const ENTRYLK_UNLOCK = 1;
export const ENTRYLK_LOCK_NB = 2;
export const ENTRYLK_RDLCK = 0;
export const ENTRYLK_WRLCK = 1;

export const entrylkTypeName = (type: number): string =>
  type === ENTRYLK_RDLCK ? 'ENTRYLK_RDLCK' : 'ENTRYLK_WRLCK';

/** One byte-range lock. */
export type Flock = Readonly<typeof NEW_FLOCK>;

/** The most bytes of a lock owner. Source: GlusterFS `GF_MAX_LOCK_OWNER_LEN`. */
const MAX_OWNER_BYTES = 1024;

/** Whether a text is a lock owner: its bytes as hexadecimal text, which is how the wire carries it. */
export const isLockOwner = (text: string): boolean =>
  text.length <= 2 * MAX_OWNER_BYTES && /^(?:[0-9a-f]{2})*$/i.test(text);

/** A lease on a file, by which its holder is told before others use it. */
export type Lease = Readonly<typeof NEW_LEASE>;
