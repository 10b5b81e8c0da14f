/**
 * Drives a graph from a test as a mount does: winds fops with credentials and gfids, links the
 * replies' inodes into the table, and counts the lookups.
 *
 *     const vol = await startVolume([{ name: 'disk', translator: memory }]);
 *     const made = await vol.mkdir(vol.root, 'dir');        // made.err is '', made.inode linked
 *     const miss = await vol.lookup(made.inode!, 'absent'); // miss.err === 'ENOENT'
 *     const raw = await vol.fop('stat', new Loc(vol.root), null);
 *     await vol.stop();                                     // checks that all was answered, once
 *
 * Volumes are listed leaf first; one without `subvolumes` stands on the one before it.
 */

import { moveEntry } from '../../runtime/core/apply-reply.ts';
import type { Context } from '../../runtime/core/context.ts';
import { newGfid } from '../../runtime/core/context.ts';
import type { Ctime } from '../../runtime/core/ctime.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { errnoName } from '../../runtime/core/errno.ts';
import { findFop } from '../../runtime/core/fops.ts';
import { Frame, makeFirstFrame, Stack } from '../../runtime/core/frame.ts';
import type { FopName, FopTable } from '../../runtime/core/gen/fops.gen.ts';
import { Graph } from '../../runtime/core/graph.ts';
import type { Dirent, Iatt, Statvfs } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import type { Flock, Lease } from '../../runtime/core/lock.ts';
import { WARNING } from '../../runtime/core/log.ts';
import { O_RDWR } from '../../runtime/core/open-flags.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import { GFID_REQ, RENAME_FLAGS } from '../../runtime/core/xdata.ts';
import type { Fop, Translator } from '../../runtime/core/xlator.ts';

/** A translator with any private data and options. */
export type AnyTranslator = Translator<unknown>;

export interface VolumeRow {
  readonly name: string;
  readonly translator: AnyTranslator;
  readonly options?: Readonly<Record<string, string>>;
  readonly subvolumes?: readonly string[];
}

export interface Caller {
  readonly uid?: number;
  readonly gid?: number;
  readonly pid?: number;
  readonly groups?: readonly number[];
  readonly ctime?: Ctime;
}

/** A reply, its fields by name; null where the fop has no such field or carried nothing. */
export class Reply {
  opRet = 0;
  opErrno = 0;
  inode: Inode | null = null;
  fd: Fd | null = null;
  buf: Iatt | null = null;
  stbuf: Iatt | null = null;
  preparent: Iatt | null = null;
  postparent: Iatt | null = null;
  preoldparent: Iatt | null = null;
  postoldparent: Iatt | null = null;
  prenewparent: Iatt | null = null;
  postnewparent: Iatt | null = null;
  prebuf: Iatt | null = null;
  postbuf: Iatt | null = null;
  prebuf_dst: Iatt | null = null;
  postbuf_dst: Iatt | null = null;
  statpre: Iatt | null = null;
  statpost: Iatt | null = null;
  statvfs: Statvfs | null = null;
  dict: Dict | null = null;
  xdata: Dict | null = null;
  path: string | null = null;
  spec: string | null = null;
  vector: Uint8Array | null = null;
  strong: Uint8Array | null = null;
  entries: readonly Dirent[] | null = null;
  flock: Flock | null = null;
  lease: Lease | null = null;
  locklist: readonly Flock[] | null = null;
  offset: number | null = null;
  weak: number | null = null;

  /** The errno's name; empty for success. */
  get err(): string {
    return this.opRet < 0 ? errnoName(this.opErrno) : '';
  }

  /** The data as text, for tests that wrote text. */
  get text(): string {
    return new TextDecoder().decode(this.vector ?? new Uint8Array());
  }
}

export interface TestContext extends Context {
  /** Every line logged so far. */
  readonly log: string[];
}

export function testContext(baseDir = process.cwd()): TestContext {
  const log: string[] = [];
  return {
    log,
    baseDir,
    sink: {
      write: (line) => {
        log.push(line);
      },
      now: () => performance.timeOrigin + performance.now(),
    },
    now: () => performance.now(),
    after: (ms, fn) => {
      const timer = setTimeout(fn, ms);
      return () => clearTimeout(timer);
    },
    random: (out) => {
      crypto.getRandomValues(out);
    },
    wake: () => {},
  };
}

