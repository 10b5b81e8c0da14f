/**
 * How the arguments of a fop become the fields of its call, and the fields of the answer its reply: by
 * their names, from the table of fops and that of the wire. What differs stands in two small tables.
 */
import type { Fd } from '../../../core/fd.ts';
import { type FopName, fopNames } from '../../../core/fops.gen.ts';
import { type Arg, findFop } from '../../../core/fops.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { F_GETLK, type Flock } from '../../../core/lock.ts';
import type { Fields } from '../../../rpc/fields.ts';
import { type WireFop, wireFop } from '../../../rpc/fops4.ts';

/** What has to be asked of whoever keeps the connection. */
export interface Remotes {
  /** The number that the server gave an open file. */
  remote(fd: Fd): number;
}

type Value = (args: readonly unknown[], remotes: Remotes) => unknown;

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
/** The flags of open(2) that have a number on the wire, which is Linux's. */
const WIRE_FLAGS = 0o3_777_743;

/** After the dot of a field's name: what it is of the argument. */
const PARTS: Readonly<Record<string, (value: never, remotes: Remotes) => unknown>> = {
  gfid: (value: Loc | Fd) => (value instanceof Loc ? value.gfid : value.inode.gfid),
  pargfid: (loc: Loc) => loc.pargfid,
  name: (loc: Loc) => loc.name ?? '',
  remote: (fd: Fd, remotes) => remotes.remote(fd),
  given: (name: string | null) => (name === null ? 0 : 1),
  type: (flock: Flock) => flock.type,
};

const command = (cmd: number): number => cmd - F_GETLK;
const openFlags = (flags: number): number => flags & WIRE_FLAGS;

/** Fields that say something else than the argument of their name. */
const OTHERWISE: Readonly<Partial<Record<string, (value: never) => unknown>>> = {
  'lk cmd': command,
  'inodelk cmd': command,
  'finodelk cmd': command,
  'open flags': openFlags,
  'create flags': openFlags,
  'put flags': openFlags,
  // The type of what is made is part of its mode, in this one alone.
  'create mode': (mode: number) => ((mode & S_IFMT) === 0 ? mode | S_IFREG : mode),
  'getxattr name': (name: string | null) => name ?? '',
  'fgetxattr name': (name: string | null) => name ?? '',
  'entrylk basename': (name: string | null) => name ?? '',
  'fentrylk basename': (name: string | null) => name ?? '',
};

function fieldFrom(fop: FopName, field: string, args: readonly Arg[]): Value {
  // How much data there is is no argument: it is the data's own length.
  const data = args.findIndex(({ type }) => type === 'data');
  if (field === 'size' && data >= 0) return (given) => (given[data] as Uint8Array).length;
  const [name, part] = field.split('.') as [string, string | undefined];
  const at = args.findIndex((arg) => arg.name === name);
  if (at < 0) throw new Error(`${fop} has no argument '${name}'`);
  if (part !== undefined) {
    const of = PARTS[part]!;
    return (given, remotes) => of(given[at] as never, remotes);
  }
  const change = OTHERWISE[`${fop} ${name}`];
  if (change === undefined) return (given) => given[at];
  return (given) => change(given[at] as never);
}

/** Where a part of the reply comes from. */
type Part = (values: readonly unknown[], args: readonly unknown[]) => unknown;

/** Data is no field: it stands behind them, and comes as one more value. */
function partOf(fop: FopName, { name, type }: Arg, fields: Fields, args: readonly Arg[]): Part {
  const index = fields.named.findIndex((field) => field.name === name);
  const argument = (wanted: (arg: Arg) => boolean): number => args.findIndex(wanted);
  if (type === 'inode') {
    // What is linked keeps its inode; otherwise it is that of the name.
    const at = argument((arg) => arg.type === 'loc');
    return (_, given) => inodeOf(given[at] as Loc);
  }
  if (type === 'fd') {
    const at = argument((arg) => arg.type === 'fd');
    return (_, given) => given[at];
  }
  if (type === 'data' && index < 0) return (values) => values[fields.named.length];
  if (index < 0) throw new Error(`the reply of ${fop} has no '${name}'`);
  return (values) => values[index];
}

const inodeOf = ({ inode, parent }: Loc): Inode | null => inode ?? parent?.table.newInode() ?? null;

export interface Marshal {
  readonly fop: FopName;
  readonly wire: WireFop;
  /** Where the data is in the arguments; -1 without any. */
  readonly data: number;
  readonly call: readonly Value[];
  readonly reply: readonly Part[];
}

function marshalOf(fop: FopName): Marshal {
  const wire = wireFop(fop);
  const { args, reply } = findFop(fop)!;
  return {
    fop,
    wire,
    data: wire.data === 'call' ? args.findIndex(({ type }) => type === 'data') : -1,
    call: wire.call.named.map(({ name }) => fieldFrom(fop, name, args)),
    reply: reply.map((part) => partOf(fop, part, wire.reply, args)),
  };
}

/** What is asked of a management daemon, and of no brick. */
const NOT_ON_WIRE: ReadonlySet<FopName> = new Set<FopName>(['getspec']);

export const marshals: readonly Marshal[] = fopNames
  .filter((fop) => !NOT_ON_WIRE.has(fop))
  .map(marshalOf);
