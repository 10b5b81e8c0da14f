/**
 * Extended attributes in every storage: which are its own business, how a dict's
 * values become bytes, and the arithmetic of xattrop.
 *
 * Source: GlusterFS `xlators/storage/posix/src/posix-inode-fd-ops.c` (do_xattrop), which refuses
 * OR_ARRAY and AND_ARRAY with EINVAL; here they do what they are named for.
 */
import { encodeName } from '../../../core/bytes.ts';
import { Dict, type DictValue } from '../../../core/dict.ts';
import { EILSEQ, EINVAL, ENODATA, EPERM, ERANGE } from '../../../core/errno.ts';
import { XATTR_SIZE_MAX } from '../../../core/limits.ts';
import { PROTECT_WRITES } from '../../../core/xdata.ts';
import { textFault } from './names.ts';

/** Where an inode's gfid is kept: as root, and where the kernel refuses `trusted.` to us. */
export const TRUSTED_GFID = 'trusted.gfid';
export const USER_GFID = 'user.glossa.gfid';

/** setxattr's flags, as in `<sys/xattr.h>`. */
export const XATTR_CREATE = 1;
export const XATTR_REPLACE = 2;

/** GlusterFS's own: its translators' state, and the names that lead to an inode. */
const OWN_PREFIXES = ['trusted.glusterfs.', 'trusted.gfid2path.'];

/**
 * Whether requests of process `pid` neither see nor change this attribute. Internal clients, whose
 * pid is negative, keep their own state there; nobody touches a gfid.
 */
export function isHidden(name: string, pid: number): boolean {
  if (name === TRUSTED_GFID || name === USER_GFID) return true;
  return pid >= 0 && OWN_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/**
 * Whether a list of all attributes has it. Who moves a file copies what is listed; the mark on a copy that
 * is written to is of that copy alone, and would keep the next one from ever being made.
 */
export const isListed = (name: string, pid: number): boolean =>
  name !== PROTECT_WRITES && !isHidden(name, pid);

/**
 * Removes the attribute of this name, or, where it has none, all whose names are in xdata: who heals a copy of
 * a file takes away at once what it has.
 * @param one removes one: 0 or the errno
 * @returns 0 or the first errno
 *
 * Source: GlusterFS `posix-inode-fd-ops.c` (posix_common_removexattr).
 */
export function removeXattrs(
  name: string,
  xdata: Dict | null,
  one: (name: string) => number,
): number {
  if (name !== '' || xdata === null) return one(name);
  let fault = 0;
  for (const each of xdata.keys()) {
    const own = asksForXattr(each) ? one(each) : 0;
    // One may have gone with another.
    if (own !== 0 && own !== ENODATA && fault === 0) fault = own;
  }
  return fault;
}

/**
 * Sets what is in `dict`, one after the other, up to the first that fails; 0 or its errno.
 * @param pid decides what is hidden
 * @param one sets one: 0 or the errno
 */
export function setXattrs(
  dict: Dict | null,
  pid: number,
  one: (name: string, bytes: Uint8Array | null) => number,
): number {
  for (const name of dict?.keys() ?? []) {
    const fault = isHidden(name, pid) ? EPERM : one(name, valueBytes(dict!.get(name)!));
    if (fault !== 0) return fault;
  }
  return 0;
}

const NAMESPACES = ['user.', 'trusted.', 'security.', 'system.'];

/** Whether a key in xdata is an attribute's name: a lookup asks for its value by it. */
export function asksForXattr(key: string): boolean {
  if (key === TRUSTED_GFID || key === USER_GFID) return false;
  return NAMESPACES.some((namespace) => key.startsWith(namespace));
}

/**
 * A dict's value as an attribute holds it, numbers as decimal text; null for what has no bytes (an
 * iatt, a text that is none).
 */
export function valueBytes(value: DictValue): Uint8Array | null {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'number') return encodeName(String(value));
  if (typeof value !== 'string' || textFault(value, XATTR_SIZE_MAX) === EILSEQ) return null;
  return encodeName(value);
}

/**
 * With a lookup: all attributes are wanted. GlusterFS's clients compare them with those of other bricks, and
 * give them to a directory that a brick does not have.
 */
const LIST_XATTR = 'list-xattr';

/** What is of this brick alone, and would be wrong on another. */
const OF_THE_BRICK: ReadonlySet<string> = new Set([
  TRUSTED_GFID,
  USER_GFID,
  PROTECT_WRITES,
  'trusted.glusterfs.volume-id',
  'security.selinux',
]);

const isOfTheBrick = (name: string): boolean =>
  OF_THE_BRICK.has(name) || name.startsWith('trusted.gfid2path.');