/** Starts a graph. @throws {GraphError} when a translator refuses. */
export async function startVolume(
  rows: readonly VolumeRow[],
  context: TestContext = testContext(),
): Promise<TestVolume> {
  const specs = rows.map(({ name, translator, options = {}, subvolumes }, at) => ({
    name,
    translator,
    options: Object.entries(options).map(([key, value]) => ({ key, value })),
    subvolumes: subvolumes ?? rows.slice(Math.max(0, at - 1), at).map((row) => row.name),
  }));
  const levels = { default: WARNING, volumes: new Map() } as const;
  const graph = new Graph(specs, context, levels);
  await graph.start();
  return new TestVolume(graph, context, { waiting: 0 });
}

type Data = string | Uint8Array;
const toBytes = (data: Data): Uint8Array =>
  typeof data === 'string' ? new TextEncoder().encode(data) : data;

/** The size of FUSE's readdir requests. */
const LISTING_SIZE = 4096;

export class TestVolume {
  readonly graph: Graph;
  readonly context: TestContext;
  private readonly caller: Caller;
  /** Shared by all views of the volume. */
  private readonly requests: { waiting: number };

  constructor(
    graph: Graph,
    context: TestContext,
    requests: { waiting: number },
    caller: Caller = {},
  ) {
    this.graph = graph;
    this.context = context;
    this.requests = requests;
    this.caller = caller;
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  /** The same volume, with requests by another caller. */
  as(caller: Caller): TestVolume {
    return new TestVolume(this.graph, this.context, this.requests, caller);
  }

  /** Stops the graph. @throws when a request has no answer, or was answered twice. */
  async stop(): Promise<void> {
    const { waiting } = this.requests;
    await this.graph.stop();
    if (waiting > 0) throw new Error(`${waiting} requests were never answered`);
    const twice = this.context.log.filter((line) => line.includes('unwound twice'));
    if (twice.length > 0) throw new Error(twice.join('\n'));
  }

  /** Winds one fop into the top of the graph; returns the reply without linking its inode. */
  fop<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    const { uid = 0, gid = 0, pid = 1, groups = [], ctime = null } = this.caller;
    const row = findFop(name)!;
    const stack = new Stack(uid, gid, pid, row.logName, () => groups);
    stack.ctime = ctime;
    const parent = makeFirstFrame(stack, this.graph.top);
    const { xl, fop } = this.graph.links[name];
    this.requests.waiting += 1;
    return new Promise((resolve) => {
      const cbk = (
        _frame: Frame,
        _cookie: number,
        _xl: unknown,
        opRet: number,
        opErrno: number,
        ...reply: unknown[]
      ): void => {
        this.requests.waiting -= 1;
        resolve(nameValues(row.reply, opRet, opErrno, reply));
      };
      const frame = new Frame(stack, parent, xl, cbk as Frame['cbk'], 0);
      (fop as Fop<N, unknown>)(frame, xl, ...args);
    });
  }

  /** The xdata of a mount's request that may make an inode. */
  gfidReq(): Dict {
    return new Dict().setGfid(GFID_REQ, newGfid(this.context));
  }

  /** Looks a name up, with its inode if known; forgets an absent name. */
  async lookup(parent: Inode, name: string, xdata: Dict = this.gfidReq()): Promise<Reply> {
    const { inodes } = this.graph;
    const inode = parent.children?.get(name) ?? inodes.newInode();
    const reply = await this.fop('lookup', new Loc(inode, parent, name), xdata);
    if (reply.opRet < 0) inodes.unlink(parent, name);
    return this.linkReply(reply, parent, name);
  }

  async mkdir(parent: Inode, name: string, mode = 0o755, xdata = this.gfidReq()): Promise<Reply> {
    return this.linkReply(
      await this.fop('mkdir', this.newLoc(parent, name), mode, 0, xdata),
      parent,
      name,
    );
  }

  async mknod(parent: Inode, name: string, mode: number, rdev = 0): Promise<Reply> {
    const loc = this.newLoc(parent, name);
    return this.linkReply(
      await this.fop('mknod', loc, mode, rdev, 0, this.gfidReq()),
      parent,
      name,
    );
  }

  async symlink(parent: Inode, name: string, target: string): Promise<Reply> {
    const loc = this.newLoc(parent, name);
    return this.linkReply(await this.fop('symlink', target, loc, 0, this.gfidReq()), parent, name);
  }

  /** The reply's fd is open; release it with `fd.release()`. */
  async create(
    parent: Inode,
    name: string,
    flags = O_RDWR,
    mode = 0o644,
    xdata = this.gfidReq(),
  ): Promise<Reply> {
    const loc = this.newLoc(parent, name);
    const fd = new Fd(loc.inode!, flags, this.caller.pid ?? 1);
    const reply = await this.fop('create', loc, flags, mode, 0, fd, xdata);
    if (reply.opRet < 0) fd.release();
    return this.linkReply(reply, parent, name);
  }

