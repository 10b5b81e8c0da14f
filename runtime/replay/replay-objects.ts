/**
 * Maps the gfids and file numbers of a recording to the inodes and open files of a graph, and makes
 * values of the graph from recorded ones.
 *
 * A recorded gfid maps to the inode that the corresponding reply has returned now. In a storage that
 * uses requested gfids, that inode has the recorded gfid.
 */
import { applyReply, findReplyInode, findTargetLoc } from '../core/apply-reply.ts';
import { encodeName } from '../core/bytes.ts';
import type { Client } from '../core/client.ts';
import { Dict } from '../core/dict.ts';
import { Fd } from '../core/fd.ts';
import type { ArgType, FopRow } from '../core/fops.ts';
import { type Gfid, NULL_GFID } from '../core/gfid.ts';
import type { Dirent, Iatt } from '../core/iatt.ts';
import type { Inode, InodeTable } from '../core/inode.ts';
import { Loc } from '../core/loc.ts';
import {
  isStructType,
  type StructType,
  type StructTypes,
  structTypes,
} from '../core/struct-types.ts';
import type {
  DictPair,
  RecordedData,
  RecordedEntry,
  RecordedFd,
  RecordedList,
  RecordedLoc,
  RecordedStruct,
  RecordedValue,
} from '../observe/codec.ts';
import type { Values } from '../observe/events.ts';
import type { RecordedReply } from './recorded-form.ts';

/** Thrown if a request needs a file that no reply has returned so far. */
export class UnknownObjectError extends Error {
  readonly code = 'GLOSSA_UNKNOWN_OBJECT';
  readonly gfid: Gfid;
  readonly path: string;
  readonly isDir: boolean;

  constructor(gfid: Gfid, path: string, isDir: boolean) {
    super(`${path} was never found here`);
    this.gfid = gfid;
    this.path = path;
    this.isDir = isDir;
  }
}

/** The objects of one graph. */
export class ReplayObjects {
  readonly table: InodeTable;
  private readonly client: Client;
  private readonly inodes = new Map<Gfid, Inode>();
  /** The open files, by their recorded numbers. */
  private readonly fds = new Map<number, Fd>();
  /** The recorded number of each open file. */
  private readonly recordedNumbers = new Map<Fd, number>();
  /** The storage's offsets in directories, by the recorded ones. */
  private readonly offsets = new Map<Fd, Map<number, number>>();

  constructor(client: Client) {
    this.client = client;
    this.table = client.initiator.graph.inodes;
  }

  /** Finds the inode of a recorded gfid; undefined if no reply has returned it. */
  findInode(gfid: Gfid): Inode | undefined {
    return this.inodes.get(gfid) ?? this.table.find(gfid);
  }

  /** Maps a recorded gfid to this inode from now on, and holds a lookup on it. */
  mapInode(gfid: Gfid, inode: Inode): void {
    if (gfid === NULL_GFID) return;
    this.client.lookup(inode);
    this.inodes.set(gfid, inode);
  }

  /** Maps a recorded offset in a directory to the storage's current one. */
  mapOffset(fd: Fd, recordedOffset: number, currentOffset: number): void {
    const offsets = this.offsets.get(fd) ?? new Map<number, number>();
    this.offsets.set(fd, offsets.set(recordedOffset, currentOffset));
  }

  /** Finds the recorded number of an open file; a negative number if the recording lacks the file. */
  findRecordedNumber(fd: Fd): number {
    return this.recordedNumbers.get(fd) ?? -fd.id;
  }

  /** Releases an open file. @param number its number in the recording */
  release(number: number): void {
    const fd = this.fds.get(number);
    if (fd === undefined) return;
    this.fds.delete(number);
    this.recordedNumbers.delete(fd);
    this.offsets.delete(fd);
    fd.release();
  }

  /** Releases all open files. */
  releaseAll(): void {
    for (const number of [...this.fds.keys()]) this.release(number);
  }