/** The attributes that the xdata of a lookup, stat, fstat or readdirp asks for. */
export interface AskedKeys {
  readonly names: readonly string[];
  /** Besides, all that are there. */
  readonly all: boolean;
}

/** Null when it asks for none. */
export function askedKeys(xdata: Dict | null): AskedKeys | null {
  if (xdata === null) return null;
  const names = [...xdata.keys()].filter(asksForXattr);
  const all = xdata.has(LIST_XATTR);
  return all || names.length > 0 ? { names, all } : null;
}

/** The attributes of something that was found. */
export interface Attributes {
  read(name: string): Uint8Array | null;
  /** Null when they cannot be listed, as more than 64 KiB of them. */
  names(): readonly string[] | null;
}

/** The values that are asked for; null when there are none. */
export function answerKeys({ names, all }: AskedKeys, of: Attributes): Dict | null {
  let found: Dict | null = null;
  for (const name of wantedNames(names, all, of)) {
    const value = of.read(name);
    if (value === null) continue;
    found ??= new Dict();
    found.set(name, value, 'bin');
  }
  return found;
}

/** Of most that is asked for there is none: to ask for the names takes no longer than for one value. */
function wantedNames(names: readonly string[], all: boolean, of: Attributes): readonly string[] {
  if (!all && names.length < 2) return names;
  const there = of.names();
  if (there === null) return names;
  const isWanted = (name: string): boolean => all && asksForXattr(name) && !isOfTheBrick(name);
  return there.filter((name) => names.includes(name) || isWanted(name));
}

/** `gf_xattrop_flags_t`. */
export const XATTROP = {
  ADD_ARRAY: 0,
  ADD_ARRAY64: 1,
  OR_ARRAY: 2,
  AND_ARRAY: 3,
  GET_AND_SET: 4,
  ADD_ARRAY_WITH_DEFAULT: 5,
  ADD_ARRAY64_WITH_DEFAULT: 6,
} as const;

/** Bytes per element, and whether the second half of what is given are defaults. */
const ADDING: ReadonlyMap<number, readonly [width: 4 | 8, withDefault: boolean]> = new Map([
  [XATTROP.ADD_ARRAY, [4, false]],
  [XATTROP.ADD_ARRAY64, [8, false]],
  [XATTROP.ADD_ARRAY_WITH_DEFAULT, [4, true]],
  [XATTROP.ADD_ARRAY64_WITH_DEFAULT, [8, true]],
]);

/** What becomes of one attribute: what to answer and what to store, null for nothing. */
export interface XattropResult {
  readonly answer: Uint8Array | null;
  readonly store: Uint8Array | null;
}

/** One key of an xattrop. A missing attribute counts as zeros. The result, or the errno. */
export function xattrop(
  optype: number,
  current: Uint8Array | null,
  given: Uint8Array,
): XattropResult | number {
  if (optype === XATTROP.GET_AND_SET) return { answer: current, store: given };
  if (optype === XATTROP.OR_ARRAY) return byBit(current, given, (a, b) => a | b);
  if (optype === XATTROP.AND_ARRAY) return byBit(current, given, (a, b) => a & b);
  const adding = ADDING.get(optype);
  if (adding === undefined) return EINVAL;
  const [width, withDefault] = adding;
  const length = withDefault ? given.length / 2 : given.length;
  if (length % width !== 0) return EINVAL;
  if (current !== null && current.length > length) return ERANGE;
  const value = new Uint8Array(length);
  if (current !== null) value.set(current);
  // Adding nothing is how one reads: an attribute that is missing stays missing.
  if (given.every((byte) => byte === 0)) return { answer: value, store: null };
  for (let at = 0; at < length; at += width) {
    const isZero = withDefault && value.subarray(at, at + width).every((byte) => byte === 0);
    addInto(value, given, at, at, width);
    if (isZero) addInto(value, given, at, length + at, width);
  }
  return { answer: value, store: value };
}

function byBit(
  current: Uint8Array | null,
  given: Uint8Array,
  combine: (a: number, b: number) => number,
): XattropResult | number {
  if (given.length % 4 !== 0) return EINVAL;
  if (current !== null && current.length > given.length) return ERANGE;
  const value = given.map((byte, at) => combine(current?.[at] ?? 0, byte));
  return { answer: value, store: value };
}

/** Adds one big-endian element, wrapping in two's complement. */
function addInto(
  value: Uint8Array,
  given: Uint8Array,
  at: number,
  from: number,
  width: number,
): void {
  let carry = 0;
  for (let i = width - 1; i >= 0; i--) {
    const sum = value[at + i]! + given[from + i]! + carry;
    value[at + i] = sum & 0xff;
    carry = sum >> 8;
  }
}