  async link(inode: Inode, parent: Inode, name: string): Promise<Reply> {
    const to = new Loc(inode, parent, name);
    return this.linkReply(await this.fop('link', new Loc(inode), to, null), parent, name);
  }

  async unlink(parent: Inode, name: string): Promise<Reply> {
    const reply = await this.fop('unlink', this.knownLoc(parent, name), 0, null);
    if (reply.opRet >= 0) this.graph.inodes.unlink(parent, name);
    return reply;
  }

  async rmdir(parent: Inode, name: string): Promise<Reply> {
    const reply = await this.fop('rmdir', this.knownLoc(parent, name), 0, null);
    if (reply.opRet >= 0) this.graph.inodes.unlink(parent, name);
    return reply;
  }

  async rename(
    from: Inode,
    fromName: string,
    to: Inode,
    toName: string,
    flags = 0,
  ): Promise<Reply> {
    const old = to.children?.get(toName) ?? null;
    const xdata = flags === 0 ? null : new Dict().set(RENAME_FLAGS, flags);
    const newLoc = new Loc(old, to, toName);
    const reply = await this.fop('rename', this.knownLoc(from, fromName), newLoc, xdata);
    if (reply.opRet < 0) return reply;
    moveEntry(new Loc(null, from, fromName), newLoc, xdata);
    return reply;
  }

  async open(inode: Inode, flags = O_RDWR): Promise<Reply> {
    const fd = new Fd(inode, flags, this.caller.pid ?? 1);
    const reply = await this.fop('open', new Loc(inode), flags, fd, null);
    if (reply.opRet < 0) fd.release();
    return reply;
  }

  async opendir(inode: Inode): Promise<Reply> {
    const fd = new Fd(inode, 0, this.caller.pid ?? 1, true);
    const reply = await this.fop('opendir', new Loc(inode), fd, null);
    if (reply.opRet < 0) fd.release();
    return reply;
  }

  read(fd: Fd, size: number, offset: number): Promise<Reply> {
    return this.fop('readv', fd, size, offset, 0, null);
  }

  write(fd: Fd, data: Data, offset: number): Promise<Reply> {
    return this.fop('writev', fd, toBytes(data), offset, 0, null);
  }

  stat(inode: Inode): Promise<Reply> {
    return this.fop('stat', new Loc(inode), null);
  }

  /** All of a directory's entries from `offset` on, in as many replies as `size` makes of them. */
  async list(
    inode: Inode,
    size = LISTING_SIZE,
    fop: 'readdir' | 'readdirp' = 'readdir',
  ): Promise<Dirent[]> {
    const { fd, err } = await this.opendir(inode);
    if (fd === null) throw new Error(`opendir: ${err}`);
    const entries: Dirent[] = [];
    for (;;) {
      const reply = await this.fop(fop, fd, size, entries.at(-1)?.off ?? 0, null);
      if (reply.opRet < 0) throw new Error(`${fop}: ${reply.err}`);
      if (reply.entries!.length === 0) break;
      entries.push(...reply.entries!);
    }
    fd.release();
    return entries;
  }

  /** Names of a directory, sorted, without "." and "..". */
  async names(inode: Inode, size?: number): Promise<string[]> {
    const names = (await this.list(inode, size)).map((entry) => entry.name);
    return names.filter((name) => name !== '.' && name !== '..').sort();
  }

  /** A loc for a name that is to be made. */
  newLoc(parent: Inode, name: string): Loc {
    return new Loc(this.graph.inodes.newInode(), parent, name);
  }

  /** A loc for a name that may be known. */
  knownLoc(parent: Inode, name: string): Loc {
    return new Loc(parent.children?.get(name) ?? null, parent, name);
  }

  /** The reply with its inode in the table, and one lookup of it counted. */
  private linkReply(reply: Reply, parent: Inode, name: string): Reply {
    const { inodes } = this.graph;
    if (reply.opRet < 0 || reply.inode === null || reply.buf === null) return reply;
    const linked = inodes.link(reply.inode, parent, name, reply.buf);
    if (linked === null) throw new Error(`'${name}': the reply's inode cannot be linked`);
    inodes.lookup(linked);
    reply.inode = linked;
    return reply;
  }
}

/** A reply's values under their names. */
function nameValues(
  row: readonly { readonly name: string; readonly type: string }[],
  opRet: number,
  opErrno: number,
  values: readonly unknown[],
): Reply {
  const reply = new Reply();
  reply.opRet = opRet;
  reply.opErrno = opErrno;
  const fields = row.map(({ name, type }, at) => [type === 'statvfs' ? type : name, values[at]]);
  return Object.assign(reply, Object.fromEntries(fields));
}
