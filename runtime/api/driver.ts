/**
 * Requests into a graph by paths, the way a mount makes them: each name is looked up, what is made
 * gets a gfid, inodes and names are kept in the graph's table. A directory that is known is not
 * looked up again on the way to something in it; the last name always is.
 *
 * For callers that think in paths and can wait for promises; a mount on the kernel's protocol does
 * neither.
 */
import type { Client } from '../core/client.ts';
import type { Dict } from '../core/dict.ts';
import { EINVAL, EIO, ENOENT, ESTALE, errnoName, strerror } from '../core/errno.ts';
import { Fd } from '../core/fd.ts';
import { type FopRow, findFop } from '../core/fops.ts';
import { Stack } from '../core/frame.ts';
import type { FopName, FopTable } from '../core/gen/fops.gen.ts';
import { collectCbk, windArgs } from '../core/gen/generic.gen.ts';
import type { Graph } from '../core/graph.ts';
import type { Iatt } from '../core/iatt.ts';
import { Initiator, initiatorTranslator } from '../core/initiator.ts';
import type { Inode } from '../core/inode.ts';
import { Loc } from '../core/loc.ts';
import type { Child, GraphView } from '../core/xlator.ts';

/** A fop that failed, as the caller of a file system sees it. */
export class FopError extends Error {
  readonly code = 'GLOSSA_FOP';
  readonly errno: number;

  constructor(errno: number, what: string) {
    super(`${errnoName(errno)}: ${strerror(errno)}: ${what}`);
    this.errno = errno;
  }
}

export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly groups: readonly number[];
  readonly lkOwner?: string;
}

/** Nobody in particular: the runtime itself. */
export const NOBODY: Caller = { uid: 0, gid: 0, pid: 0, groups: [] };

export interface Reply {
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: readonly unknown[];
}

/** A request that has no answer yet, as it was asked. */
export class Call extends Stack {
  readonly fop: FopName;
  /** Of its first loc or fd. */
  readonly path: string | null;

  constructor({ uid, gid, pid, groups, lkOwner }: Caller, row: FopRow, args: readonly unknown[]) {
    super(uid, gid, pid, row.logName, () => groups);
    this.lkOwner = lkOwner ?? '';
    this.fop = row.name as FopName;
    this.path = pathOf(row, args);
  }
}

/** A name that may be there. */
export interface Place {
  readonly parent: Inode;
  readonly name: string;
}

export interface Found extends Partial<Place> {
  readonly inode: Inode;
  readonly buf: Iatt;
}

const translator = initiatorTranslator(
  'api/driver',
  'Turns what a program of this process asks by paths into fops on the top of the graph.',
);

/** A client for a program of this process. It goes with its initiator, which is its own. */
export const connect = (graph: Graph, name = 'api'): Client =>
  new Initiator(graph, name, translator, graph.top.log).connect();

export interface DriverSettings {
  /** Where requests are wound to; the top of the graph unless told. */
  readonly links?: Child;
  /** Told of each request, so that it can be given up. */
  onRequest?(call: Call): void;
}

/** What a graph is asked through on behalf of a client, by one caller. */
export class Driver {
  readonly client: Client;
  readonly graph: GraphView;
  private readonly caller: Caller;
  private readonly givenLinks: Child | undefined;
  private readonly onRequest: (call: Call) => void;

  constructor(client: Client, caller: Caller, settings: DriverSettings = {}) {
    this.client = client;
    this.graph = client.initiator.graph;
    this.caller = caller;
    // The top may be another one later.
    this.givenLinks = settings.links === this.graph.links ? undefined : settings.links;
    this.onRequest = settings.onRequest ?? (() => {});
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  /** Winds one fop. The reply as it came: nothing is kept of it. */
  wind<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    return this.windArgs(name, args);
  }

