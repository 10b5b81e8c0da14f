/**
 * Recognizes linktos, and files that a rebalance is copying. A linkto is an empty file of mode 01000 on the child of
 * a name's hash; its xattr names the child that has the file. Parameters `key` are the name of this xattr.
 * Source: GlusterFS `dht-common.h` (IS_DHT_LINKFILE_MODE, check_is_linkfile), `dht-linkfile.c`.
 */
import { decodeName, encodeName } from '../../../runtime/core/bytes.ts';
import type { Dict } from '../../../runtime/core/dict.ts';
import { IA_IFREG, type Iatt } from '../../../runtime/core/iatt.ts';

/** The permission bits of a linkto: sticky, and no others. */
export const LINKTO_MODE = 0o1000;
/** The value of a request for a linkto's xattr: its expected size in bytes. */
export const LINKTO_XATTR_BYTES = 256;
const S_IFREG = 0o100000;
/** The mode with which mknod makes a linkto. */
export const LINKTO_MKNOD_MODE = S_IFREG | LINKTO_MODE;

/** The mode bits of a file being moved: set-group-id without execution, and sticky. */
const MIGRATION_BITS = 0o3000;

/** Whether a file may be a linkto: an application may set this mode too. */
export const mayBeLinkto = (buf: Iatt): boolean =>
  buf.iaProt === LINKTO_MODE && buf.iaType === IA_IFREG;

/** Whether a file is a linkto; requires its xattr in the xdata. */
export const isLinkto = (buf: Iatt, xdata: Dict | null, key: string): boolean =>
  mayBeLinkto(buf) && xdata?.has(key) === true;

/** Whether a rebalance may be copying the file: an application may set these bits too. */
export const mayBeMigrating = (buf: Iatt): boolean =>
  buf.iaType === IA_IFREG && (buf.iaProt & MIGRATION_BITS) === MIGRATION_BITS;

/** Whether a rebalance is copying the file: an xattr names the target. */
export const isMigrating = (buf: Iatt, xdata: Dict | null, key: string): boolean =>
  mayBeMigrating(buf) && xdata?.has(key) === true;

/** Derives the attributes that applications see: without the mode bits that mark a move. */
export function removeMigrationBits(buf: Iatt): Iatt {
  const copy = buf.copy();
  copy.iaProt &= ~MIGRATION_BITS;
  return copy;
}

/** Encodes a child's name for a linkto's xattr; it ends with a NUL, as in GlusterFS. */
export const encodeTarget = (name: string): Uint8Array => encodeName(`${name}\0`);

/** Reads the child's name from a linkto's xattr in the xdata of a reply; undefined without the xattr. */
export function readTarget(xdata: Dict | null, key: string): string | undefined {
  const value = xdata?.get(key);
  if (value === undefined) return undefined;
  const text = value instanceof Uint8Array ? decodeName(value) : String(value);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
