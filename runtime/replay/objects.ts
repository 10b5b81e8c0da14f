/**
 * Maps the gfids and file numbers of a recording to the inodes and open files of a graph, and
 * recorded values to values of the graph.
 *
 * A recorded gfid maps to the inode that a reply has returned in its place; a storage that honours
 * requested gfids has it under the same gfid.
 */
import { applyReply, replyInode, targetLoc } from '../core/apply-reply.ts';
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
  DataSeen,
  DictPair,
  EntrySeen,
  FdSeen,
  ListSeen,
  LocSeen,
  StructSeen,
  ValueSeen,
} from '../observe/codec.ts';
import type { Values } from '../observe/events.ts';
import type { Answer } from './recorded-form.ts';

/** A request needs a file that no reply has returned so far. */
export class UnknownObject extends Error {
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

export class Objects {
  readonly table: InodeTable;
  private readonly client: Client;
  private readonly inodes = new Map<Gfid, Inode>();
  private readonly fds = new Map<number, Fd>();
  private readonly numbers = new Map<Fd, number>();
  /** The storage's offsets in directories, by the recorded ones. */
  private readonly offsets = new Map<Fd, Map<number, number>>();

  constructor(client: Client) {
    this.client = client;
    this.table = client.initiator.graph.inodes;
  }

  /** Undefined for a gfid that no reply has returned. */
  inode(gfid: Gfid): Inode | undefined {
    return this.inodes.get(gfid) ?? this.table.find(gfid);
  }

  /** Maps a recorded gfid to this inode from now on, and holds a lookup on it. */
  learn(gfid: Gfid, inode: Inode): void {
    if (gfid === NULL_GFID) return;
    this.client.lookup(inode);
    this.inodes.set(gfid, inode);
  }

  learnOffset(fd: Fd, then: number, now: number): void {
    const known = this.offsets.get(fd) ?? new Map<number, number>();
    this.offsets.set(fd, known.set(then, now));
  }

  /** The recorded number of an open file; a negative number for any other. */
  numberOf(fd: Fd): number {
    return this.numbers.get(fd) ?? -fd.id;
  }

  release(number: number): void {
    const fd = this.fds.get(number);
    if (fd === undefined) return;
    this.fds.delete(number);
    this.numbers.delete(fd);
    this.offsets.delete(fd);
    fd.release();
  }

  releaseAll(): void {
    for (const number of [...this.fds.keys()]) this.release(number);
  }

  /**
   * Makes the arguments of a fop from recorded values.
   * @param anew whether an unknown file with a name gets a new inode @throws {UnknownObject}
   */
  args(row: FopRow, seen: Values, pid: number, anew = true): unknown[] {
    let made: Inode | null = null;
    return row.args.map(({ name, type }) => {
      const value = seen[name] ?? null;
      if (type === 'loc' && value !== null) {
        const loc = this.loc(value as LocSeen, anew);
        // As in a mount, a rename creates no file.
        if (row.name === 'rename' && loc.inode?.linked === false) {
          return new Loc(null, loc.parent, loc.name);
        }
        if (row.entry.creates === name) made = loc.inode;
        return loc;
      }
      if (type === 'fd' && value !== null) return this.fd(value as FdSeen, pid, made);
      if (name === 'offset' && (row.name === 'readdir' || row.name === 'readdirp')) {
        return this.offset(seen.fd as FdSeen, value as number);
      }
      return this.value(type, value);
    });
  }

  /** Makes the values of a reply to a fop with these arguments. */
  reply(row: FopRow, seen: Values, args: readonly unknown[]): unknown[] {
    return row.reply.map(({ name, type }) => {
      const value = seen[name] ?? null;
      if (value === null || (type !== 'fd' && type !== 'inode')) return this.value(type, value);
      if (type === 'fd') return args[row.args.findIndex((arg) => arg.type === 'fd')];
      return this.inode((value as { gfid: Gfid }).gfid) ?? targetLoc(row, args)?.inode ?? null;
    });
  }

  /** Makes a value without inodes and files in it. */
  value(type: ArgType, seen: ValueSeen): unknown {
    if (seen === null || type === 'int' || type === 'str') return seen;
    if (isStructType(type)) return structOf(type, seen);
    return makers[type]?.(seen, this) ?? null;
  }

  private loc({ gfid, pargfid, name, path }: LocSeen, anew: boolean): Loc {
    const parent =
      pargfid === NULL_GFID ? null : (this.inode(pargfid) ?? unknown(pargfid, above(path), true));
    if (gfid === NULL_GFID) return new Loc(this.table.newInode(), parent, name);
    const inode = this.inode(gfid);
    if (inode !== undefined) return new Loc(inode, parent, name);
    if (parent === null || !anew) return unknown(gfid, path, false);
    return new Loc(this.table.newInode(), parent, name);
  }

