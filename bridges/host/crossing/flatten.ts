/**
 * Flattens arguments and replies to scalars, in the order of the fop table. A loc becomes five
 * scalars (inode, parent, name, gfid, parent's gfid), any other value one. `listScalarKinds`
 * describes them to an engine.
 */

import type { Arg, ArgType } from '../../../runtime/core/fops.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Fd, Loc } from '../../../runtime/core/operands.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import type { HookName, NoticeName, Scalar } from '../guest.ts';
import { expose } from './exposed-inodes.ts';

/**
 * Kinds of a loc's scalars: `i` integer, `s` string or undefined, `n` a string that repeats often
 * (a name or gfid) and that engines therefore cache.
 */
export const LOC_KINDS = 'iinnn';

/** Kinds of the arguments of hooks and notices. */
export const HOOK_KINDS: Readonly<Record<HookName | NoticeName, string>> = {
  fini: '',
  notify: 'si',
  client_disconnect: 'i',
  entry_created: LOC_KINDS,
  entry_removed: LOC_KINDS,
  reconfigure: 's',
  load_state: 's',
  tick: 'ii',
  cancel: 'i',
  interrupt: 'i',
  below: 'i',
  forget: 'i',
  release: 'i',
  forget_client: 'i',
  collect: '',
};

/** Codes of the ways to flatten a value: comparing integers is faster than strings. */
const LOC = 0;
const INODE = 1;
const AS_IS = 2;
const DATA = 3;
const PRESENCE = 4;
const FD = 5;

/**
 * Code and scalar kinds of each type. Data cross as their length, inodes and fds as their numbers,
 * and other types as 1. A null value crosses as undefined (strings), -1 (data) or 0 (others).
 */
const CROSSINGS: Partial<Record<ArgType, readonly [code: number, kinds: string]>> = {
  loc: [LOC, LOC_KINDS],
  inode: [INODE, 'i'],
  fd: [FD, 'i'],
  str: [AS_IS, 's'],
  int: [AS_IS, 'i'],
  data: [DATA, 'i'],
};
const OTHER_CROSSING = [PRESENCE, 'i'] as const;

/** Returns the kinds of the scalars of `args`, one letter each. */
export const listScalarKinds = (args: readonly Arg[]): string =>
  args.map(({ type }) => (CROSSINGS[type] ?? OTHER_CROSSING)[1]).join('');

/**
 * Writes a loc's five scalars to `out`, from `offset` on. An unknown gfid crosses as undefined.
 * @param receiver the volume whose module receives the inodes' numbers
 */
export function flattenLoc(loc: Loc, out: Scalar[], offset: number, receiver: Xlator): void {
  const { inode, parent, gfid } = loc;
  out[offset] = inode === null ? 0 : expose(inode, receiver);
  out[offset + 1] = parent === null ? 0 : expose(parent, receiver);
  out[offset + 2] = loc.name ?? undefined;
  out[offset + 3] = gfid === NULL_GFID ? undefined : gfid;
  out[offset + 4] = parent === null ? NULL_GFID : parent.gfid;
}

/** Writes the scalars of `values` to `out`, from `offset` on. */
export type Flatten = (values: readonly unknown[], out: Scalar[], offset: number) => void;

/**
 * Makes the function that flattens the values of these arguments.
 * @param receiver the volume whose module receives the inodes' numbers
 */
export function makeFlattener(args: readonly Arg[], receiver: Xlator): Flatten {
  const codes = args.map(({ type }) => (CROSSINGS[type] ?? OTHER_CROSSING)[0]);
  return (values, out, offset) => {
    let position = offset;
    for (let i = 0; i < codes.length; i++) {
      const value = values[i];
      switch (codes[i]) {
        case LOC:
          flattenLoc(value as Loc, out, position, receiver);
          position += LOC_KINDS.length;
          break;
        case INODE:
          out[position++] = value === null ? 0 : expose(value as Inode, receiver);
          break;
        case FD:
          out[position++] = value === null ? 0 : (value as Fd).id;
          break;
        case AS_IS:
          out[position++] = value === null ? undefined : (value as Scalar);
          break;
        case DATA:
          out[position++] = value === null ? -1 : (value as Uint8Array).length;
          break;
        default:
          out[position++] = value === null ? 0 : 1;
      }
    }
  };
}
