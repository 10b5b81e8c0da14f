/**
 * Arguments and replies out of bytes, by the tables that a recording brings. What is read is plain
 * data, as JSON has it. The other half is `write-values.ts`.
 */
import { type DictType, dictTypes } from '../core/dict.ts';
import type { ArgType } from '../core/fops.ts';
import { type Gfid, NULL_GFID } from '../core/gfid.ts';
import type { StructType } from '../core/struct-types.ts';
import { type Input, RecordingError } from './bytes.ts';
import { kindOf, type Tables } from './tables.ts';
import { LOC } from './write-values.ts';

/** Of data, how many bytes it had, and the first of them as a name (`core/bytes.ts`). */
export interface DataSeen {
  readonly length: number;
  readonly head: string;
}

export interface LocSeen {
  /** The null gfid as long as nobody knows it. */
  readonly gfid: Gfid;
  readonly pargfid: Gfid;
  readonly name: string | null;
  readonly path: string;
}

export interface FdSeen {
  readonly id: number;
  readonly flags: number;
  readonly isDir: boolean;
  readonly gfid: Gfid;
  readonly path: string;
}

/** Its fields by their names in TypeScript. */
export type StructSeen = Readonly<Record<string, number | string>>;

export interface DictPair {
  readonly key: string;
  readonly type: DictType;
  readonly value: number | string | DataSeen | StructSeen | null;
}

/** How many there were, and the first of them. */
export interface ListSeen<T> {
  readonly count: number;
  readonly items: readonly T[];
}

export interface EntrySeen {
  readonly name: string;
  readonly off: number;
  readonly type: number;
  readonly gfid: Gfid;
  readonly stat: StructSeen | null;
  readonly dict: ListSeen<DictPair> | null;
}

/** A value as it is in a recording. An inode is its gfid alone. */
export type ValueSeen =
  | number
  | string
  | null
  | { readonly gfid: Gfid }
  | LocSeen
  | FdSeen
  | DataSeen
  | StructSeen
  | ListSeen<DictPair>
  | ListSeen<EntrySeen>
  | ListSeen<StructSeen | null>;

export type ReadValue = (input: Input) => ValueSeen;

function readLoc(input: Input): LocSeen | null {
  const flags = input.byte();
  if (flags === 0) return null;
  return {
    gfid: flags & LOC.GFID ? input.gfid() : NULL_GFID,
    pargfid: flags & LOC.PARENT ? input.gfid() : NULL_GFID,
    name: flags & LOC.NAME ? input.text() : null,
    path: input.text(),
  };
}

function readFd(input: Input): FdSeen | null {
  const kind = input.byte();
  if (kind === 0) return null;
  const [id, flags] = [input.uint(), input.uint()];
  return { id, flags, isDir: kind === 2, gfid: input.gfid(), path: input.text() };
}

function listOf<T>(item: (input: Input) => T): (input: Input) => ListSeen<T> | null {
  return (input) => {
    const count = input.uint() - 1;
    if (count < 0) return null;
    const shown = input.uint();
    // Each takes a byte at least: a wrong number is noticed before memory is.
    if (shown > input.left) throw new RecordingError('a list in it has no end');
    return { count, items: Array.from({ length: shown }, () => item(input)) };
  };
}

/** How a value of each type is read, by a recording's own fields of structures. */
export function valueReaders({ structs }: Tables): Readonly<Record<ArgType, ReadValue>> {
  const struct = (structName: StructType) => {
    const fields = structs[structName].map(
      ([name, initial]) => [name, initial, kindOf(initial)] as const,
    );
    return (input: Input): StructSeen | null => {
      if (input.byte() === 0) return null;
      const mask = input.uint();
      const read = fields.map(([name, initial, kind], i) => {
        const isThere = Math.floor(mask / 2 ** i) % 2 === 1;
        if (!isThere) return [name, initial] as const;
        if (kind === 'number') return [name, input.number()] as const;
        return [name, kind === 'gfid' ? input.gfid() : input.text()] as const;
      });
      return Object.fromEntries(read);
    };
  };
  const iatt = struct('iatt');
  const flock = struct('flock');
  const dictValue = (input: Input, type: DictType): DictPair['value'] => {
    if (type === 'iatt') return iatt(input);
    if (type === 'bin' || type === 'mdata') return input.data();
    return type === 'str' || type === 'gfuuid' ? input.text() : input.number();
  };
  const dict = listOf((input): DictPair => {
    const key = input.text();
    const type = dictTypes[input.byte()];
    if (type === undefined) throw new RecordingError('a dict in it has a value of no known type');
    return { key, type, value: dictValue(input, type) };
  });
  const entry = (input: Input): EntrySeen => ({
    name: input.text(),
    off: input.number(),
    type: input.uint(),
    gfid: input.gfid(),
    stat: iatt(input),
    dict: dict(input),
  });
  return {
    loc: readLoc,
    inode: (input) => (input.byte() === 0 ? null : { gfid: input.gfid() }),
    fd: readFd,
    iatt,
    statvfs: struct('statvfs'),
    flock,
    lease: struct('lease'),
    dict,
    int: (input) => input.number(),
    str: (input) => input.nullableText(),
    data: (input) => (input.byte() === 0 ? null : input.data()),
    entries: listOf(entry),
    locklist: listOf(flock),
  };
}
