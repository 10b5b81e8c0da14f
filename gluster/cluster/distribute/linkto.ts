/**
 * Linkto files: where a name belongs by its hash, while the file is with another child. They are
 * empty, of mode 01000, and an attribute names the child.
 *
 * Source: GlusterFS `dht-common.h` (IS_DHT_LINKFILE_MODE, check_is_linkfile), `dht-linkfile.c`.
 */
import { decodeName, encodeName } from '../../../runtime/core/bytes.ts';
import type { Dict } from '../../../runtime/core/dict.ts';
import { IA_IFREG, type Iatt } from '../../../runtime/core/iatt.ts';

export const LINKTO_MODE = 0o1000;
const S_IFREG = 0o100000;
/** What mknod is asked for. */
export const LINKTO_MKNOD_MODE = S_IFREG | LINKTO_MODE;

/** Bits of a file that is being moved: set-group-id without execution, and sticky. */
const MIGRATING = 0o3000;

/** Whether it may be one: an application may set this mode, too. */
export const maybeLinkto = (buf: Iatt): boolean =>
  buf.iaProt === LINKTO_MODE && buf.iaType === IA_IFREG;

/** Whether it is one: the attribute says so, which has to be asked for. */
export const isLinkto = (buf: Iatt, xdata: Dict | null, key: string): boolean =>
  maybeLinkto(buf) && xdata?.has(key) === true;

/** Whether a rebalance may be copying the file: applications may set these bits, too. */
export const maybeMigrating = (buf: Iatt): boolean =>
  buf.iaType === IA_IFREG && (buf.iaProt & MIGRATING) === MIGRATING;

/** Whether it is copying it: the file then says where to. */
export const isMigrating = (buf: Iatt, xdata: Dict | null, key: string): boolean =>
  maybeMigrating(buf) && xdata?.has(key) === true;

/** A file as applications see it. */
export function withoutMigration(buf: Iatt): Iatt {
  const shown = buf.copy();
  shown.iaProt &= ~MIGRATING;
  return shown;
}

/** The value has the NUL of the original's text. */
export const encodeTarget = (name: string): Uint8Array => encodeName(`${name}\0`);

/** The name in a reply; undefined when there is none. */
export function targetOf(xdata: Dict | null, key: string): string | undefined {
  const value = xdata?.get(key);
  if (value === undefined) return undefined;
  const text = value instanceof Uint8Array ? decodeName(value) : String(value);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
