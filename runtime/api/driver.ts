/**
 * Winds requests into a graph for callers with paths and promises. `expect` and `apply` update the
 * graph's inode table as a mount does; `wind` does not. `files.ts` makes file operations of these.
 */
import { applyReply } from '../core/apply-reply.ts';
import type { Client } from '../core/client.ts';
import type { Dict } from '../core/dict.ts';
import { EEXIST, EIO, ENOENT, ESTALE, errnoName, strerror } from '../core/errno.ts';
import { Fd } from '../core/fd.ts';
import { type FopRow, findFop } from '../core/fops.ts';
import { Stack } from '../core/frame.ts';
import type { FopName, FopTable } from '../core/gen/fops.gen.ts';
import { collectCbk, windArgs } from '../core/gen/generic.gen.ts';
import type { Graph } from '../core/graph.ts';
import type { Iatt } from '../core/iatt.ts';
import { Initiator, makeInitiatorTranslator } from '../core/initiator.ts';
import type { Inode } from '../core/inode.ts';
import { PATH_MAX } from '../core/limits.ts';
import { Loc } from '../core/loc.ts';
import type { Child, GraphView } from '../core/xlator.ts';
import { type FoundFile, type LastName, type PathEnd, type Place, walk } from './walk.ts';

/** A failed fop, with its errno. */
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

/** The runtime itself as a caller, which may do everything. */
export const ROOT: Caller = { uid: 0, gid: 0, pid: 0, groups: [] };

export interface Reply {
  readonly opRet: number;
  readonly opErrno: number;
  readonly values: readonly unknown[];
}

/** A request in flight. */
export class Call extends Stack {
  readonly fop: FopName;
  /** The path of its first loc or fd. */
  readonly path: string | null;

  constructor({ uid, gid, pid, groups, lkOwner }: Caller, row: FopRow, args: readonly unknown[]) {
    super(uid, gid, pid, row.logName, () => groups);
    this.lkOwner = lkOwner ?? '';
    this.fop = row.name as FopName;
    this.path = pathOf(row, args);
  }
}

const translator = makeInitiatorTranslator(
  'api/driver',
  'Turns requests by path of a program in this process into fops on the top of the graph.',
);

/** Connects a client for a program of this process. Closing its initiator, which is its own, ends it. */
export const connect = (graph: Graph, name = 'api'): Client =>
  new Initiator(graph, name, translator, graph.top.log).connect();

export interface DriverSettings {
  /** The volume that requests are wound to; by default the top of the graph. */
  readonly links?: Child;
  /** Called with each request, which can then be interrupted. */
  onRequest?(call: Call): void;
}

/** Winds requests for one client and one caller. */
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
    // An exchange may replace the top later.
    this.givenLinks = settings.links === this.graph.links ? undefined : settings.links;
    this.onRequest = settings.onRequest ?? (() => {});
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  /** Winds one fop, and leaves the inode table unchanged. */
  wind<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    return this.windArgs(name, args);
  }

  /** The same for a fop by name. */
  windArgs(name: FopName, args: readonly unknown[]): Promise<Reply> {
    return this.request(name, args, () => true);
  }

  /** Winds a fop and applies its reply to the inode table, as a mount does. */
  apply(name: FopName, args: readonly unknown[]): Promise<Reply> {
    const row = findFop(name)!;
    // A request past the top adds no name, as the volumes above have not seen its lookup.
    const isNamed = this.givenLinks === undefined;
    return this.request(name, args, (opRet, opErrno, values) =>
      applyReply(row, args, opRet, opErrno, values, isNamed),
    );
  }

  /** The same; a failed fop throws. @throws {FopError} */
  async expect<N extends FopName>(name: N, ...args: FopTable[N]['args']): Promise<Reply> {
    const reply = await this.apply(name, args);
    if (reply.opRet < 0) throw new FopError(reply.opErrno, describe(name, args));
    return reply;
  }

  /** @param isWhole applies the reply; false turns it into EIO */
  private request(
    name: FopName,
    args: readonly unknown[],
    isWhole: (opRet: number, opErrno: number, values: unknown[]) => boolean,
  ): Promise<Reply> {
    const call = new Call(this.caller, findFop(name)!, args);
    const frame = this.client.begin(call);
    this.onRequest(call);
    return new Promise((resolve) => {
      const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
        this.client.end(call);
        if (isWhole(opRet, opErrno, values)) resolve({ opRet, opErrno, values });
        else resolve({ opRet: -1, opErrno: EIO, values });
        // The waiting caller continues in the event loop.
        this.graph.top.context.wake();
      });
      windArgs[name](frame, 0, cbk as never, this.linksFor(args), args);
    });
  }

  private linksFor(args: readonly unknown[]): Child {
    const fd = args.find((arg) => arg instanceof Fd);
    return this.givenLinks ?? fd?.links ?? this.graph.links;
  }

  gfidRequest(): Dict {
    return this.client.initiator.makeGfidRequest();
  }

  /** Finds the file of a path; by default a symbolic link at its end is not followed. @throws {FopError} */
  async find(path: string, last: 'follow' | 'look' = 'look'): Promise<FoundFile> {
    return (await this.walk(path, last)).found ?? this.refuse(ENOENT, path);
  }

  /** The same; undefined if the file does not exist. @throws {FopError} for any other failure */
  async seek(path: string, last: 'follow' | 'look' = 'look'): Promise<FoundFile | undefined> {
    try {
      return await this.find(path, last);
    } catch (error) {
      if (error instanceof FopError && error.errno === ENOENT) return undefined;
      throw error;
    }
  }

  /** Directory and name of a path, whose file may not exist. @throws {FopError} */
  async place(path: string): Promise<Place> {
    return (await this.walk(path, 'leave')).place ?? this.refuse(EEXIST, path);
  }

  /** @throws {FopError} when a directory on the way is missing */
  walk(path: string, last: LastName): Promise<PathEnd> {
    return walk(path, last, {
      root: this.root,
      look: (place) => this.look(place),
      lookRoot: async () => {
        const { values } = await this.expect('lookup', new Loc(this.root), null);
        return { inode: this.root, buf: values[1] as Iatt };
      },
      readlink: (inode) => this.readlink(inode),
      fail: (errno) => this.refuse(errno, path),
    });
  }

  /** The target of a symbolic link. @throws {FopError} */
  async readlink(inode: Inode): Promise<string> {
    const { values } = await this.expect('readlink', new Loc(inode), PATH_MAX, null);
    return (values[0] as string | null) ?? '';
  }

  private async look(place: Place): Promise<FoundFile | undefined> {
    const { parent, name } = place;
    const { inodes } = this.graph;
    const known = inodes.grep(parent, name);
    const loc = new Loc(known ?? inodes.newInode(), parent, name);
    const { opRet, opErrno, values } = await this.apply('lookup', [loc, null]);
    if (opRet >= 0) return { ...place, inode: values[0] as Inode, buf: values[1] as Iatt };
    // Another file has the name by now: look it up again, as the kernel does.
    if (known !== undefined && opErrno === ESTALE) return this.look(place);
    return opErrno === ENOENT ? undefined : this.refuse(opErrno, `lookup of ${loc.path}`);
  }

  private refuse(errno: number, what: string): never {
    throw new FopError(errno, what);
  }

  /** The loc of a new name. */
  newLoc({ parent, name }: Place): Loc {
    return new Loc(this.graph.inodes.newInode(), parent, name);
  }

  /** The loc of a path from the inode table alone, without a lookup. */
  knownLoc(path: string): Loc {
    const { inodes } = this.graph;
    const names = path.split('/').filter((name) => name !== '');
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
