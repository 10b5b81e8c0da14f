/** INIT: agreeing on version, sizes and abilities. Protocol 7.31 and later. */
import type { Cursor } from './cursor.ts';

/** struct fuse_init_in; the second flag word came with 7.36. */
export class InitIn {
  major = 0;
  minor = 0;
  maxReadahead = 0;
  flags = 0;
  flags2 = 0;
}

export function decodeInitIn(cursor: Cursor, out: InitIn): void {
  out.major = cursor.u32();
  out.minor = cursor.u32();
  out.maxReadahead = cursor.u32();
  out.flags = cursor.u32() | 0;
  out.flags2 = cursor.at < cursor.end ? cursor.u32() | 0 : 0;
}

/** struct fuse_init_out. */
export interface InitOut {
  readonly minor: number;
  /** Bytes. */
  readonly maxReadahead: number;
  readonly flags: number;
  readonly flags2: number;
  /** Requests nobody waits for (readahead, releases) that the kernel keeps under way. */
  readonly maxBackground: number;
  readonly congestionThreshold: number;
  /** Bytes of one WRITE. */
  readonly maxWrite: number;
  /** Nanoseconds between two times a file can have. */
  readonly timeGran: number;
  /** Pages of the largest request. */
  readonly maxPages: number;
  /** Layers of file systems that a backing file's may be, itself counted; 0 without passthrough. */
  readonly maxStackDepth: number;
}

export const INIT_OUT_SIZE = 64;

export function encodeInitOut(view: DataView, at: number, init: InitOut): void {
  for (let i = 0; i < INIT_OUT_SIZE; i += 4) view.setUint32(at + i, 0, true);
  view.setUint32(at, 7, true);
  view.setUint32(at + 4, init.minor, true);
  view.setUint32(at + 8, init.maxReadahead, true);
  view.setInt32(at + 12, init.flags, true);
  view.setUint16(at + 16, init.maxBackground, true);
  view.setUint16(at + 18, init.congestionThreshold, true);
  view.setUint32(at + 20, init.maxWrite, true);
  view.setUint32(at + 24, init.timeGran, true);
  view.setUint16(at + 28, init.maxPages, true);
  view.setInt32(at + 32, init.flags2, true);
  view.setUint32(at + 36, init.maxStackDepth, true);
}
