/**
 * A volume of cluster/distribute over storages in memory, each with its locks: sends requests as a
 * mount does, and reads each child on its own.
 */

import distribute from '../../gluster/cluster/distribute/index.ts';
import { hashName } from '../../gluster/cluster/distribute/name-hash.ts';
import { type Context, newGfid } from '../../runtime/core/context.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { makeFirstFrame, Stack } from '../../runtime/core/frame.ts';
import {
  collectCbk,
  type FopName,
  type FopTable,
  windArgs,
} from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Dirent, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import { GFID_REQ } from '../../runtime/core/xdata.ts';
import type { Child } from '../../runtime/core/xlator.ts';
import locks from '../../runtime/xlators/features/locks/index.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { FakeContext, startGraph, type TestVolume } from './core.ts';

/** The child among wz, wa and wm on which a name in the root is. */
export function placeInRoot(name: string): string {
  const hash = hashName(name);
  if (hash <= 0x55555554) return 'wm';
  return hash <= 0xaaaaaaa9 ? 'wz' : 'wa';
}

/** The reply of a fop; `opRet` is NaN until it comes. */
export interface FopReply {
  opRet: number;
  opErrno: number;
  values: readonly unknown[];
}

type Volume = Omit<TestVolume, 'name' | 'below'>;
/** A volume between a child's locks and distribute, if any; it gets the child's name. */
type Layer = (name: string) => Volume | undefined;

interface DistributedSettings {
  /** Makes the storage of a child; storage/memory by default. */
  readonly makeStorage?: (name: string) => Volume;
  /** Whether the root is looked up at the start, as a mount does; true by default. */
  readonly looksRootUp?: boolean;
}

interface GraphSettings extends DistributedSettings {
  readonly options?: Readonly<Record<string, string>>;
  readonly between?: Layer;
  readonly context: Context;
}

const makeMemory = (): Volume => ({ translator: memory as never });

/** Starts the graph alone, in any context. */
export function startDistributed(
  names: readonly string[],
  { options = {}, between = () => undefined, makeStorage = makeMemory, context }: GraphSettings,
): Promise<Graph> {
  const children = names.flatMap((name): TestVolume[] => {
    const more = between(name);
    const lower = more === undefined ? name : `${name}-locks`;
    return [
      { ...makeStorage(name), name: `${name}-disk`, below: [] },
      { name: lower, translator: locks as never, below: [`${name}-disk`] },
      ...(more === undefined ? [] : [{ ...more, name, below: [lower] }]),
    ];
  });
  const top: TestVolume = { name: 'dht', translator: distribute as never, options, below: names };
  return startGraph([...children, top], context);
}

/** The pid of an internal client, which sees the attributes that volumes hide from others. */
const INTERNAL_PID = -4;

export class DistributedVolume {
  readonly graph: Graph;
  readonly names: readonly string[];
  readonly context: FakeContext;

  private constructor(graph: Graph, names: readonly string[], context: FakeContext) {
    this.graph = graph;
    this.names = names;
    this.context = context;
  }

