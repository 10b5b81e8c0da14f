/**
 * Applies the rules for extended attributes that both storages share: hidden names, the bytes of a dict's values, the
 * keys that a lookup requests, and the arithmetic of xattrop.
 *
 * Source: GlusterFS `xlators/storage/posix/src/posix-inode-fd-ops.c` (do_xattrop), which refuses
 * OR_ARRAY and AND_ARRAY with EINVAL; here they work.
 */
import { isAclName } from '../../../core/acl.ts';
import { encodeName } from '../../../core/bytes.ts';
import { Dict, type DictValue } from '../../../core/dict.ts';
import { EILSEQ, EINVAL, ENODATA, EOPNOTSUPP, EPERM, ERANGE } from '../../../core/errno.ts';
import { XATTR_NAME_MAX, XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { PROTECT_WRITES } from '../../../core/xdata.ts';
import { findTextFault } from './fop-values.ts';

/** The namespaces that inodes in memory support; `system.` has the ACLs alone. */
const SETTABLE_NAMESPACES = ['user.', 'trusted.', 'security.'];

/** Returns 0 for a valid attribute name, otherwise the errno. */
export function findKeyFault(name: string): number {
  if (name === '') return ERANGE;
  if (findTextFault(name, XATTR_NAME_MAX) !== 0) return ERANGE;
  if (isAclName(name)) return 0;
  const namespace = SETTABLE_NAMESPACES.find((prefix) => name.startsWith(prefix));
  if (namespace === undefined) return EOPNOTSUPP;
  return name === namespace ? EINVAL : 0;
}

/** Attributes with an inode's gfid: written by root, and by a process that may not write `trusted.`. */
export const TRUSTED_GFID = 'trusted.gfid';
export const USER_GFID = 'user.glossa.gfid';

/** The flags of setxattr(2), as in `<sys/xattr.h>`. */
export const XATTR_CREATE = 1;
export const XATTR_REPLACE = 2;

/** Prefixes of GlusterFS's own attributes: the state of its translators, and the names of a file. */
const GLUSTERFS_PREFIXES = ['trusted.glusterfs.', 'trusted.gfid2path.'];

/**
 * Whether requests of process `pid` neither see nor change this attribute. Internal clients (negative pid)
 * may use GlusterFS's own attributes; the gfid is hidden from all.
 */
export function isHidden(name: string, pid: number): boolean {
  if (name === TRUSTED_GFID || name === USER_GFID) return true;
  return pid >= 0 && GLUSTERFS_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/**
 * Whether a list of all attributes includes this one. A rebalance copies listed attributes. It must not copy the mark
 * of an earlier move (PROTECT_WRITES), which would block the next one.
 */
export const isListed = (name: string, pid: number): boolean =>
  name !== PROTECT_WRITES && !isHidden(name, pid);

/**
 * Removes the attribute `name`; for an empty name all attributes named in xdata, as self-heal requests.
 * @param removeOne removes one attribute: 0 or the errno
 * @returns 0 or the first errno
 *
 * Source: GlusterFS `posix-inode-fd-ops.c` (posix_common_removexattr).
 */
export function removeXattrs(
  name: string,
  xdata: Dict | null,
  removeOne: (name: string) => number,
): number {
  if (name !== '' || xdata === null) return removeOne(name);
  let fault = 0;
  for (const key of xdata.keys()) {
    const errno = isXattrKey(key) ? removeOne(key) : 0;
    // Removing one attribute may have removed another.
    if (errno !== 0 && errno !== ENODATA && fault === 0) fault = errno;
  }
  return fault;
}

/**
 * Sets the attributes in `dict` in order, up to the first failure; returns 0 or its errno.
 * @param pid decides which attributes are hidden
 * @param setOne sets one attribute: 0 or the errno
 */
export function setXattrs(
  dict: Dict | null,
  pid: number,
  setOne: (name: string, bytes: Uint8Array | null) => number,
): number {
  for (const name of dict?.keys() ?? []) {
    const fault = isHidden(name, pid) ? EPERM : setOne(name, encodeValue(dict!.get(name)!));
    if (fault !== 0) return fault;
  }
  return 0;
}

/** The namespaces of Linux (xattr(7)). */
const NAMESPACES = ['user.', 'trusted.', 'security.', 'system.'];

/** Whether a key of xdata is an attribute's name; by it a lookup requests the attribute's value. */
export function isXattrKey(key: string): boolean {
  if (key === TRUSTED_GFID || key === USER_GFID) return false;
  return NAMESPACES.some((namespace) => key.startsWith(namespace));
}

/**
 * Converts a dict's value to an attribute's bytes, numbers as decimal text; null for other values (an iatt,
 * malformed text).
 */
export function encodeValue(value: DictValue): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'number') return encodeName(String(value));
  if (typeof value !== 'string' || findTextFault(value, XATTR_SIZE_MAX) === EILSEQ) return null;
  return encodeName(value);
}

/**
 * Key by which a lookup requests all attributes. GlusterFS's clients compare them between bricks, and set them on a
 * directory that they create on a brick that lacks it.
 */
const LIST_XATTR_KEY = 'list-xattr';

/** Attributes that apply to this brick only, so that LIST_XATTR_KEY leaves them out. */
const BRICK_ONLY_XATTRS: ReadonlySet<string> = new Set([
  TRUSTED_GFID,
  USER_GFID,
  PROTECT_WRITES,
  'trusted.glusterfs.volume-id',
  'security.selinux',
]);

/** Whether an attribute applies to this brick only. */
const isBrickOnly = (name: string): boolean =>
  BRICK_ONLY_XATTRS.has(name) || name.startsWith('trusted.gfid2path.');

