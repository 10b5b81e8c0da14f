/**
 * Builds an `Unmarshal` for each fop, by which `server-call.ts` makes the fop's arguments from the fields of a call,
 * and the fields of the reply from the fop's reply. Both are matched by name (`core/fops.ts`, `rpc/fops4.ts`). For an
 * inode or open file it has an `Operand`, from which `resolve.ts` finds the argument.
 * Source of the rules for names: GlusterFS 10 `xlators/protocol/server/src/server-resolve.c`.
 */

import { type Arg, findFop } from '../../../runtime/core/fops.ts';
import { type FopName, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import { computeInoLo } from '../../../runtime/core/gfid.ts';
import type { Dirent } from '../../../runtime/core/iatt.ts';
import { F_GETLK } from '../../../runtime/core/lock.ts';
import type { Fd } from '../../../runtime/core/operands.ts';
import type { Fields, Wide, WireDirent } from '../../rpc/fields.ts';
import { findWireFop, type WireFop } from '../../rpc/fops4.ts';
import { computeWireInoHi } from '../../rpc/iatt.ts';

/** Whether a name must exist, must be absent, may be either (`any`), or is not looked up (`unchecked`). */
export type NameRule = 'exists' | 'absent' | 'any' | 'unchecked';

/**
 * An operand of a call: an inode, a name or an open file. All numbers are indexes: `argIndex` of the fop's argument,
 * the others of fields of the call (-1: there is no such field).
 */
export type Operand =
  /** A loc by its gfid. */
  | { readonly kind: 'inode'; readonly argIndex: number; readonly gfidIndex: number }
  /** A name in a directory. */
  | {
      readonly kind: 'entry';
      readonly argIndex: number;
      readonly gfidIndex: number;
      readonly pargfidIndex: number;
      readonly nameIndex: number;
      readonly rule: NameRule;
      /** The index of the flags of a call that may open an existing file; otherwise -1. */
      readonly flagsIndex: number;
    }
  /** An open file by its number, or by its gfid if it is not open. */
  | {
      readonly kind: 'fd';
      readonly argIndex: number;
      readonly gfidIndex: number;
      readonly numberIndex: number;
    }
  /** A file to be made without a name, in the directory with this gfid. */
  | { readonly kind: 'nameless'; readonly argIndex: number; readonly gfidIndex: number }
  /** A new fd of the loc's inode. */
  | { readonly kind: 'newFd'; readonly argIndex: number };

/** The conversions of one fop. */
export interface Unmarshal {
  readonly fop: FopName;
  readonly wireFop: WireFop;
  /** The operands in the order of resolution. */
  readonly operands: readonly Operand[];
  /** Derives the arguments from the wire; undefined for those that an operand supplies. */
  readonly argSources: readonly ((values: readonly unknown[], data: Uint8Array) => unknown)[];
  /** Derives the fields of the reply. */
  readonly fieldSources: readonly ((parts: readonly unknown[]) => unknown)[];
  /** The index of the data in the reply; -1 without data. */
  readonly dataIndex: number;
  /** The index of the call's field that limits the bytes of a long reply; -1 without it. */
  readonly sizeIndex: number;
  /** The index of the xdata, which failures carry too. */
  readonly xdataIndex: number;
}

/** The rules of names, by fop and argument. */
const NAME_RULES: Readonly<Record<string, NameRule>> = {
  'mknod loc': 'absent',
  'mkdir loc': 'absent',
  'symlink loc': 'absent',
  'link newloc': 'absent',
  'namelink loc': 'absent',
  'put loc': 'any',
  'create loc': 'any',
  'unlink loc': 'exists',
  'rmdir loc': 'exists',
  'rename oldloc': 'exists',
  'rename newloc': 'any',
  'lookup loc': 'unchecked',
};

/** The weight of the upper half of an offset. */
const TWO_32 = 0x1_0000_0000;

/** Joins the halves of an offset. One that a storage has made fits a number exactly. */
function joinOffset({ hi, lo }: Wide): number {
  return hi * TWO_32 + lo;
}

/** Arguments whose value differs from the field of the same name, or that have no field. */
const VALUE_OVERRIDES: Readonly<Partial<Record<string, (value: never) => unknown>>> = {
  'lk cmd': (cmd: number) => cmd + F_GETLK,
  'inodelk cmd': (cmd: number) => cmd + F_GETLK,
  'finodelk cmd': (cmd: number) => cmd + F_GETLK,
  'readdir offset': joinOffset,
  'readdirp offset': joinOffset,
};

const findFieldIndex = ({ namedFields }: Fields, name: string): number =>
  namedFields.findIndex((field) => field.name === name);

/** Makes the operand of an argument; null for an argument that is neither a loc nor an fd. */
function makeOperand(
  fop: FopName,
  { name, type }: Arg,
  argIndex: number,
  call: Fields,
): Operand | null {
  const gfidIndex = findFieldIndex(call, `${name}.gfid`);
  const pargfidIndex = findFieldIndex(call, `${name}.pargfid`);
  const numberIndex = findFieldIndex(call, `${name}.remote`);
  if (type === 'fd' && numberIndex >= 0) return { kind: 'fd', argIndex, gfidIndex, numberIndex };
  if (type === 'fd') return { kind: 'newFd', argIndex };
  if (type !== 'loc') return null;
  if (fop === 'icreate') return { kind: 'nameless', argIndex, gfidIndex };
  if (pargfidIndex < 0) return { kind: 'inode', argIndex, gfidIndex };
  const rule = NAME_RULES[`${fop} ${name}`];
  if (rule === undefined) throw new Error(`${fop}: no rule for ${name}`);
  const nameIndex = findFieldIndex(call, `${name}.name`);
  const flagsIndex = findFieldIndex(call, 'flags');
  return { kind: 'entry', argIndex, gfidIndex, pargfidIndex, nameIndex, rule, flagsIndex };
}

/** Makes the source of a fop's argument: the call's field of that name, or the data. */
function makeArgSource(
  fop: FopName,
  { name, type }: Arg,
  call: Fields,
): Unmarshal['argSources'][number] {
  if (type === 'loc' || type === 'fd') return () => undefined;
  if (type === 'data') return (_, data) => data;
  const index = findFieldIndex(call, name);
  const convert = VALUE_OVERRIDES[`${fop} ${name}`];
  if (index < 0 && convert === undefined) {
    throw new Error(`a call of ${fop} has no '${name}': VALUE_OVERRIDES needs its value`);
  }
  // A field `name.given` is 0 if the argument is null.
  const givenIndex = findFieldIndex(call, `${name}.given`);
  if (givenIndex >= 0) return (values) => (values[givenIndex] === 0 ? null : values[index]);
  return convert === undefined
    ? (values) => values[index]
    : (values) => convert(values[index] as never);
}

/** The wire's encoding of null, by kind. */
const NULL_ENCODINGS: Readonly<Partial<Record<string, unknown>>> = {
  string: '',
  opaque: new Uint8Array(),
  u32: 0,
  i32: 0,
  u64: 0,
  i64: 0,
};

/** Makes the source of a field of the reply, from the value of the fop's reply with that name. */
function makeFieldSource(fop: FopName, name: string, kind: string, reply: readonly Arg[]) {
  const index = reply.findIndex((part) => part.name === name);
  const emptyValue = NULL_ENCODINGS[kind] ?? null;
  if (name === 'fd') return (parts: readonly unknown[]) => (parts[index] as Fd | null)?.id ?? -1;
  if (name === 'size') {
    const dataIndex = reply.findIndex(({ type }) => type === 'data');
    return (parts: readonly unknown[]) => (parts[dataIndex] as Uint8Array | null)?.length ?? 0;
  }
  if (name === 'entries') {
    return (parts: readonly unknown[]) =>
      (parts[index] as readonly Dirent[] | null)?.map(toWireDirent) ?? null;
  }
  if (index < 0) throw new Error(`the reply of ${fop} has no '${name}'`);
  return (parts: readonly unknown[]) => parts[index] ?? emptyValue;
}

/** Converts an entry to its form on the wire, with the inode number that its gfid implies. */
function toWireDirent({ name, off, type, gfid, stat, dict }: Dirent): WireDirent {
  const entryGfid = stat?.iaGfid ?? gfid;
  return {
    name,
    type,
    dict,
    inoHi: computeWireInoHi(entryGfid),
    inoLo: computeInoLo(entryGfid),
    offHi: Math.floor(off / TWO_32),
    offLo: off % TWO_32,
    stat,
  };
}

/** Fops whose replies are as long as the client asks for. */
const LONG_REPLY_FOPS: ReadonlySet<FopName> = new Set<FopName>(['readv', 'readdir', 'readdirp']);

/** Builds the conversions of one fop. */
function makeUnmarshal(fop: FopName): Unmarshal {
  const wireFop = findWireFop(fop);
  const { args, reply } = findFop(fop)!;
  const operands = args.flatMap((arg, index) => makeOperand(fop, arg, index, wireFop.call) ?? []);
  return {
    fop,
    wireFop,
    // A new fd is resolved last, as it needs the inode of another operand.
    operands: [...operands].sort((a, b) => Number(a.kind === 'newFd') - Number(b.kind === 'newFd')),
    argSources: args.map((arg) => makeArgSource(fop, arg, wireFop.call)),
    fieldSources: wireFop.reply.namedFields.map(({ name, kind }) =>
      makeFieldSource(fop, name, kind, reply),
    ),
    dataIndex: wireFop.data === 'reply' ? reply.findIndex(({ type }) => type === 'data') : -1,
    sizeIndex: LONG_REPLY_FOPS.has(fop) ? findFieldIndex(wireFop.call, 'size') : -1,
    xdataIndex: reply.findIndex(({ name }) => name === 'xdata'),
  };
}

/** Fops that only management daemons implement. */
const NOT_SERVED: ReadonlySet<FopName> = new Set<FopName>(['getspec']);

/** The conversions by procedure number. */
export const unmarshals: readonly (Unmarshal | undefined)[] = fopNames
  .filter((fop) => !NOT_SERVED.has(fop))
  .map(makeUnmarshal)
  .reduce<(Unmarshal | undefined)[]>((table, unmarshal) => {
    table[unmarshal.wireFop.procedure] = unmarshal;
    return table;
  }, []);
