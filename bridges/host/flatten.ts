/**
 * Arguments and replies as scalars, in the order of the table. A loc is five (inode, parent, name,
 * gfid if there is no inode, parent's gfid), everything else one. `kinds` describes the same to an engine.
 */
import type { Dict } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import type { Arg, ArgType } from '../../runtime/core/fops.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import type { Loc } from '../../runtime/core/loc.ts';
import type { Scalar } from './guest.ts';

/** How each type crosses: `i` an integer, `s` a string or nothing, `n` a name seen often. */
const KINDS: Record<ArgType, string> = {
  loc: 'iinsn',
  inode: 'i',
  fd: 'i',
  iatt: 'i',
  dict: 'i',
  str: 's',
  int: 'i',
  data: 'i',
  entries: 'i',
  statvfs: 'i',
  flock: 'i',
  lease: 'i',
  locklist: 'i',
};

export const kinds = (args: readonly Arg[]): string => args.map((arg) => KINDS[arg.type]).join('');

/** Small integers for the types, so that flattening compares no strings. */
const LOC = 0;
const ID = 1;
const AS_IS = 2;
const DATA = 3;
const SIGN = 4;

function codeOf(type: ArgType): number {
  if (type === 'loc') return LOC;
  if (type === 'inode' || type === 'fd') return ID;
  if (type === 'str' || type === 'int') return AS_IS;
  return type === 'data' ? DATA : SIGN;
}

/** Writes `values` behind what is in `out` already, from `offset` on. */
export type Flatten = (values: readonly unknown[], out: Scalar[], offset: number) => void;

export function flattener(args: readonly Arg[]): Flatten {
  const codes = args.map((arg) => codeOf(arg.type));
  return (values, out, offset) => {
    let at = offset;
    for (let i = 0; i < codes.length; i++) {
      const value = values[i];
      switch (codes[i]) {
        case LOC: {
          const loc = value as Loc;
          const { inode } = loc;
          out[at++] = inode === null ? 0 : inode.id;
          out[at++] = loc.parent === null ? 0 : loc.parent.id;
          out[at++] = loc.name ?? undefined;
          out[at++] = inode === null ? loc.gfid : undefined;
          out[at++] = loc.pargfid;
          break;
        }
        case ID:
          out[at++] = value === null ? 0 : (value as Inode | Fd).id;
          break;
        case AS_IS:
          out[at++] = value === null ? undefined : (value as Scalar);
          break;
        case DATA:
          out[at++] = value === null ? -1 : (value as Uint8Array).length;
          break;
        default:
          out[at++] = (value as Dict | null) === null ? 0 : 1;
      }
    }
  };
}