  private fd(seen: FdSeen, pid: number, made: Inode | null): Fd {
    const known = this.fds.get(seen.id);
    if (known !== undefined) return known;
    const inode = made ?? this.inode(seen.gfid) ?? unknown(seen.gfid, seen.path, seen.isDir);
    const fd = new Fd(inode, seen.flags, pid, seen.isDir);
    this.fds.set(seen.id, fd);
    this.numbers.set(fd, seen.id);
    return fd;
  }

  private offset(fd: FdSeen, then: number): number {
    const open = this.fds.get(fd.id);
    return (open === undefined ? undefined : this.offsets.get(open)?.get(then)) ?? then;
  }
}

/** Directory and name of a path, if the table knows its directory. */
export function placeAt(table: InodeTable, path: string): { parent: Inode; name: string } | null {
  const names = path.split('/').slice(1);
  const name = names.pop() ?? '';
  let parent: Inode | undefined = table.root;
  for (const step of names) parent = parent && table.grep(parent, step);
  return parent === undefined || name === '' ? null : { parent, name };
}

function unknown(gfid: Gfid, path: string, isDir: boolean): never {
  throw new UnknownObject(gfid, path, isDir);
}

/** The path of the directory above. */
const above = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

type Maker = (seen: NonNullable<ValueSeen>, objects: Objects) => unknown;

const structOf = <T extends StructType>(type: T, seen: unknown): StructTypes[T] =>
  Object.assign(structTypes[type].make(), seen);

const iattOf = (seen: StructSeen | null): Iatt | null =>
  seen === null ? null : structOf('iatt', seen);

function dictOf({ items }: ListSeen<DictPair>): Dict {
  const dict = new Dict();
  for (const { key, type, value } of items) {
    if (value === null) continue;
    if (type === 'iatt') dict.set(key, iattOf(value as StructSeen)!, type);
    else if (typeof value === 'object') dict.set(key, bytesOf(value as DataSeen), type);
    else dict.set(key, value, type);
  }
  return dict;
}

const bytesOf = ({ head }: DataSeen): Uint8Array => encodeName(head);

const entryOf = ({ name, off, type, gfid, stat, dict }: EntrySeen, { table }: Objects): Dirent => ({
  name,
  off,
  type,
  gfid,
  stat: iattOf(stat),
  dict: dict === null ? null : dictOf(dict),
  inode: stat === null || name === '.' || name === '..' ? null : table.newInode(),
});

const makers: Readonly<Partial<Record<ArgType, Maker>>> = {
  data: (seen) => bytesOf(seen as DataSeen),
  locklist: (seen) => (seen as ListSeen<StructSeen>).items.map((lock) => structOf('flock', lock)),
  dict: (seen) => dictOf(seen as ListSeen<DictPair>),
  entries: (seen, objects) =>
    (seen as ListSeen<EntrySeen>).items.map((entry) => entryOf(entry, objects)),
};

export interface ReplyOutcome {
  readonly row: FopRow;
  readonly args: readonly unknown[];
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: unknown[];
}

/**
 * Applies a reply to the graph's inode table, and maps the recorded gfids and offsets to it.
 * @param then the recorded reply, if there is one
 */
export function learn(objects: Objects, outcome: ReplyOutcome, then: Answer | null): void {
  const { row, args, opRet, opErrno, values } = outcome;
  applyReply(row, args, opRet, opErrno, values);
  if (opRet < 0) return;
  const linked = replyInode(row, values);
  if (linked !== null) {
    objects.learn(linked.gfid, linked);
    const was = then?.reply.buf as StructSeen | null | undefined;
    if (then !== null && then.opRet >= 0 && was) objects.learn(was.iaGfid as Gfid, linked);
  } else if (row.reply[0]?.type === 'entries') {
    const were = then?.reply.entries as ListSeen<EntrySeen> | null | undefined;
    learnEntries(objects, args[0] as Fd, (values[0] ?? []) as readonly Dirent[], were?.items ?? []);
  }
}

function learnEntries(
  objects: Objects,
  fd: Fd,
  entries: readonly Dirent[],
  were: readonly EntrySeen[],
): void {
  const byName = new Map(were.map((entry) => [entry.name, entry]));
  for (const { name, off, inode } of entries) {
    const was = byName.get(name);
    if (was !== undefined) objects.learnOffset(fd, was.off, off);
    if (inode === null) continue;
    objects.learn(inode.gfid, inode);
    if (was !== undefined) objects.learn(was.gfid, inode);
  }
}
