/**
 * Builds a `Marshal` for each fop, by which `request.ts` writes the fields of a call from the fop's arguments, and
 * makes the fop's reply from the fields of the brick's reply. Fields and arguments are matched by name
 * (`core/fops.ts`, `rpc/fops4.ts`); VALUE_OVERRIDES has the exceptions.
 */
import type { Dict } from '../../../runtime/core/dict.ts';
import { EINVAL, ENODATA, ESTALE } from '../../../runtime/core/errno.ts';
import { type Arg, findFop } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import {
  type FopName,
  type FopTable,
  fail,
  fopNames,
  unwind,
  unwindArgs,
} from '../../../runtime/core/gen/fops.gen.ts';
import { NULL_GFID } from '../../../runtime/core/gfid.ts';
import { IA_IFDIR, type Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { F_GETLK, F_UNLCK, type Flock } from '../../../runtime/core/lock.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import type { XdrWriter } from '../../../runtime/wire/xdr.ts';
import { type Fields, skipIatts, type WireDirent } from '../../rpc/fields.ts';
import { findWireFop, type WireFop } from '../../rpc/fops4.ts';
import { makeDirents, toBrickListingSize, toBrickPosition } from './listed-entries.ts';
import type { RemoteState } from './remote-state.ts';

/** Fops that list a directory from an offset. */
const LISTING_FOPS: ReadonlySet<FopName> = new Set<FopName>(['readdir', 'readdirp']);
type ListingArguments = FopTable['readdir']['args'];
/** Fops that crash a brick of GlusterFS 10, or that such a brick refuses. */
const UNSUPPORTED_FOPS: ReadonlySet<FopName> = new Set<FopName>([
  'setactivelk',
  'namelink',
  'icreate',
  'put',
]);
/** Fops whose failure carries xdata. */
const FAILURES_WITH_XDATA: ReadonlySet<FopName> = new Set<FopName>(['mkdir', 'create']);
/** Fops whose arguments include flags for the transfer, which may differ from the open file's. */
const TRANSFER_FOPS: ReadonlySet<FopName> = new Set<FopName>(['readv', 'writev']);

/** Computes the value of a call's field. */
type FieldSource = (args: readonly unknown[], state: RemoteState) => unknown;

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
/** The flags of open(2) that have a number on the wire, which is Linux's. */
export const WIRE_FLAGS = 0o3_777_743;

/** Derives fields from arguments, by the part of the field's name after its dot (`loc.gfid`). */
const FIELD_PART_READERS: Readonly<Record<string, (value: never, state: RemoteState) => unknown>> =
  {
    gfid: (value: Loc | Fd) => (value instanceof Loc ? value.gfid : value.inode.gfid),
    pargfid: (loc: Loc) => loc.pargfid,
    name: (loc: Loc) => loc.name ?? '',
    // `name.given` in the formats of rpc/fops4.ts.
    given: (name: string | null) => (name === null ? 0 : 1),
    type: (flock: Flock) => flock.type,
  };

/** Converts a command of fcntl(2) to GlusterFS's number, which counts from F_GETLK. */
const toWireLockCommand = (cmd: number): number => cmd - F_GETLK;
/** Converts flags of open(2) to those that the brick gets. */
const toWireOpenFlags = (flags: number, state: RemoteState): number =>
  state.filterOpenFlags(flags & WIRE_FLAGS);

/** Fields whose value differs from the argument of the same name. */
const VALUE_OVERRIDES: Readonly<
  Partial<Record<string, (value: never, state: RemoteState) => unknown>>
> = {
  'lk cmd': toWireLockCommand,
  'inodelk cmd': toWireLockCommand,
  'finodelk cmd': toWireLockCommand,
  'open flags': toWireOpenFlags,
  'create flags': toWireOpenFlags,
  'put flags': toWireOpenFlags,
  // Only mknod and create send the type of a new file in its mode; for create it is implied.
  'create mode': (mode: number) => ((mode & S_IFMT) === 0 ? mode | S_IFREG : mode),
  'getxattr name': (name: string | null) => name ?? '',
  'fgetxattr name': (name: string | null) => name ?? '',
  // The new file has no name, so its loc's gfid field holds the parent directory's gfid.
  'icreate loc.gfid': (loc: Loc) => loc.pargfid,
  'entrylk basename': (name: string | null) => name ?? '',
  'fentrylk basename': (name: string | null) => name ?? '',
};

/** Fields of a listing that depend on the brick's kind of offsets. */
const LISTING_FIELDS: Readonly<
  Partial<Record<string, (args: ListingArguments, state: RemoteState) => unknown>>
> = {
  offset: ([, , offset], { isGlusterBrick }) => toBrickPosition(offset, isGlusterBrick),
  size: ([, size, offset], { isGlusterBrick }) => toBrickListingSize(size, offset, isGlusterBrick),
};

/** Makes the source of a call's field: the fop's argument of that name, or a part of it. */
function makeFieldSource(fop: FopName, field: string, args: readonly Arg[]): FieldSource {
  // Fops with data have no argument `size`: the field is the data's length.
  const dataIndex = args.findIndex(({ type }) => type === 'data');
  if (field === 'size' && dataIndex >= 0)
    return (values) => (values[dataIndex] as Uint8Array).length;
  const [name, part] = field.split('.') as [string, string | undefined];
  const argIndex = args.findIndex((arg) => arg.name === name);
  if (argIndex < 0) throw new Error(`${fop} has no argument '${name}'`);
  // The brick's number of an open file.
  if (part === 'remote') return makeFdNumberSource(fop, argIndex, args);
  if (part !== undefined) {
    const derive = VALUE_OVERRIDES[`${fop} ${field}`] ?? FIELD_PART_READERS[part]!;
    return (values, state) => derive(values[argIndex] as never, state);
  }
  const convertForListing = LISTING_FOPS.has(fop) ? LISTING_FIELDS[name] : undefined;
  if (convertForListing !== undefined)
    return (values, state) => convertForListing(values as ListingArguments, state);
  const convert = VALUE_OVERRIDES[`${fop} ${name}`];
  if (convert === undefined) return (values) => values[argIndex];
  return (values, state) => convert(values[argIndex] as never, state);
}

/** Makes the source of the brick's fd number. The flags of a transfer, or else of the open file, help to choose it. */
function makeFdNumberSource(fop: FopName, fdIndex: number, args: readonly Arg[]): FieldSource {
  const flagsIndex = TRANSFER_FOPS.has(fop) ? args.findIndex(({ name }) => name === 'flags') : -1;
  if (flagsIndex < 0) {
    return (values, state) =>
      state.fds.chooseNumber(fop, values[fdIndex] as Fd, (values[fdIndex] as Fd).flags);
  }
  return (values, state) =>
    state.fds.chooseNumber(fop, values[fdIndex] as Fd, values[flagsIndex] as number);
}

/** Derives one value of the fop's reply from the reply's fields (`values`) and the request's arguments. */
type ReplySource = (values: readonly unknown[], args: readonly unknown[]) => unknown;

/** Makes the source of one value of the fop's reply. Data is not a field: it is one more value after all fields. */
function makeReplySource(
  fop: FopName,
  { name, type }: Arg,
  fields: Fields,
  args: readonly Arg[],
): ReplySource {
  const index = fields.namedFields.findIndex((field) => field.name === name);

  if (type === 'inode') {
    // The inode of the first loc: for link that of the existing file. A loc without an inode gets a new one.
    const locIndex = args.findIndex((arg) => arg.type === 'loc');
    return (_, callArgs) => findOrMakeInode(callArgs[locIndex] as Loc);
  }
  if (type === 'fd') {
    const fdIndex = args.findIndex((arg) => arg.type === 'fd');
    return (_, callArgs) => callArgs[fdIndex];
  }
  if (type === 'data' && index < 0) return (values) => values[fields.namedFields.length];
  if (index < 0) throw new Error(`the reply of ${fop} has no '${name}'`);
  return (values) => values[index];
}

/** Attributes of parent directories, before and after a change. A terse initiator (`frame.terse`) ignores them. */
const PARENT_IATTS: ReadonlySet<string> = new Set(
  'preparent preoldparent postoldparent prenewparent postnewparent'.split(' '),
);
/** Further attributes that a terse initiator ignores. */
const TERSE_SKIPS: Readonly<Partial<Record<FopName, ReadonlySet<string>>>> = {
  lookup: new Set(['postparent']),
  readv: new Set(['stbuf']),
  writev: new Set(['prebuf', 'postbuf']),
};

const findOrMakeInode = ({ inode, parent }: Loc): Inode | null =>
  inode ?? parent?.table.newInode() ?? null;

/** The indexes of some values in a fop's reply; -1 for a value that it lacks. */
type Indexes = Readonly<Record<'fd' | 'buf' | 'entries' | 'postparent', number>>;

/** Updates the client's state after a successful reply. @returns 0, or an errno that turns the reply into a failure */
type ApplyReply = (
  state: RemoteState,
  frame: Frame,
  args: readonly unknown[],
  values: unknown[],
  indexes: Indexes,
) => number;

/** Records the brick's fd number of a file that was opened. */
const noteOpen: ApplyReply = ({ fds }, _frame, args, values, indexes) => {
  fds.noteOpen(args.find((arg) => arg instanceof Fd) as Fd, values[indexes.fd] as number);
  return 0;
};

/** Records the parent directory's attributes after a change in it. */
const noteDirectoryChange: ApplyReply = (state, _frame, _args, values, indexes) => {
  state.noteDirectory(values[indexes.postparent] as Iatt);
  return 0;
};

/** Replaces the entries of a listing by entries with this client's offsets. */
const convertListing: ApplyReply = (state, _frame, args, values, indexes) => {
  const [fd, , offset, xdata] = args as ListingArguments;
  const entries = values[indexes.entries] as readonly WireDirent[];
  state.listedAcls.noteListing(xdata, entries);
  values[indexes.entries] = makeDirents(fd, offset, entries, state.isGlusterBrick);
  return 0;
};

/** Forgets again which files have no ACL: a listing meanwhile may have recorded files without the new one. */
const noteSetXattrs: ApplyReply = ({ listedAcls }, _frame, args) => {
  listedAcls.noteXattrs(args[1] as Dict | null);
  return 0;
};

/** Fops whose success has effects beyond a change of their directory. */
const REPLY_APPLIERS: Readonly<Partial<Record<FopName, ApplyReply>>> = {
  open: noteOpen,
  opendir: noteOpen,
  create(...params) {
    noteOpen(...params);
    return noteDirectoryChange(...params);
  },
  lookup(state, frame, args, values, indexes) {
    const [{ inode }, xdata] = args as FopTable['lookup']['args'];
    const buf = values[indexes.buf] as Iatt;
    state.gfidRequests.noteReply(xdata, buf.iaGfid);
    if (buf.iaType !== IA_IFDIR) state.noteLookup(frame, buf);
    else if (inode !== null) state.removedDirectories.delete(inode);
    if (buf.iaGfid === NULL_GFID) return EINVAL;
    // A caller whose inode differs from the reply's must look up the name again.
    return inode?.linked && inode.gfid !== buf.iaGfid ? ESTALE : 0;
  },
  rmdir(...params) {
    const [state, , args] = params;
    const { inode } = args[0] as Loc;
    if (inode !== null) state.removedDirectories.add(inode);
    return noteDirectoryChange(...params);
  },
  readdir: convertListing,
  readdirp: convertListing,
  setxattr: noteSetXattrs,
  fsetxattr: noteSetXattrs,
  lk({ fds }, _frame, args) {
    const [fd, , flock] = args as [Fd, number, Flock];
    const remoteFd = fds.find(fd);
    if (remoteFd !== undefined && flock.type !== F_UNLCK) remoteFd.hasLocks = true;
    return 0;
  },
};

/** Adjusts the arguments before sending, or replies in the brick's place. @returns whether it replied */
type PrepareRequest = (state: RemoteState, frame: Frame, args: unknown[]) => boolean;

/** Forgets which files have no ACL, if the request sets an ACL. */
const noteXattrsToSet: PrepareRequest = ({ listedAcls }, _frame, args) => {
  listedAcls.noteXattrs(args[1] as Dict | null);
  return false;
};

/** The preparations of requests by fop. */
const REQUEST_PREPARERS: Readonly<Partial<Record<FopName, PrepareRequest>>> = {
  stat(state, frame, args) {
    const attributes = state.takeRecentAttributes(frame, ...(args as FopTable['stat']['args']));
    if (attributes !== null) unwind.stat(frame, 0, 0, attributes, null);
    return attributes !== null;
  },
  lookup(state, _frame, args) {
    const lookupArgs = args as FopTable['lookup']['args'];
    lookupArgs[1] = state.addGfidRequest(...lookupArgs);
    return false;
  },
  getxattr(state, frame, args) {
    const isAbsent = state.hasNoAcl(frame, args[0] as Loc, args[1] as string | null);
    if (isAbsent) fail.getxattr(frame, ENODATA);
    return isAbsent;
  },
  setxattr: noteXattrsToSet,
  fsetxattr: noteXattrsToSet,
  readdirp({ listedAcls }, _frame, args) {
    const listingArgs = args as ListingArguments;
    listingArgs[3] = listedAcls.addAclRequest(listingArgs[3]);
    return false;
  },
  flush({ fds }, frame, args) {
    const isUnneeded = fds.needsNoFlush(args[0] as Fd);
    if (isUnneeded) unwind.flush(frame, 0, 0, null);
    return isUnneeded;
  },
};

/** One field of the call. */
interface CallField {
  readonly kind: Fields['wireFields'][number]['kind'];
  readonly readValue: FieldSource;
}

/** The conversions of one fop. */
export interface Marshal {
  readonly fop: FopName;
  readonly unwind: (typeof unwindArgs)[FopName];
  readonly wireFop: WireFop;
  /** The index of the data argument; -1 if the fop has no data. */
  readonly dataIndex: number;
  /** The index of the attributes to set; -1 if the fop sets no attributes. */
  readonly stbufIndex: number;
  readonly callFields: readonly CallField[];
  /** The sources of the brick's fd numbers that the call sends. */
  readonly fdNumberSources: readonly FieldSource[];
  /** Whether the request lists a directory from an offset. */
  readonly isListing: boolean;
  /** Whether no brick of GlusterFS supports it. */
  readonly isUnsupported: boolean;
  readonly replySources: readonly ReplySource[];
  /** The index of xdata in a failed reply; -1 if the fop's failures carry no xdata. */
  readonly failureXdataIndex: number;
  /** The reply's fields for a terse initiator. */
  readonly terseReply: Fields;
  /** The reply of a failure without xdata. */
  readonly emptyReply: readonly null[];
  /** Indexes into the values of a reply; -1 for absent ones. */
  readonly indexes: Indexes;
  readonly prepare: PrepareRequest | undefined;
  readonly applyReply: ApplyReply | undefined;
}

/** Builds the conversions of one fop. */
function makeMarshal(fop: FopName): Marshal {
  const wireFop = findWireFop(fop);
  const { args, reply } = findFop(fop)!;
  const fieldSources = wireFop.call.namedFields.map(({ name }) => makeFieldSource(fop, name, args));
  const findReplyFieldIndex = (name: string): number =>
    wireFop.reply.namedFields.findIndex((field) => field.name === name);
  return {
    fop,
    unwind: unwindArgs[fop],
    wireFop,
    dataIndex: wireFop.data === 'call' ? args.findIndex(({ type }) => type === 'data') : -1,
    stbufIndex: args.findIndex(({ name }) => name === 'stbuf'),
    callFields: wireFop.call.wireFields.map(({ kind, index, constant }) => ({
      kind,
      readValue: index < 0 ? () => constant : fieldSources[index]!,
    })),
    fdNumberSources: fieldSources.filter((_, index) =>
      wireFop.call.namedFields[index]!.name.endsWith('.remote'),
    ),
    isListing: LISTING_FOPS.has(fop),
    isUnsupported: UNSUPPORTED_FOPS.has(fop),
    terseReply: skipIatts(wireFop.reply, TERSE_SKIPS[fop] ?? PARENT_IATTS),
    replySources: reply.map((part) => makeReplySource(fop, part, wireFop.reply, args)),
    failureXdataIndex: FAILURES_WITH_XDATA.has(fop)
      ? reply.findIndex(({ name }) => name === 'xdata')
      : -1,
    emptyReply: reply.map(() => null),
    indexes: {
      fd: findReplyFieldIndex('fd'),
      buf: findReplyFieldIndex('buf'),
      entries: findReplyFieldIndex('entries'),
      postparent: findReplyFieldIndex('postparent'),
    },
    prepare: REQUEST_PREPARERS[fop],
    applyReply:
      REPLY_APPLIERS[fop] ??
      (findReplyFieldIndex('postparent') < 0 ? undefined : noteDirectoryChange),
  };
}

/** Writes the arguments of a call. @throws {NameError} */
export function writeArguments(
  w: XdrWriter,
  { callFields }: Marshal,
  args: readonly unknown[],
  state: RemoteState,
): void {
  for (let index = 0; index < callFields.length; index++) {
    const { kind, readValue } = callFields[index]!;
    kind.write(w, readValue(args, state) as never);
  }
}

/** Fops that management daemons implement, and bricks do not. */
const NOT_ON_WIRE: ReadonlySet<FopName> = new Set<FopName>(['getspec']);

/** The conversions of all fops that a brick may serve. */
export const marshals: readonly Marshal[] = fopNames
  .filter((fop) => !NOT_ON_WIRE.has(fop))
  .map(makeMarshal);