  /**
   * Makes the arguments of a fop from recorded values.
   * @param canCreate whether an unknown file with a name gets a new inode @throws {UnknownObjectError}
   */
  makeArgs(row: FopRow, recorded: Values, pid: number, canCreate = true): unknown[] {
    let createdInode: Inode | null = null;
    return row.args.map(({ name, type }) => {
      const value = recorded[name] ?? null;
      if (type === 'loc' && value !== null) {
        const loc = this.makeLoc(value as RecordedLoc, canCreate);
        // As in a mount, a rename creates no file.
        if (row.name === 'rename' && loc.inode?.linked === false) {
          return new Loc(null, loc.parent, loc.name);
        }
        if (row.entry.creates === name) createdInode = loc.inode;
        return loc;
      }
      if (type === 'fd' && value !== null)
        return this.findFd(value as RecordedFd, pid, createdInode);
      if (name === 'offset' && (row.name === 'readdir' || row.name === 'readdirp')) {
        return this.findOffset(recorded.fd as RecordedFd, value as number);
      }
      return this.makeValue(type, value);
    });
  }

  /** Makes the values of a reply to a fop with these arguments. */
  makeReply(row: FopRow, recorded: Values, args: readonly unknown[]): unknown[] {
    return row.reply.map(({ name, type }) => {
      const value = recorded[name] ?? null;
      if (value === null || (type !== 'fd' && type !== 'inode')) return this.makeValue(type, value);
      if (type === 'fd') return args[row.args.findIndex((arg) => arg.type === 'fd')];
      return (
        this.findInode((value as { gfid: Gfid }).gfid) ?? findTargetLoc(row, args)?.inode ?? null
      );
    });
  }

  /** Makes a value of a type that contains no inode and no open file. */
  makeValue(type: ArgType, recorded: RecordedValue): unknown {
    if (recorded === null || type === 'int' || type === 'str') return recorded;
    if (isStructType(type)) return makeStruct(type, recorded);
    return valueMakers[type]?.(recorded, this) ?? null;
  }

  /** Makes the loc of a recorded one. @throws {UnknownObjectError} */
  private makeLoc({ gfid, pargfid, name, path }: RecordedLoc, canCreate: boolean): Loc {
    const parent =
      pargfid === NULL_GFID
        ? null
        : (this.findInode(pargfid) ?? failUnknown(pargfid, makeParentPath(path), true));
    if (gfid === NULL_GFID) return new Loc(this.table.newInode(), parent, name);
    const inode = this.findInode(gfid);
    if (inode !== undefined) return new Loc(inode, parent, name);
    if (parent === null || !canCreate) return failUnknown(gfid, path, false);
    return new Loc(this.table.newInode(), parent, name);
  }

  /**
   * Finds the fd of a recorded open file, or makes it at its first use.
   * @param createdInode the inode that the fop creates; null for a fop that creates none @throws {UnknownObjectError}
   */
  private findFd(recorded: RecordedFd, pid: number, createdInode: Inode | null): Fd {
    const openFd = this.fds.get(recorded.id);
    if (openFd !== undefined) return openFd;
    const inode =
      createdInode ??
      this.findInode(recorded.gfid) ??
      failUnknown(recorded.gfid, recorded.path, recorded.isDir);
    const fd = new Fd(inode, recorded.flags, pid, recorded.isDir);
    this.fds.set(recorded.id, fd);
    this.recordedNumbers.set(fd, recorded.id);
    return fd;
  }

  /** Finds the storage's offset for a recorded one; the recorded offset itself if no listing has mapped it. */
  private findOffset(fd: RecordedFd, recordedOffset: number): number {
    const openFd = this.fds.get(fd.id);
    return (
      (openFd === undefined ? undefined : this.offsets.get(openFd)?.get(recordedOffset)) ??
      recordedOffset
    );
  }
}

/** Finds the directory and the name of a path; null if the table lacks the directory, and for the root. */
export function findPosition(
  table: InodeTable,
  path: string,
): { parent: Inode; name: string } | null {
  const names = path.split('/').slice(1);
  const name = names.pop() ?? '';
  let parent: Inode | undefined = table.root;
  for (const folderName of names) parent = parent && table.grep(parent, folderName);
  return parent === undefined || name === '' ? null : { parent, name };
}

/** Throws for an object that the replay does not know. @throws {UnknownObjectError} */
function failUnknown(gfid: Gfid, path: string, isDir: boolean): never {
  throw new UnknownObjectError(gfid, path, isDir);
}

