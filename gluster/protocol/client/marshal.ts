/**
 * How the arguments of a fop become the fields of its call, and the fields of the answer its reply: by
 * their names, from the table of fops and that of the wire. What differs stands in two small tables.
 */
import type { Fd } from '../../../runtime/core/fd.ts';
import { type Arg, findFop } from '../../../runtime/core/fops.ts';
import { type FopName, fopNames } from '../../../runtime/core/gen/fops.gen.ts';
import { unwindArgs } from '../../../runtime/core/gen/generic.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { Loc } from '../../../runtime/core/loc.ts';
import { F_GETLK, type Flock } from '../../../runtime/core/lock.ts';
import { type Fields, withoutIatts } from '../../rpc/fields.ts';
import { type WireFop, wireFop } from '../../rpc/fops4.ts';
import type { XdrWriter } from '../../rpc/xdr.ts';

/** What has to be asked of whoever keeps the connection. */
export interface Remotes {
  /** The number by which the server knows an open file, in a call with these flags. */
  remote(fop: FopName, fd: Fd, flags: number): number;
  /** A place in an open folder, as the server counts it. */
  position(fd: Fd, offset: number): unknown;
  /** Flags for an open file, as they are sent. */
  openFlags(flags: number): number;
}

/** What is asked by places in a folder. */
const LISTING: ReadonlySet<FopName> = new Set<FopName>(['readdir', 'readdirp']);
/** These end the process of a brick of GlusterFS 10, or are refused by it. */
const UNKNOWN: ReadonlySet<FopName> = new Set<FopName>([
  'setactivelk',
  'namelink',
  'icreate',
  'put',
]);
/** What says more of a failure than its errno. */
const TELLING: ReadonlySet<FopName> = new Set<FopName>(['mkdir', 'create']);
/** What has flags of its own for what is read or written. */
const TRANSFERS: ReadonlySet<FopName> = new Set<FopName>(['readv', 'writev']);

type Value = (args: readonly unknown[], remotes: Remotes) => unknown;

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
/** The flags of open(2) that have a number on the wire, which is Linux's. */
export const WIRE_FLAGS = 0o3_777_743;

/** After the dot of a field's name: what it is of the argument. */
const PARTS: Readonly<Record<string, (value: never, remotes: Remotes) => unknown>> = {
  gfid: (value: Loc | Fd) => (value instanceof Loc ? value.gfid : value.inode.gfid),
  pargfid: (loc: Loc) => loc.pargfid,
  name: (loc: Loc) => loc.name ?? '',
  given: (name: string | null) => (name === null ? 0 : 1),
  type: (flock: Flock) => flock.type,
};

const command = (cmd: number): number => cmd - F_GETLK;
const openFlags = (flags: number, remotes: Remotes): number =>
  remotes.openFlags(flags & WIRE_FLAGS);

/** Fields that say something else than the argument of their name. */
const OTHERWISE: Readonly<Partial<Record<string, (value: never, remotes: Remotes) => unknown>>> = {
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
  // A file without a name: the inode says nothing of where it is to be made.
  'icreate loc.gfid': (loc: Loc) => loc.pargfid,
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
  if (part === 'remote') return remoteOf(fop, at, args);
  if (part !== undefined) {
    const of = OTHERWISE[`${fop} ${field}`] ?? PARTS[part]!;
    return (given, remotes) => of(given[at] as never, remotes);
  }
  if (LISTING.has(fop) && name === 'offset') {
    return (given, remotes) => remotes.position(given[0] as Fd, given[at] as number);
  }
  const change = OTHERWISE[`${fop} ${name}`];
  if (change === undefined) return (given) => given[at];
  return (given, remotes) => change(given[at] as never, remotes);
}

