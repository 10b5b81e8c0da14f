/**
 * Records the names of a file in its attributes (gfid2path), as GlusterFS does, so that a path can be found by gfid.
 * Each name is an attribute `trusted.gfid2path.HASH` with the value `<gfid of the directory>/<name>`; HASH is
 * the XXH64 of the value. Directories have no such value, as their gfid handle has the name.
 *
 * Source: GlusterFS `xlators/storage/posix/src/posix-gfid-path.c`.
 */

import { decodeName } from '../../../core/bytes.ts';
import { isGfid } from '../../../core/gfid.ts';
import { NAME_MAX, XATTR_LIST_MAX } from '../../../core/limits.ts';
import * as libc from '../../../sys/libc.ts';
import { toCString } from '../../../sys/struct.ts';
import type { NamedEntry } from './gfid-handles.ts';
import { makeProcPath } from './paths.ts';
import { computeXxh64 } from './xxhash.ts';

/** Prefix of the attributes' names; a hash follows. */
const KEY_PREFIX = 'trusted.gfid2path.';
const GFID_LENGTH = 36;

/** A name of a file. */
export interface RecordedName {
  /** The gfid of its directory. */
  readonly parent: string;
  readonly name: string;
}

/** Encodes a name as the value of its attribute. */
const encodeRecord = ({ parent, name }: NamedEntry): Uint8Array =>
  Buffer.concat([Buffer.from(`${parent}/`, 'latin1'), name!.subarray(0, name!.indexOf(0))]);

/** Records a name, which must be known, of the file of `fd`; returns 0 or the errno. */
export function recordName(fd: number, entry: NamedEntry): number {
  const value = encodeRecord(entry);
  const key = toCString(KEY_PREFIX + computeXxh64(value));
  return -libc.setxattr(makeProcPath(fd), key, value, value.length, 0);
}

/** Erases a name of the file of `fd`. */
export function eraseName(fd: number, entry: NamedEntry): void {
  libc.removexattr(makeProcPath(fd), toCString(KEY_PREFIX + computeXxh64(encodeRecord(entry))));
}

/** Memory for the results of listxattr and getxattr. */
const listBuffer = new Uint8Array(new ArrayBuffer(XATTR_LIST_MAX));
const valueBuffer = new Uint8Array(GFID_LENGTH + 1 + NAME_MAX);

/** Reads the recorded names of the file of `fd`. */
export function readRecordedNames(fd: number): RecordedName[] {
  const names: RecordedName[] = [];
  const length = libc.listxattr(makeProcPath(fd), listBuffer, listBuffer.length);
  for (let start = 0; start < length; ) {
    const end = listBuffer.indexOf(0, start);
    const key = listBuffer.slice(start, end + 1);
    start = end + 1;
    if (!decodeName(key).startsWith(KEY_PREFIX)) continue;
    const valueLength = libc.getxattr(makeProcPath(fd), key, valueBuffer, valueBuffer.length);
    if (valueLength <= GFID_LENGTH) continue;
    const parent = decodeName(valueBuffer, 0, GFID_LENGTH);
    if (isGfid(parent))
      names.push({ parent, name: decodeName(valueBuffer, GFID_LENGTH + 1, valueLength) });
  }
  return names;
}
