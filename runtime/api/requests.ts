/**
 * Winds requests into a graph, as steps (`steps.ts`). `expect` and `apply` update the graph's inode
 * table as a mount does; `wind` does not. `files.ts` makes file operations of these.
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
import type { Operation, Steps, Wait } from './steps.ts';
import { type FoundFile, type LastName, type PathEnd, type Place, walk } from './walk.ts';

/** A failed fop, with its errno. */
export class FopError extends Error {
  readonly code = 'GLOSSA_FOP';
  readonly errno: number;

  constructor(errno: number, detail: string) {
    super(`${errnoName(errno)}: ${strerror(errno)}: ${detail}`);
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
  readonly requests: Requests;
  private readonly row: FopRow;
  private readonly args: readonly unknown[];

  constructor(requests: Requests, row: FopRow, args: readonly unknown[]) {
    const { uid, gid, pid, groups, lkOwner } = requests.caller;
    super(uid, gid, pid, row.logName, () => groups);
    this.lkOwner = lkOwner ?? '';
    this.requests = requests;
    this.row = row;
    this.args = args;
  }

  get fop(): FopName {
    return this.row.name as FopName;
  }

  /** The path of its first loc or fd. */
  get path(): string | null {
    return pathOf(this.row, this.args);
  }
}

const translator = makeInitiatorTranslator(
  'api/driver',
  'Turns requests by path of a program in this process into fops on the top of the graph.',
);

/** Connects a client for a program of this process. Closing its initiator, which is its own, ends it. */
export const connect = (graph: Graph, name = 'api'): Client =>
  new Initiator(graph, name, translator, graph.top.log).connect();

export interface RequestSettings {
  /** The volume that requests are wound to; by default the top of the graph. */
  readonly links?: Child;
  /** Called with each request, which can then be interrupted. */
  onRequest?(call: Call): void;
  /** The error with which further requests fail; null while they are sent. */
  refusal?(): Error | null;
}

/** One fop, from its wind to its reply. */
class Request implements Wait {
  private readonly requests: Requests;
  private readonly row: FopRow;
  private readonly args: readonly unknown[];
  private readonly changesTable: boolean;

  constructor(requests: Requests, row: FopRow, args: readonly unknown[], changesTable: boolean) {
    this.requests = requests;
    this.row = row;
    this.args = args;
    this.changesTable = changesTable;
  }

  start(operation: Operation): void {
    const { requests, row, args } = this;
    const refusal = requests.refusal?.() ?? null;
    if (refusal !== null) {
      operation.fail(refusal);
      return;
    }
    const call = new Call(requests, row, args);
    const frame = requests.client.begin(call);
    requests.onRequest?.(call);
    const name = row.name as FopName;
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      requests.client.end(call);
      const isWhole =
        !this.changesTable || applyReply(row, args, opRet, opErrno, values, requests.namesFiles);
      operation.resume(isWhole ? { opRet, opErrno, values } : { opRet: -1, opErrno: EIO, values });
      // A caller that waits for a promise continues in the event loop.
      requests.graph.top.context.wake();
    });
    windArgs[name](frame, 0, cbk as never, requests.linksFor(args), args);
  }
}

/** Winds requests for one client and one caller. */
export class Requests {
  readonly client: Client;
  readonly graph: GraphView;
  readonly caller: Caller;
  readonly onRequest: ((call: Call) => void) | undefined;
  readonly refusal: (() => Error | null) | undefined;
  private readonly givenLinks: Child | undefined;

  constructor(client: Client, caller: Caller, settings: RequestSettings = {}) {
    this.client = client;
    this.graph = client.initiator.graph;
    this.caller = caller;
    this.onRequest = settings.onRequest;
    this.refusal = settings.refusal;
    // An exchange may replace the top later.
    this.givenLinks = settings.links === this.graph.links ? undefined : settings.links;
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  /** False past the top: the volumes above have not seen the lookup, so a reply adds no name. */
  get namesFiles(): boolean {
    return this.givenLinks === undefined;
  }

  linksFor(args: readonly unknown[]): Child {
    if (this.givenLinks !== undefined) return this.givenLinks;
    for (const arg of args) if (arg instanceof Fd) return arg.links;
    return this.graph.links;
  }

  /** Winds one fop, and leaves the inode table unchanged. */
  *wind(name: FopName, args: readonly unknown[]): Steps<Reply> {
    return (yield new Request(this, findFop(name)!, args, false)) as Reply;
  }

  /** Winds a fop and applies its reply to the inode table, as a mount does. */
  *apply(name: FopName, args: readonly unknown[]): Steps<Reply> {
    return (yield new Request(this, findFop(name)!, args, true)) as Reply;
  }

  /** The same; a failed fop throws. @throws {FopError} */
  *expect<N extends FopName>(name: N, ...args: FopTable[N]['args']): Steps<Reply> {
    const reply = (yield new Request(this, findFop(name)!, args, true)) as Reply;
    if (reply.opRet < 0) throw new FopError(reply.opErrno, describe(name, args));
    return reply;
  }

  gfidRequest(): Dict {
    return this.client.initiator.makeGfidRequest();
  }

  /** Finds the file of a path; by default a symbolic link at its end is not followed. @throws {FopError} */
  *find(path: string, last: 'follow' | 'look' = 'look'): Steps<FoundFile> {
    return (yield* this.walk(path, last)).found ?? this.refuse(ENOENT, path);
  }

  /** The same; undefined if the file does not exist. @throws {FopError} for any other failure */
  *seek(path: string, last: 'follow' | 'look' = 'look'): Steps<FoundFile | undefined> {
    try {
      return yield* this.find(path, last);
    } catch (error) {
      if (error instanceof FopError && error.errno === ENOENT) return undefined;
      throw error;
    }
  }

  /** Directory and name of a path, whose file may not exist. @throws {FopError} */
  *place(path: string): Steps<Place> {
    return (yield* this.walk(path, 'leave')).place ?? this.refuse(EEXIST, path);
  }

  /** @throws {FopError} when a directory on the way is missing */
  walk(path: string, last: LastName): Steps<PathEnd> {
    return walk(this, path, last);
  }

  /** Looks up a name; undefined if it is absent. @throws {FopError} */
  *lookUp(place: Place): Steps<FoundFile | undefined> {
    const { parent, name } = place;
    const { inodes } = this.graph;
    const known = inodes.grep(parent, name);
    const loc = new Loc(known ?? inodes.newInode(), parent, name);
    const { opRet, opErrno, values } = yield* this.apply('lookup', [loc, null]);
    if (opRet >= 0) return { parent, name, inode: values[0] as Inode, buf: values[1] as Iatt };
    // Another file has the name by now: look it up again, as the kernel does.
    if (known !== undefined && opErrno === ESTALE) return yield* this.lookUp(place);
    return opErrno === ENOENT ? undefined : this.refuse(opErrno, `lookup of ${loc.path}`);
  }

  *lookUpRoot(): Steps<FoundFile> {
    const { values } = yield* this.expect('lookup', new Loc(this.root), null);
    return { inode: this.root, buf: values[1] as Iatt };
  }

  /** The target of a symbolic link. @throws {FopError} */
  *readlink(inode: Inode): Steps<string> {
    const { values } = yield* this.expect('readlink', new Loc(inode), PATH_MAX, null);
    return (values[0] as string | null) ?? '';
  }

  /** @throws {FopError} */
  refuse(errno: number, detail: string): never {
    throw new FopError(errno, detail);
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
