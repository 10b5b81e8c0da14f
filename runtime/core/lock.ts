/** Locks and leases as the fops carry them. Source: GlusterFS `gf_flock`, `gf_lease`. */

export const F_RDLCK = 0;
export const F_WRLCK = 1;
export const F_UNLCK = 2;

/** What lk, inodelk and finodelk are asked to do: fcntl(2)'s numbers on Linux. */
export const F_GETLK = 5;
export const F_SETLK = 6;
export const F_SETLKW = 7;

/** What entrylk and fentrylk are asked to do, and the types of their locks. */
export const ENTRYLK_LOCK = 0;
export const ENTRYLK_UNLOCK = 1;
export const ENTRYLK_LOCK_NB = 2;
export const ENTRYLK_RDLCK = 0;
export const ENTRYLK_WRLCK = 1;

/** One byte-range lock. `len` 0 reaches to the end of the file, however it grows. */
export interface Flock {
  readonly type: number;
  readonly whence: number;
  readonly start: number;
  readonly len: number;
  readonly pid: number;
  /** Hexadecimal text of the owner's bytes. */
  readonly owner: string;
}

export interface Lease {
  /** GET 1, SET 2, UNLK 3. */
  readonly cmd: number;
  /** NONE 0, RD 1, RW 2. */
  readonly type: number;
  /** 16 bytes as uuid text. */
  readonly id: string;
  readonly flags: number;
}