/** The attributes that the xdata of a lookup, stat, fstat or readdirp requests. */
export interface RequestedKeys {
  readonly names: readonly string[];
  /** Whether all existing attributes are requested, too. */
  readonly includesAll: boolean;
}

/** Returns the attributes that xdata requests; null for none. */
export function readRequestedKeys(xdata: Dict | null): RequestedKeys | null {
  if (xdata === null) return null;
  const names = [...xdata.keys()].filter(isXattrKey);
  const includesAll = xdata.has(LIST_XATTR_KEY);
  return includesAll || names.length > 0 ? { names, includesAll } : null;
}

/** Access to the attributes of one inode. */
export interface XattrReader {
  /** Returns an attribute's value; null if the inode lacks the attribute. */
  read(name: string): Uint8Array | null;
  /** Lists the names of all attributes; null if that is impossible, as with more than 64 KiB of names. */
  listNames(): readonly string[] | null;
}

/** Reads the requested values; null if none exists. */
export function readRequestedValues(
  { names, includesAll }: RequestedKeys,
  reader: XattrReader,
): Dict | null {
  let values: Dict | null = null;
  for (const name of selectNames(names, includesAll, reader)) {
    const value = reader.read(name);
    if (value === null) continue;
    values ??= new Dict();
    values.set(name, value, 'bin');
  }
  return values;
}

/**
 * Returns the names to read. If several are requested, it lists the existing ones first: most requested attributes do
 * not exist, and a list costs no more than one read.
 */
function selectNames(
  names: readonly string[],
  includesAll: boolean,
  reader: XattrReader,
): readonly string[] {
  if (!includesAll && names.length < 2) return names;
  const existing = reader.listNames();
  if (existing === null) return names;
  const isIncluded = (name: string): boolean =>
    includesAll && isXattrKey(name) && !isBrickOnly(name);
  return existing.filter((name) => names.includes(name) || isIncluded(name));
}

/** The operations of xattrop, GlusterFS's `gf_xattrop_flags_t`. */
export const XATTROP = {
  ADD_ARRAY: 0,
  ADD_ARRAY64: 1,
  OR_ARRAY: 2,
  AND_ARRAY: 3,
  GET_AND_SET: 4,
  ADD_ARRAY_WITH_DEFAULT: 5,
  ADD_ARRAY64_WITH_DEFAULT: 6,
} as const;

/**
 * Formats of the sums by optype: bytes per element, and whether the operand's second half has defaults. A default is
 * added to an element that is zero.
 */
const SUM_FORMATS: ReadonlyMap<number, readonly [elementBytes: 4 | 8, hasDefaults: boolean]> =
  new Map([
    [XATTROP.ADD_ARRAY, [4, false]],
    [XATTROP.ADD_ARRAY64, [8, false]],
    [XATTROP.ADD_ARRAY_WITH_DEFAULT, [4, true]],
    [XATTROP.ADD_ARRAY64_WITH_DEFAULT, [8, true]],
  ]);

/** The result for one attribute: the value to return (null for none), and the one to store (null for no change). */
export interface XattropResult {
  readonly reply: Uint8Array | null;
  readonly newValue: Uint8Array | null;
}

/**
 * Computes an xattrop of one attribute, or returns the errno.
 * @param current the stored value; null for an absent attribute, which counts as zeros
 * @param operand the request's value
 */
export function computeXattrop(
  optype: number,
  current: Uint8Array | null,
  operand: Uint8Array,
): XattropResult | number {
  if (optype === XATTROP.GET_AND_SET) return { reply: current, newValue: operand };
  if (optype === XATTROP.OR_ARRAY) return combineBits(current, operand, (a, b) => a | b);
  if (optype === XATTROP.AND_ARRAY) return combineBits(current, operand, (a, b) => a & b);
  const sumFormat = SUM_FORMATS.get(optype);
  if (sumFormat === undefined) return EINVAL;
  const [elementBytes, hasDefaults] = sumFormat;
  const length = hasDefaults ? operand.length / 2 : operand.length;
  if (length % elementBytes !== 0) return EINVAL;
  if (current !== null && current.length > length) return ERANGE;
  const value = new Uint8Array(length);
  if (current !== null) value.set(current);
  // Adding zeros is a read: a missing attribute is not created.
  if (operand.every((byte) => byte === 0)) return { reply: value, newValue: null };
  for (let offset = 0; offset < length; offset += elementBytes) {
    const isZero =
      hasDefaults && value.subarray(offset, offset + elementBytes).every((byte) => byte === 0);
    addElement(value, operand, offset, offset, elementBytes);
    if (isZero) addElement(value, operand, offset, length + offset, elementBytes);
  }
  return { reply: value, newValue: value };
}

/** Combines two values byte by byte, or returns the errno. */
function combineBits(
  current: Uint8Array | null,
  operand: Uint8Array,
  combine: (a: number, b: number) => number,
): XattropResult | number {
  // The operand is an array of 32-bit numbers.
  if (operand.length % 4 !== 0) return EINVAL;
  if (current !== null && current.length > operand.length) return ERANGE;
  const value = operand.map((byte, index) => combine(current?.[index] ?? 0, byte));
  return { reply: value, newValue: value };
}

/** Adds the big-endian element of `operand` at `operandOffset` to that of `value` at `valueOffset`, modulo its size. */
function addElement(
  value: Uint8Array,
  operand: Uint8Array,
  valueOffset: number,
  operandOffset: number,
  elementBytes: number,
): void {
  let carry = 0;
  for (let i = elementBytes - 1; i >= 0; i--) {
    const sum = value[valueOffset + i]! + operand[operandOffset + i]! + carry;
    value[valueOffset + i] = sum & 0xff;
    carry = sum >> 8;
  }
}
