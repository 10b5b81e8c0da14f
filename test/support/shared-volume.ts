/**
 * One volume with several clients: several instances of cluster/distribute over the same storages
 * in memory, each with its locks. A gate between them sees every wind, and may refuse or delay it.
 *
 * Clients look names up as they need them, and have no cache beside cluster/distribute's.
 */

import distribute from '../../gluster/cluster/distribute/index.ts';
import { newGfid } from '../../runtime/core/context.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { makeFirstFrame, Stack } from '../../runtime/core/frame.ts';
import {
  collect,
  collectCbk,
  type FopName,
  type FopTable,
  fopNames,
  tailArgs,
  unwindArgs,
  windArgs,
} from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { type Dirent, IA_IFDIR, type Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import { GFID_REQ } from '../../runtime/core/xdata.ts';
import type { Fops, Translator } from '../../runtime/core/xlator.ts';
import locks from '../../runtime/xlators/features/locks/index.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { FakeContext, makeTranslator, startGraph } from './core.ts';

/** A wind that reaches a gate. */
export interface Wind {
  readonly child: string;
  readonly fop: FopName;
  readonly args: readonly unknown[];
}

/** The fate of a request: it passes, fails with an errno, or waits for `SharedVolume.release`. */
export type Verdict = 'pass' | 'hold' | number;

export interface FopReply {
  opRet: number;
  opErrno: number;
  values: readonly unknown[];
}

/** An entry of a child's directory. */
export interface ChildEntry {
  readonly gfid: string;
  readonly isDir: boolean;
  /** The child that a linkto names. */
  readonly linkto: string | null;
  readonly nlink: number;
}

const INTERNAL_PID = -4;
const LINKTO = 'trusted.glusterfs.dht.linkto';
const MODE = 0o640;

export class SharedVolume {
  readonly graph: Graph;
  readonly names: readonly string[];
  /** Asked for every wind of a client. */
  decide: (wind: Wind) => Verdict = () => 'pass';
  private readonly heldWinds: (() => void)[] = [];
  private readonly context: FakeContext;

  private constructor(graph: Graph, names: readonly string[], context: FakeContext) {
    this.graph = graph;
    this.names = names;
    this.context = context;
  }

  static async start(
    names: readonly string[],
    clients = 1,
    options: Readonly<Record<string, string>> = {},
  ): Promise<SharedVolume> {
    const context = new FakeContext();
    let volume: SharedVolume | null = null;
    const gate = makeGate(
      (wind) => volume?.decide(wind) ?? 'pass',
      (go) => volume!.heldWinds.push(go),
    );
    const children = names.flatMap((name) => [
      { name: `${name}-memory`, translator: memory as never, below: [] },
      { name: `${name}-locks`, translator: locks as never, below: [`${name}-memory`] },
      { name, translator: gate, below: [`${name}-locks`] },
    ]);
    const tops = Array.from({ length: clients }, (_, at) => ({
      name: `client${at}`,
      translator: distribute as never,
      options,
      below: names,
    }));
    const all = { ...makeTranslator('all', {}), children: [1, clients] as const };
    const top = { name: 'all', translator: all as never, below: tops.map(({ name }) => name) };
    const graph = await startGraph([...children, ...tops, top], context);
    volume = new SharedVolume(graph, names, context);
    for (let at = 0; at < clients; at++) volume.ask(at, 'lookup', new Loc(volume.root), null);
    return volume;
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  get logged(): string {
    return this.context.lines.join('\n');
  }

  stop(): Promise<void> {
    return this.graph.stop();
  }

  /** Winds that are held. */
  get waiting(): number {
    return this.heldWinds.length;
  }

  /** Releases one held wind. */
  release(at: number): void {
    const [go] = this.heldWinds.splice(at, 1);
    go!();
  }

  /** Winds a fop of a client. The returned reply is filled in later; until then `opRet` is NaN. */
  ask<N extends FopName>(client: number, fop: N, ...args: FopTable[N]['args']): FopReply {
    return this.askVolume(`client${client}`, 1, fop, args);
  }

  private askVolume(
    name: string,
    pid: number,
    fop: FopName,
    args: readonly unknown[],
    onReply: (reply: FopReply) => void = () => {},
  ): FopReply {
    const xl = this.graph.xlators.find((each) => each.name === name)!;
    const frame = makeFirstFrame(new Stack(0, 0, pid, fop.toUpperCase()), this.graph.top);
    frame.root.lkOwner = '00';
    const reply: FopReply = { opRet: Number.NaN, opErrno: 0, values: [] };
    const cbk = collectCbk[fop]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      Object.assign(reply, { opRet, opErrno: opRet < 0 ? opErrno : 0, values });
      onReply(reply);
    });
    windArgs[fop](frame, 0, cbk as never, this.graph.makeLinks(xl), args);
    return reply;
  }

  /** Winds a fop of a client; calls `onReply` with the reply. */
  askThen<N extends FopName>(
    client: number,
    fop: N,
    args: FopTable[N]['args'],
    onReply: (reply: FopReply) => void,
  ): void {
    this.askVolume(`client${client}`, 1, fop, args, onReply);
  }

  /** The inode of a new lookup, or the errno. */
  find(client: number, path: string): Inode | number {
    let at: Inode = this.root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      const reply = this.ask(
        client,
        'lookup',
        new Loc(this.graph.inodes.newInode(), at, name),
        null,
      );
      if (reply.opRet < 0) return reply.opErrno;
      at = this.linkReply(client, reply)!;
    }
    return at;
  }

  /** The linked inode of a reply. */
  linkReply(client: number, { values }: FopReply): Inode | null {
    const [inode, buf] = values as [Inode, Iatt];
    const linked = this.graph.inodes.link(inode, null, null, buf);
    const xl = this.graph.xlators.find(({ name }) => name === `client${client}`)!;
    if (linked !== null && linked !== inode) linked.ctxSet(xl, inode.ctxGet(xl));
    return linked;
  }

  /** The loc of a path after a new lookup; an absent name has a new inode. */
  findLoc(client: number, path: string): Loc {
    const cut = path.lastIndexOf('/');
    const parent = this.find(client, path.slice(0, cut));
    if (typeof parent === 'number') throw new Error(`${path}: errno ${parent}`);
    const entry = this.find(client, path);
    const inode = typeof entry === 'number' ? this.graph.inodes.newInode() : entry;
    return new Loc(inode, parent, path.slice(cut + 1));
  }

  /** 0, or the errno. */
  mkdir(client: number, path: string): number {
    return this.ask(client, 'mkdir', this.findLoc(client, path), 0o755, 0, this.gfidRequest())
      .opErrno;
  }

  rmdir(client: number, path: string): number {
    return this.ask(client, 'rmdir', this.findLoc(client, path), 0, null).opErrno;
  }

  unlink(client: number, path: string): number {
    return this.ask(client, 'unlink', this.findLoc(client, path), 0, null).opErrno;
  }

  rename(client: number, from: string, to: string): number {
    const [old, next] = [this.findLoc(client, from), this.findLoc(client, to)];
    const target = next.inode!.linked ? next.inode : null;
    const at = new Loc(target, next.parent, next.name);
    return this.ask(client, 'rename', old, at, null).opErrno;
  }

  link(client: number, from: string, to: string): number {
    const inode = this.findLoc(client, from).inode!;
    const next = this.findLoc(client, to);
    const at = new Loc(inode, next.parent, next.name);
    return this.ask(client, 'link', new Loc(inode), at, null).opErrno;
  }

  /** Makes a file past all clients; its gfid. */
  putFile(child: string, path: string, gfid = newGfid(this.context)): string {
    const loc = this.findLoc(0, path);
    const xdata = new Dict().setGfid(GFID_REQ, gfid);
    const own = new Loc(this.graph.inodes.newInode(), loc.parent, loc.name);
    this.askVolume(`${child}-locks`, INTERNAL_PID, 'mknod', [own, 0o100000 | MODE, 0, 0, xdata]);
    return gfid;
  }

  gfidRequest(): Dict {
    return new Dict().setGfid(GFID_REQ, newGfid(this.context));
  }

  /** Names in a directory as a client lists them, with their inodes. */
  list(client: number, path: string): Dirent[] {
    const inode = this.find(client, path);
    if (typeof inode === 'number') throw new Error(`${path}: errno ${inode}`);
    return this.listThrough(`client${client}`, 1, inode);
  }

  private listThrough(name: string, pid: number, inode: Inode): Dirent[] {
    const fd = new Fd(inode, 0, 1, true);
    this.askVolume(name, pid, 'opendir', [new Loc(inode), fd, null]);
    const all: Dirent[] = [];
    for (let offset = 0; ; ) {
      const keys = new Dict().set(LINKTO, 256);
      const reply = this.askVolume(name, pid, 'readdirp', [fd, 4096, offset, keys]);
      const entries = (reply.values[0] ?? []) as readonly Dirent[];
      if (reply.opRet <= 0) break;
      all.push(...entries.filter((entry) => entry.name !== '.' && entry.name !== '..'));
      offset = entries.at(-1)!.off;
    }
    fd.release();
    return all;
  }

  /** All entries of a child, by path. */
  on(child: string, inode: Inode = this.root, path = ''): Map<string, ChildEntry> {
    const entries = new Map<string, ChildEntry>();
    for (const { name, stat, dict, inode: at } of this.listThrough(
      `${child}-locks`,
      INTERNAL_PID,
      inode,
    )) {
      const buf = stat!;
      const isDir = buf.iaType === IA_IFDIR;
      const bytes = dict?.bytes(LINKTO);
      const linkto = bytes === undefined ? null : new TextDecoder().decode(bytes).slice(0, -1);
      const below = `${path}/${name}`;
      entries.set(below, { gfid: buf.iaGfid, isDir, linkto, nlink: buf.iaNlink });
      if (!isDir) continue;
      const { inodes } = this.graph;
      const dir = inodes.link(at ?? inodes.newInode(), null, null, buf)!;
      for (const entry of this.on(child, dir, below)) entries.set(...entry);
    }
    return entries;
  }

  /** All entries of all children, as text: `wz /a data, wa /a -> wz`. */
  state(): string[] {
    return this.names.flatMap((child) =>
      [...this.on(child)].map(([path, { linkto, isDir }]) => {
        if (isDir) return `${child} ${path}/`;
        return linkto === null ? `${child} ${path}` : `${child} ${path} -> ${linkto}`;
      }),
    );
  }
}

/** A translator over one child, test/gate, that lets a function decide on each wind. */
export const makeGate = (
  decide: (wind: Wind) => Verdict,
  hold: (go: () => void) => void = () => {},
): Translator<unknown> => makeTranslator('gate', makeGateFops(decide, hold));

function makeGateFops(decide: (wind: Wind) => Verdict, hold: (go: () => void) => void): Fops<null> {
  return Object.fromEntries(
    fopNames.map((fop) => [
      fop,
      collect[fop]((frame, xl, args) => {
        const verdict = decide({ child: xl.name, fop, args });
        const pass = (): void => tailArgs[fop](frame, xl.children[0]!, args as never);
        if (verdict === 'pass') pass();
        else if (verdict === 'hold') hold(pass);
        else unwindArgs[fop](frame, -1, verdict, Array(9).fill(null) as never);
      }),
    ]),
  ) as never;
}
