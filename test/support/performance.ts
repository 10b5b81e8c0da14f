/**
 * Tests' helpers for performance translators: random histories of clients' operations on a few
 * files, over a storage that acts, fails and replies when the test says so; and the rules for
 * replies.
 *
 * The storage is storage/memory. A request made in state `from` and answered in state `to` may show
 * any state in between, and no other: the results without a cache, however slow the storage.
 */
import { expect } from 'vitest';
import { Dict } from '../../runtime/core/dict.ts';
import { ENOENT } from '../../runtime/core/errno.ts';
import { SET_ATTR } from '../../runtime/core/fops.ts';
import { type Frame, makeFirstFrame, Stack } from '../../runtime/core/frame.ts';
import {
  collectCbk,
  type FopName,
  type FopTable,
  windArgs,
} from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { type Dirent, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import { GFID_REQ } from '../../runtime/core/xdata.ts';
import type { Translator, Xlator } from '../../runtime/core/xlator.ts';
import errorGen from '../../runtime/xlators/debug/error-gen/index.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import type { MemoryVolume, Node } from '../../runtime/xlators/storage/memory/memory-nodes.ts';
import { FakeContext, makeGfid, reconfigure, startGraph } from './core.ts';
import type { Action, Step } from './histories.ts';
import { KernelModel } from './kernel-model.ts';
import { OtherClient } from './other-client.ts';
import { SlowStorage } from './slow-storage.ts';

export { anyHistories } from './histories.ts';

/** The state of a file at one time. */
interface State {
  readonly gfid: string;
  readonly stat: string;
  readonly data: string;
  readonly xattr: string | null;
}
/** Names, and the files of which any name is or was known, by gfid. */
interface Version {
  readonly names: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, State>;
}

export const XATTR = 'security.capability';
export const NAMES = ['a', 'b', 'c'] as const;
/** Bytes of a listing's reply: room for two or three names. */
const LISTING_SIZE = 500;

interface Reply {
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: readonly unknown[];
}

/** The compared part of attributes. */
const statText = (buf: Iatt): string =>
  [buf.iaType, buf.iaProt, buf.iaNlink, buf.iaSize, buf.iaMtime, buf.iaMtimeNsec].join(' ');
const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export interface WorldSettings {
  /** From the storage up. */
  readonly stack: readonly {
    readonly translator: Translator<unknown>;
    readonly options?: Readonly<Record<string, string>>;
  }[];
  /** Options with which the top volume is reconfigured in turn. */
  readonly turns?: readonly Readonly<Record<string, string>>[];
  /** Whether the storage can list a directory whose opendir is under way. */
  readonly listsUnopened?: boolean;
  /** Whether bricks notify the cache of changes by other clients. */
  readonly tells?: boolean;
  /** Milliseconds after which changes by other clients must be visible. */
  readonly timeoutMs: number;
  /** Whether the files are in a folder that was made through the cache; else in the root. */
  readonly isFolderNew?: boolean;
}

/** Clients, and the storage below the cache. */
export class World {
  readonly graph: Graph;
  readonly context: FakeContext;
  readonly slow: SlowStorage;
  /** The kernel's cache above the graph. */
  readonly kernel: KernelModel;
  private readonly otherClient: OtherClient;
  /** All states of the storage; the last is that of now. */
  private versions: Version[] = [];
  /** The folder of the files. */
  private root: Inode;
  private readonly fds: Fd[] = [];
  private readonly settings: WorldSettings;
  private readonly knownInodes = new Map<string, Inode>();
  private lastGfidNumber = 100;
  private turn = 0;
  private failing = false;
  private everFailed = false;
  private readonly pending = new Set<Frame>();
  private readonly nodes = new Set<Node>();

  private constructor(
    graph: Graph,
    context: FakeContext,
    slow: SlowStorage,
    settings: WorldSettings,
  ) {
    this.graph = graph;
    this.context = context;
    this.slow = slow;
    slow.onActed = () => void this.recordVersion();
    this.settings = settings;
    this.root = graph.inodes.root;
    this.otherClient = new OtherClient(
      graph,
      () => this.rootNode,
      () => void this.recordVersion(),
    );
    this.kernel = new KernelModel(graph, () => context.now(), statText);
    this.recordVersion();
  }

  static async start(settings: WorldSettings): Promise<World> {
    const slow = new SlowStorage();
    const { listsUnopened = false } = settings;
    const context = new FakeContext();
    context.time = 1_000_000;
    const graph = await startGraph(
      [
        { translator: { ...memory, listsUnopened } as unknown as Translator<unknown> },
        { translator: errorGen as unknown as Translator<unknown>, options: { seed: '1' } },
        { translator: slow.translator },
        ...settings.stack,
      ],
      context,
    );
    const world = new World(graph, context, slow, settings);
    if (settings.isFolderNew === true) world.makeFolder();
    return world;
  }

  /** Makes the folder of the files. */
  private makeFolder(): void {
    const loc = new Loc(this.graph.inodes.newInode(), this.root, 'folder');
    const xdata = new Dict().setGfid(GFID_REQ, makeGfid(99));
    this.slow.quick = true;
    this.ask('mkdir', [loc, 0o755, 0, xdata], ({ values }) => {
      const [inode, buf] = values as [Inode, Iatt];
      this.root = this.graph.inodes.link(inode, this.root, 'folder', buf)!;
      this.versions = [];
    });
    this.recordVersion();
  }

  get top(): Xlator {
    return this.graph.top;
  }

  step([action, a, b, c]: Step): void {
    this.slow.quick = false;
    this.actions[action](a, b, c);
    this.recordVersion();
    // Requests under way may already have changed a file.
    if (this.pending.size > 0) return;
    const { names, files } = this.versions.at(-1)!;
    expect(this.kernel.findErrors(names, files)).toEqual([]);
  }

  /** Finishes pending requests, and checks the kernel's cache. */
  drain(): void {
    this.slow.releaseAll();
    this.step(['pass', 0, 0, 0]);
  }

  /** Finishes pending requests and cache times: then replies match the storage. */
  settle(): void {
    this.setErrorRate('0');
    this.slow.releaseAll();
    this.slow.quick = true;
    this.context.advance(this.settings.timeoutMs + 1);
    this.slow.releaseAll();
    this.recordVersion();
    expect(this.pending.size, 'requests that were never answered').toBe(0);
    for (let at = 0; at < NAMES.length; at++) {
      this.actions.lookup(at, 0, 0);
      this.recordVersion();
      this.actions.stat(at, 0, 0);
      this.actions.getxattr(at, 0, 0);
      this.actions.read(at, 0, 15);
    }
    for (const fd of this.fds.splice(0)) fd.release();
    expect(this.pending.size, 'requests that were never answered').toBe(0);
  }

  private readonly actions: Record<Action, (a: number, b: number, c: number) => void> = {
    lookup: (a) => {
      const name = NAMES[a % NAMES.length]!;
      const loc = this.findLoc(name);
      this.ask('lookup', [loc, null], (reply, expectSome) => {
        if (reply.opRet < 0) {
          if (reply.opErrno === ENOENT)
            expectSome(({ names }) => !names.has(name), `${name} is absent`);
          if (reply.opErrno === ENOENT) this.knownInodes.delete(name);
          if (reply.opErrno === ENOENT) this.graph.inodes.unlink(this.root, name);
          return;
        }
        const [inode, buf] = reply.values as [Inode, Iatt];
        expectSome(
          ({ names, files }) =>
            names.get(name) === buf.iaGfid && files.get(buf.iaGfid)?.stat === statText(buf),
          `lookup of ${name}: ${statText(buf)}`,
        );
        this.link(name, inode, buf);
      });
    },
    stat: (a) => {
      const inode = this.chooseInode(a);
      if (inode !== undefined) this.askAttributes('stat', [new Loc(inode), null], inode);
    },
    fstat: (a) => {
      const fd = this.chooseFd(a);
      if (fd !== undefined) this.askAttributes('fstat', [fd, null], fd.inode);
    },
    create: (a, b) => {
      const name = NAMES[a % NAMES.length]!;
      if (this.knownInodes.has(name)) return;
      const inode = this.graph.inodes.newInode();
      const fd = new Fd(inode, 2, 1);
      this.lastGfidNumber += 1;
      const xdata = new Dict().setGfid(GFID_REQ, makeGfid(this.lastGfidNumber));
      const loc = new Loc(inode, this.root, name);
      this.ask('create', [loc, 0o202, 0o600 + (b & 0o77), 0, fd, xdata], (reply) => {
        if (reply.opRet < 0) return fd.release();
        const [, createdInode, buf] = reply.values as [Fd, Inode, Iatt];
        this.link(name, createdInode, buf);
        // A lookup was quicker, and has made it known by another inode.
        if (createdInode.linked) this.fds.push(fd);
        else fd.release();
      });
    },
    open: (a, b) => {
      const inode = this.chooseInode(a);
      if (inode === undefined) return;
      const flags = b === 0 ? 0o1002 : 2;
      const fd = new Fd(inode, flags & ~0o1000, 1);
      this.ask('open', [new Loc(inode), flags, fd, null], (reply) => {
        if (reply.opRet < 0) fd.release();
        else this.fds.push(fd);
      });
    },
    close: (a) => {
      const fd = this.chooseFd(a);
      if (fd === undefined || this.pending.size > 0) return;
      this.fds.splice(this.fds.indexOf(fd), 1);
      fd.release();
    },
    read: (a, b, c) => {
      const fd = this.chooseFd(a);
      if (fd === undefined) return;
      const { gfid } = fd.inode;
      this.ask('readv', [fd, 2 * c, b, 0, null], (reply, expectSome) => {
        if (reply.opRet < 0) return this.failUnlessErrors(`read: ${reply.opErrno}`);
        const data = toText(reply.values[0] as Uint8Array);
        expectSome(
          ({ files }) => files.get(gfid)?.data.slice(b, b + 2 * c) === data,
          `read of ${2 * c} at ${b}: '${data}'`,
        );
      });
    },
    write: (a, b, c) => {
      const fd = this.chooseFd(a);
      if (fd === undefined) return;
      const buffer = new Uint8Array(c + 1).fill(65 + ((a + b + c) % 26));
      this.ask('writev', [fd, buffer, b, 0, null]);
      buffer.fill(33);
    },
    truncate: (a, b) => {
      const inode = this.chooseInode(a);
      if (inode !== undefined) this.ask('truncate', [new Loc(inode), b, null]);
    },
    ftruncate: (a, b) => {
      const fd = this.chooseFd(a);
      if (fd !== undefined) this.ask('ftruncate', [fd, b, null]);
    },
    chmod: (a, b) => {
      const inode = this.chooseInode(a);
      const to = Object.assign(new Iatt(), { iaProt: 0o600 + b });
      if (inode !== undefined) this.ask('setattr', [new Loc(inode), to, SET_ATTR.MODE, null]);
    },
    unlink: (a) => {
      const name = NAMES[a % NAMES.length]!;
      this.ask('unlink', [this.findLoc(name), 0, null], (reply) => {
        if (reply.opRet < 0) return;
        this.graph.inodes.unlink(this.root, name);
        this.knownInodes.delete(name);
      });
    },
    rename: (a, b) => {
      const [from, to] = [NAMES[a % NAMES.length]!, NAMES[b % NAMES.length]!];
      if (!this.knownInodes.has(from)) return;
      this.ask('rename', [this.findLoc(from), this.findLoc(to), null], (reply) => {
        const inode = this.knownInodes.get(from);
        if (reply.opRet < 0 || inode === undefined || from === to) return;
        if (inode === this.knownInodes.get(to)) return;
        this.graph.inodes.rename(this.root, from, this.root, to);
        this.knownInodes.delete(from);
        this.knownInodes.set(to, inode);
      });
    },
    link: (a, b) => {
      const [old, name] = [this.chooseInode(a), NAMES[b % NAMES.length]!];
      if (old === undefined || this.knownInodes.has(name)) return;
      const to = new Loc(old, this.root, name);
      this.ask('link', [new Loc(old), to, null], (reply) => {
        const [inode, buf] = reply.values as [Inode, Iatt];
        if (reply.opRet >= 0) this.link(name, inode, buf);
      });
    },
    setxattr: (a, b) => {
      const inode = this.chooseInode(a);
      if (inode === undefined) return;
      const dict = new Dict().set(XATTR, new Uint8Array([97 + b]));
      this.ask('setxattr', [new Loc(inode), dict, 0, null]);
    },
    getxattr: (a) => {
      const inode = this.chooseInode(a);
      if (inode === undefined) return;
      const { gfid } = inode;
      this.ask('getxattr', [new Loc(inode), XATTR, null], (reply, expectSome) => {
        const value = (reply.values[0] as Dict | null)?.bytes(XATTR);
        if (reply.opRet < 0 && reply.opErrno !== 61) return;
        const actual = value === undefined ? null : toText(value);
        expectSome(
          ({ files }) => files.get(gfid)?.xattr === actual,
          `extended attribute ${actual}`,
        );
      });
    },
    readdirp: () => {
      const fd = new Fd(this.root, 0, 1, true);
      // A folder may be listed as it was when it was opened.
      const from = this.versions.length - 1;
      this.ask('opendir', [new Loc(this.root), fd, null], ({ opRet }) => {
        if (opRet < 0) fd.release();
        else this.list(fd, from, 0, new Set());
      });
    },
    flush: (a) => {
      const fd = this.chooseFd(a);
      if (fd !== undefined) this.ask('flush', [fd, null]);
    },
    fsync: (a) => {
      const fd = this.chooseFd(a);
      if (fd !== undefined) this.ask('fsync', [fd, 0, null]);
    },
    act: (a) => this.slow.releaseWind(a),
    answer: (a) => this.slow.releaseReply(a),
    others: (a, b, c) => {
      if (this.settings.tells !== true) return;
      this.context.time += 1;
      this.otherClient.change(NAMES[a % NAMES.length]!, b, c, 5000 + this.versions.length);
    },
    othersRename: (a, b) =>
      this.otherClient.rename(NAMES[a % NAMES.length]!, NAMES[b % NAMES.length]!),
    pass: (a) => {
      // Replies may show earlier states for the cache time.
      this.context.advance(a * 100);
    },
    fail: (a) => this.setErrorRate(this.failing ? '0' : `${10 * (a % 6)}`),
    reconfigure: () => {
      const { turns = [] } = this.settings;
      if (turns.length === 0) return;
      this.turn += 1;
      reconfigure(this.top, turns[this.turn % turns.length]!);
    },
    down: () => {
      this.graph.xlators[2]!.notify('CHILD_DOWN', this.graph.xlators[1]);
      this.graph.xlators[2]!.notify('CHILD_UP', this.graph.xlators[1]);
    },
  };

  /** Lists the rest of a directory, and checks it against the versions from `from` on. @param listed earlier names */
  private list(fd: Fd, from: number, offset: number, listed: Set<string>): void {
    this.ask(
      'readdirp',
      [fd, LISTING_SIZE, offset, null],
      ({ opRet, opErrno, values }, expectSome) => {
        const entries = opRet < 0 ? [] : (values[0] as readonly Dirent[]);
        for (const { name, gfid, stat } of entries) {
          if (name === '.' || name === '..') continue;
          listed.add(name);
          expectSome(({ names }) => names.get(name) === gfid, `${name} in a listing`);
          if (stat === null) continue;
          const actual = statText(stat);
          expectSome(
            ({ files }) => files.get(gfid)?.stat === actual,
            `${name} in a listing: ${actual}`,
          );
        }
        if (opRet > 0 && opErrno !== ENOENT) {
          this.list(fd, from, entries.at(-1)!.off, listed);
          return;
        }
        for (const name of NAMES) {
          if (opRet >= 0 && !listed.has(name))
            expectSome(({ names }) => !names.has(name), `${name} not in a listing`);
        }
        fd.release();
      },
      from,
    );
  }

  private askAttributes<N extends 'stat' | 'fstat'>(
    fop: N,
    args: FopTable[N]['args'],
    { gfid }: Inode,
  ): void {
    this.ask(fop, args, (reply, expectSome) => {
      if (reply.opRet < 0) return;
      const actual = statText(reply.values[0] as Iatt);
      expectSome(({ files }) => files.get(gfid)?.stat === actual, `${fop}: ${actual}`);
    });
  }

  private ask<N extends FopName>(
    name: N,
    args: FopTable[N]['args'],
    then: (
      reply: Reply,
      expectSome: (is: (version: Version) => boolean, description: string) => void,
    ) => void = () => {},
    from = this.recordVersion(),
  ): void {
    const frame = makeFirstFrame(new Stack(0, 0, 1, name.toUpperCase()), this.graph.top);
    this.pending.add(frame);
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      this.recordVersion();
      expect(this.pending.delete(frame), `${name} is answered once`).toBe(true);
      this.kernel.noteReply(name, args, { opRet, opErrno, values });
      then({ opRet, opErrno, values }, (is, description) => {
        const candidates = this.versions.slice(from);
        if (!candidates.some(is))
          expect.fail(`${description}, which is not so in any of ${show(candidates)}`);
      });
    });
    windArgs[name](frame, 0, cbk as never, this.graph.links, args);
  }

  private link(name: string, inode: Inode, buf: Iatt): void {
    const linked = this.graph.inodes.link(inode, this.root, name, buf)!;
    this.knownInodes.set(name, linked);
  }

  private findLoc(name: string): Loc {
    const inode = this.root.children?.get(name) ?? this.graph.inodes.newInode();
    return new Loc(inode, this.root, name);
  }

  private chooseInode(at: number): Inode | undefined {
    return [...this.knownInodes.values()][at % Math.max(1, this.knownInodes.size)];
  }

  private chooseFd(at: number): Fd | undefined {
    return this.fds[at % Math.max(1, this.fds.length)];
  }

  /** A request has failed on which the storage would not have. */
  private failUnlessErrors(failure: string): void {
    if (!this.everFailed) expect.fail(failure);
  }

  private setErrorRate(percent: string): void {
    if (percent !== '0') this.everFailed = true;
    this.failing = percent !== '0';
    reconfigure(this.graph.xlators[1]!, { failure: percent, 'error-no': 'EIO' });
  }

  private get rootNode(): Node {
    const { root } = this.graph.xlators[0]!.priv as MemoryVolume;
    return this.root === this.graph.inodes.root ? root : root.entries!.get('folder')!.node;
  }

  /** Records the storage's state if it has changed, and then the replies. */
  private recordVersion(): number {
    const names = new Map<string, string>();
    const files = new Map(this.versions.at(-1)?.files);
    for (const [name, { node }] of this.rootNode.entries!) names.set(name, node.gfid);
    const { nodesByGfid: named } = this.graph.xlators[0]!.priv as MemoryVolume;
    for (const node of named.values()) this.nodes.add(node);
    for (const node of this.nodes) {
      if (node.isDestroyed) continue;
      const value = node.xattrs?.get(XATTR);
      files.set(node.gfid, {
        gfid: node.gfid,
        stat: statText(node.makeIatt()),
        data: node.pages === null ? '' : toText(node.pages.read(0, node.pages.size)),
        xattr: value === undefined ? null : toText(value),
      });
    }
    return this.versions.push({ names, files }) - 1;
  }
}

const show = (versions: readonly Version[]): string =>
  JSON.stringify(versions.map(({ names, files }) => [[...names], [...files.values()]]));