  /** The same for a fop that is not known beforehand. */
  windArgs(name: FopName, args: readonly unknown[]): Promise<Reply> {
    const row = findFop(name)!;
    const call = new Call(this.caller, row, args);
    const frame = this.client.begin(call);
    this.onRequest(call);
    return new Promise((resolve) => {
      const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
        this.client.end(call);
        resolve({ opRet, opErrno, values });
        // Whoever waits for it goes on in the event loop.
        this.graph.top.context.wake();
      });
      windArgs[name](frame, 0, cbk as never, this.linksFor(args), args);
    });
  }

  /** An open file has its own way. */
  private linksFor(args: readonly unknown[]): Child {
    const fd = args.find((arg) => arg instanceof Fd);
    return this.givenLinks ?? fd?.links ?? this.graph.links;
  }

  /** The same for a fop that has to succeed. @throws {FopError} */
  async expect<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    const reply = await this.wind(name, ...args);
    if (reply.opRet < 0) throw new FopError(reply.opErrno, describe(name, args));
    return reply;
  }

  gfidRequest(): Dict {
    return this.client.initiator.gfidRequest();
  }

  /** Directory and name of a path. @throws {FopError} */
  async place(path: string): Promise<Place> {
    const names = namesIn(path);
    const name = names.pop();
    if (name === undefined) throw new FopError(EINVAL, `${path}: the root has no name`);
    let parent = this.root;
    for (const step of names) {
      const { inodes } = this.graph;
      parent = inodes.grep(parent, step) ?? (await this.lookup({ parent, name: step })).inode;
    }
    return { parent, name };
  }

  /** What a path leads to. @throws {FopError} */
  async find(path: string): Promise<Found> {
    if (namesIn(path).length > 0) return this.lookup(await this.place(path));
    const { values } = await this.expect('lookup', new Loc(this.root), null);
    return { inode: this.root, buf: values[1] as Iatt };
  }

  /** The same; undefined when there is nothing. @throws {FopError} when it cannot be told */
  async seek(path: string): Promise<Found | undefined> {
    try {
      return await this.find(path);
    } catch (error) {
      if (error instanceof FopError && error.errno === ENOENT) return undefined;
      throw error;
    }
  }

  private async lookup({ parent, name }: Place): Promise<Found> {
    const { inodes } = this.graph;
    const known = inodes.grep(parent, name);
    const loc = new Loc(known ?? inodes.newInode(), parent, name);
    const reply = await this.wind('lookup', loc, null);
    if (reply.opRet < 0) {
      const isGone = reply.opErrno === ENOENT || reply.opErrno === ESTALE;
      if (isGone) inodes.unlink(parent, name);
      // Another file has the name by now: as the kernel does, it is looked for anew.
      if (known && reply.opErrno === ESTALE) return this.lookup({ parent, name });
      throw new FopError(reply.opErrno, `lookup of ${loc.path}`);
    }
    const [inode, buf] = reply.values as [Inode | null, Iatt | null];
    return this.keep({ parent, name }, inode, buf);
  }

  /** Puts an inode that a reply brought into the table. @throws {FopError} */
  keep({ parent, name }: Place, inode: Inode | null, buf: Iatt | null): Found {
    // Whoever asks a storage behind the volumes' back leaves no name, which they would take for known.
    const under = this.givenLinks === undefined ? parent : null;
    const linked = inode && buf && this.graph.inodes.link(inode, under, name, buf);
    if (!linked) throw new FopError(EIO, `${name}: the reply has no inode, or no attributes`);
    return { parent, name, inode: linked, buf: buf! };
  }

  /** The loc of a name that is to be made. */
  newLoc({ parent, name }: Place): Loc {
    return new Loc(this.graph.inodes.newInode(), parent, name);
  }

  /** The loc of a path as far as the table knows it, for a bare fop. */
  knownLoc(path: string): Loc {
    const { inodes } = this.graph;
    const names = namesIn(path);
    const name = names.pop();
    if (name === undefined) return new Loc(this.root);
    let parent = this.root;
    for (const step of names) {
      const next = inodes.grep(parent, step);
      if (next === undefined) throw new FopError(ENOENT, `${path}: ${step} was never looked up`);
      parent = next;
    }
    return new Loc(inodes.grep(parent, name) ?? inodes.newInode(), parent, name);
  }

  newFd(inode: Inode, flags: number, isDir = false): Fd {
    return new Fd(inode, flags, this.caller.pid, isDir);
  }
}

const namesIn = (path: string): string[] => path.split('/').filter((name) => name !== '');

const describe = (name: FopName, args: readonly unknown[]): string => {
  const path = pathOf(findFop(name)!, args);
  return path === null ? name : `${name} of ${path}`;
};

/** The path of a request's first loc or fd. */
export function pathOf(row: FopRow, args: readonly unknown[]): string | null {
  const at = row.args.findIndex(({ type }) => type === 'loc' || type === 'fd');
  const value = args[at];
  if (value === undefined || value === null) return null;
  return row.args[at]!.type === 'loc' ? (value as Loc).path : (value as Fd).inode.path;
}