  static async start(
    names: readonly string[],
    options: Readonly<Record<string, string>> = {},
    between: Layer = () => undefined,
    settings: DistributedSettings = {},
  ): Promise<DistributedVolume> {
    const context = new FakeContext();
    const graph = await startDistributed(names, { options, between, context, ...settings });
    const volume = new DistributedVolume(graph, names, context);
    if (settings.looksRootUp !== false) volume.ask('lookup', new Loc(volume.root), null);
    return volume;
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  /** The log so far. */
  get log(): string {
    return this.context.lines.join('\n');
  }

  ask<N extends FopName>(fop: N, ...args: FopTable[N]['args']): FopReply {
    return this.askAt(this.graph.links, 1, fop, args);
  }

  /** Winds a fop into one child, past the volume. */
  askChild<N extends FopName>(name: string, fop: N, ...args: FopTable[N]['args']): FopReply {
    const xl = this.graph.xlators.find((each) => each.name === name)!;
    return this.askAt(this.graph.makeLinks(xl), INTERNAL_PID, fop, args);
  }

  private askAt(links: Child, pid: number, fop: FopName, args: readonly unknown[]): FopReply {
    const frame = makeFirstFrame(new Stack(0, 0, pid, fop.toUpperCase()), this.graph.top);
    frame.root.lkOwner = '00';
    const reply: FopReply = { opRet: Number.NaN, opErrno: 0, values: [] };
    const cbk = collectCbk[fop]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      Object.assign(reply, { opRet, opErrno: opRet < 0 ? opErrno : 0, values });
    });
    windArgs[fop](frame, 0, cbk as never, links, args);
    return reply;
  }

  /** The loc of a path, after lookups of its directories; a known name has its inode. */
  findLoc(path: string): Loc {
    const names = path.split('/').filter((name) => name !== '');
    const last = names.pop();
    const parent = names.reduce((at, name) => this.lookupChild(at, name), this.root);
    if (last === undefined) return new Loc(this.root);
    const { inodes } = this.graph;
    return new Loc(parent.children?.get(last) ?? inodes.newInode(), parent, last);
  }

  private lookupChild(parent: Inode, name: string): Inode {
    const { inodes } = this.graph;
    const loc = new Loc(parent.children?.get(name) ?? inodes.newInode(), parent, name);
    const reply = this.ask('lookup', loc, null);
    if (reply.opRet < 0) throw new Error(`${loc.path}: errno ${reply.opErrno}`);
    return this.linkInode(loc, reply.values[1] as Iatt);
  }

  private linkInode(loc: Loc, buf: Iatt): Inode {
    return this.graph.inodes.link(loc.inode!, loc.parent, loc.name, buf)!;
  }

  /** Looks a path up and links the found inode. */
  lookup(path: string): FopReply {
    const loc = this.findLoc(path);
    const reply = this.ask('lookup', loc, null);
    if (reply.opRet >= 0 && loc.parent !== null) this.linkInode(loc, reply.values[1] as Iatt);
    return reply;
  }

  /** Finds the inode at a path. */
  findInode(path: string): Inode {
    return this.findLoc(path).inode!;
  }

  gfidRequest(): Dict {
    return new Dict().setGfid(GFID_REQ, newGfid(this.context));
  }

  mkdir(path: string, mode = 0o755): FopReply {
    const loc = this.findLoc(path);
    const reply = this.ask('mkdir', loc, mode, 0, this.gfidRequest());
    if (reply.opRet >= 0) this.linkInode(loc, reply.values[1] as Iatt);
    return reply;
  }

  create(path: string, data = ''): FopReply {
    const loc = this.findLoc(path);
    const fd = new Fd(loc.inode!, 2, 1);
    const reply = this.ask('create', loc, 0o302, 0o644, 0, fd, this.gfidRequest());
    if (reply.opRet >= 0) {
      this.linkInode(loc, reply.values[2] as Iatt);
      if (data !== '') this.ask('writev', fd, new TextEncoder().encode(data), 0, 0, null);
    }
    fd.release();
    return reply;
  }

  read(path: string): string {
    this.lookup(path);
    const loc = this.findLoc(path);
    const fd = new Fd(loc.inode!, 0, 1);
    const opened = this.ask('open', loc, 0, fd, null);
    if (opened.opRet < 0) return `errno ${opened.opErrno}`;
    const reply = this.ask('readv', fd, 65_536, 0, 0, null);
    fd.release();
    return reply.opRet < 0
      ? `errno ${reply.opErrno}`
      : new TextDecoder().decode(reply.values[0] as Uint8Array);
  }

  /** Lists the names in a directory, in the order of the listing; each request asks for `size` bytes. */
  list(path: string, size = 4096): string[] {
    if (path !== '/') this.lookup(path);
    const loc = this.findLoc(path);
    const fd = new Fd(loc.inode!, 0, 1, true);
    this.ask('opendir', loc, fd, null);
    const names: string[] = [];
    for (let offset = 0; ; ) {
      const reply = this.ask('readdirp', fd, size, offset, null);
      const entries = (reply.values[0] ?? []) as readonly Dirent[];
      if (reply.opRet <= 0) break;
      names.push(...entries.map(({ name }) => name).filter((name) => !/^\.\.?$/.test(name)));
      offset = entries.at(-1)!.off;
    }
    fd.release();
    return names;
  }

  /** Reads the attributes and extended attributes that a child has of a path; null if it lacks the path. */
  readChild(child: string, path: string): { readonly buf: Iatt; readonly xattrs: Dict } | null {
    const loc = this.findLoc(path);
    const own = new Loc(this.graph.inodes.newInode(), loc.parent, loc.name);
    const where = loc.parent === null ? loc : own;
    const reply = this.askChild(child, 'lookup', where, null);
    if (reply.opRet < 0) return null;
    const buf = reply.values[1] as Iatt;
    const all = this.askChild(
      child,
      'getxattr',
      new Loc(where.inode, null, null, buf.iaGfid),
      null,
      null,
    );
    return { buf, xattrs: (all.values[0] as Dict | null) ?? new Dict() };
  }

  /** Reads an extended attribute on each child, as hexadecimal text; undefined where it is absent. */
  readXattr(path: string, name: string): Record<string, string | undefined> {
    return Object.fromEntries(
      this.names.map((child) => {
        const bytes = this.readChild(child, path)?.xattrs.bytes(name);
        return [child, bytes && Buffer.from(bytes).toString('hex')];
      }),
    );
  }

  stop(): Promise<void> {
    return this.graph.stop();
  }
}