function remoteOf(fop: FopName, at: number, args: readonly Arg[]): Value {
  const flags = TRANSFERS.has(fop) ? args.findIndex(({ name }) => name === 'flags') : -1;
  if (flags < 0) {
    return (given, remotes) => remotes.remote(fop, given[at] as Fd, (given[at] as Fd).flags);
  }
  return (given, remotes) => remotes.remote(fop, given[at] as Fd, given[flags] as number);
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

/** Attributes of which a terse initiator does without: those of the folders of a name, before a change and after. */
const FOLDERS: ReadonlySet<string> = new Set([
  'preparent',
  'preoldparent',
  'postoldparent',
  'prenewparent',
  'postnewparent',
]);
/** What else there is to do without. */
const UNNEEDED: Readonly<Partial<Record<FopName, ReadonlySet<string>>>> = {
  lookup: new Set(['postparent']),
  readv: new Set(['stbuf']),
  writev: new Set(['prebuf', 'postbuf']),
};

const inodeOf = ({ inode, parent }: Loc): Inode | null => inode ?? parent?.table.newInode() ?? null;

/** A field of the call. */
interface Step {
  readonly kind: Fields['steps'][number]['kind'];
  readonly value: Value;
}

export interface Marshal {
  readonly fop: FopName;
  readonly unwind: (typeof unwindArgs)[FopName];
  readonly wire: WireFop;
  /** Where the data is in the arguments; -1 without any. */
  readonly data: number;
  /** Where the attributes are that are to be set; -1 without any. */
  readonly stbuf: number;
  readonly call: readonly Step[];
  /** Values that the brick's number of an open file is sent for. */
  readonly remotes: readonly Value[];
  /** It is asked by places in a folder. */
  readonly isListing: boolean;
  /** No brick of GlusterFS knows it. */
  readonly isUnknown: boolean;
  readonly reply: readonly Part[];
  /** Where the xdata is in the reply that is read of a failure, too; -1 where it is not. */
  readonly telling: number;
  /** The answer, as it is read for who needs few attributes. */
  readonly terse: Fields;
  /** The reply of a failure. */
  readonly nothing: readonly null[];
  /** Where these are in the values of an answer; -1 where they are not. */
  readonly at: Readonly<Record<'fd' | 'buf' | 'entries' | 'postparent', number>>;
}

function marshalOf(fop: FopName): Marshal {
  const wire = wireFop(fop);
  const { args, reply } = findFop(fop)!;
  const values = wire.call.named.map(({ name }) => fieldFrom(fop, name, args));
  const at = (name: string): number => wire.reply.named.findIndex((field) => field.name === name);
  return {
    fop,
    unwind: unwindArgs[fop],
    wire,
    data: wire.data === 'call' ? args.findIndex(({ type }) => type === 'data') : -1,
    stbuf: args.findIndex(({ name }) => name === 'stbuf'),
    call: wire.call.steps.map(({ kind, index, always }) => ({
      kind,
      value: index < 0 ? () => always : values[index]!,
    })),
    remotes: values.filter((_, index) => wire.call.named[index]!.name.endsWith('.remote')),
    isListing: LISTING.has(fop),
    isUnknown: UNKNOWN.has(fop),
    terse: withoutIatts(wire.reply, UNNEEDED[fop] ?? FOLDERS),
    reply: reply.map((part) => partOf(fop, part, wire.reply, args)),
    telling: TELLING.has(fop) ? reply.findIndex(({ name }) => name === 'xdata') : -1,
    nothing: reply.map(() => null),
    at: { fd: at('fd'), buf: at('buf'), entries: at('entries'), postparent: at('postparent') },
  };
}

/** Writes the arguments of a call. @throws {NameError} */
export function writeArguments(
  w: XdrWriter,
  { call }: Marshal,
  given: readonly unknown[],
  remotes: Remotes,
): void {
  for (let at = 0; at < call.length; at++) {
    const { kind, value } = call[at]!;
    kind.write(w, value(given, remotes) as never);
  }
}

/** What is asked of a management daemon, and of no brick. */
const NOT_ON_WIRE: ReadonlySet<FopName> = new Set<FopName>(['getspec']);

export const marshals: readonly Marshal[] = fopNames
  .filter((fop) => !NOT_ON_WIRE.has(fop))
  .map(marshalOf);