/** Makes the path of a file's directory. */
const makeParentPath = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** Makes a value of the graph from a recorded one. */
type ValueMaker = (recorded: NonNullable<RecordedValue>, objects: ReplayObjects) => unknown;

const makeStruct = <T extends StructType>(type: T, recorded: unknown): StructTypes[T] =>
  Object.assign(structTypes[type].make(), recorded);

const makeIatt = (recorded: RecordedStruct | null): Iatt | null =>
  recorded === null ? null : makeStruct('iatt', recorded);

/** Makes a dict; entries without a recorded value are omitted. */
function makeDict({ items }: RecordedList<DictPair>): Dict {
  const dict = new Dict();
  for (const { key, type, value } of items) {
    if (value === null) continue;
    if (type === 'iatt') dict.set(key, makeIatt(value as RecordedStruct)!, type);
    else if (typeof value === 'object') dict.set(key, makeBytes(value as RecordedData), type);
    else dict.set(key, value, type);
  }
  return dict;
}

const makeBytes = ({ head }: RecordedData): Uint8Array => encodeName(head);

/** Makes an entry of a listing. An entry with attributes gets a new inode, as from a storage. */
const makeEntry = (
  { name, off, type, gfid, stat, dict }: RecordedEntry,
  { table }: ReplayObjects,
): Dirent => ({
  name,
  off,
  type,
  gfid,
  stat: makeIatt(stat),
  dict: dict === null ? null : makeDict(dict),
  inode: stat === null || name === '.' || name === '..' ? null : table.newInode(),
});

/** The makers of values by type, except for structures, inodes and open files. */
const valueMakers: Readonly<Partial<Record<ArgType, ValueMaker>>> = {
  data: (recorded) => makeBytes(recorded as RecordedData),
  locklist: (recorded) =>
    (recorded as RecordedList<RecordedStruct>).items.map((lock) => makeStruct('flock', lock)),
  dict: (recorded) => makeDict(recorded as RecordedList<DictPair>),
  entries: (recorded, objects) =>
    (recorded as RecordedList<RecordedEntry>).items.map((entry) => makeEntry(entry, objects)),
};

/** A current reply, with its fop and arguments. */
export interface ReplyOutcome {
  readonly row: FopRow;
  readonly args: readonly unknown[];
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: unknown[];
}

/**
 * Applies a reply to the graph's inode table, and maps recorded gfids and offsets to those of the reply.
 * @param recordedReply the recorded reply, if there is one
 */
export function applyReplyTo(
  objects: ReplayObjects,
  outcome: ReplyOutcome,
  recordedReply: RecordedReply | null,
): void {
  const { row, args, opRet, opErrno, values } = outcome;
  applyReply(row, args, opRet, opErrno, values);
  if (opRet < 0) return;
  const linked = findReplyInode(row, values);
  if (linked !== null) {
    objects.mapInode(linked.gfid, linked);
    const recordedEntry = recordedReply?.values.buf as RecordedStruct | null | undefined;
    if (recordedReply !== null && recordedReply.opRet >= 0 && recordedEntry)
      objects.mapInode(recordedEntry.iaGfid as Gfid, linked);
  } else if (row.reply[0]?.type === 'entries') {
    const recordedEntries = recordedReply?.values.entries as
      | RecordedList<RecordedEntry>
      | null
      | undefined;
    mapEntries(
      objects,
      args[0] as Fd,
      (values[0] ?? []) as readonly Dirent[],
      recordedEntries?.items ?? [],
    );
  }
}

/** Maps the recorded gfids and offsets of a listing, by the entries' names. */
function mapEntries(
  objects: ReplayObjects,
  fd: Fd,
  entries: readonly Dirent[],
  recordedEntries: readonly RecordedEntry[],
): void {
  const recordedByName = new Map(recordedEntries.map((entry) => [entry.name, entry]));
  for (const { name, off, inode } of entries) {
    const recordedEntry = recordedByName.get(name);
    if (recordedEntry !== undefined) objects.mapOffset(fd, recordedEntry.off, off);
    if (inode === null) continue;
    objects.mapInode(inode.gfid, inode);
    if (recordedEntry !== undefined) objects.mapInode(recordedEntry.gfid, inode);
  }
}
