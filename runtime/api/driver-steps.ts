/**
 * Sends the fops of one caller into a graph, as steps (`steps.ts`). `driver.ts` offers the same with
 * promises, and `files.ts` makes file operations of these. `expect` and `apply` update the graph's
 * inode table as a mount does; `wind` does not, for callers that compare replies.
 */
import { applyReply } from '../core/apply-reply.ts';
import type { Client } from '../core/client.ts';
import type { Dict } from '../core/dict.ts';
import { EEXIST, EIO, ENOENT, ESTALE } from '../core/errno.ts';
import { type FopRow, findFop, fops } from '../core/fops.ts';
import { Stack } from '../core/frame.ts';
import { collectCbk, type FopName, type FopTable, windArgs } from '../core/gen/fops.gen.ts';
import type { Graph } from '../core/graph.ts';
import { IA_IFDIR, IA_IFLNK, type Iatt } from '../core/iatt.ts';
import { Initiator, makeInitiatorTranslator } from '../core/initiator.ts';
import type { Inode } from '../core/inode.ts';
import { PATH_MAX } from '../core/limits.ts';
import { Fd, Loc } from '../core/operands.ts';
import type { Child, GraphView } from '../core/xlator.ts';
import { FopError, throwFopError } from './fop-error.ts';
import {
  type EntryName,
  type FoundFile,
  findKnownEntryName,
  type LastNameMode,
  type LinkMode,
  type ResolvedPath,
  resolvePath,
} from './resolve-path.ts';
import type { Operation, Steps, Wait } from './steps.ts';

/** The identity of the process that sends requests. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  readonly groups: readonly number[];
  readonly lkOwner?: string;
}

/** The runtime itself as a caller, with root's rights. */
export const ROOT_CALLER: Caller = { uid: 0, gid: 0, pid: 0, groups: [] };

/** The reply to a fop. */
export interface Reply {
  readonly opRet: number;
  readonly opErrno: number;
  /** The results after op_ret and op_errno, such as inode and attributes; the last is xdata. */
  readonly values: readonly unknown[];
}

/**
 * The call stack of one fop, and the wait of an operation for its reply. `DriverSteps.interruptRequests` interrupts
 * those of its driver.
 */
export class RequestStack extends Stack implements Wait {
  readonly driver: DriverSteps;
  private readonly row: FopRow;
  private readonly args: readonly unknown[];
  /** Whether the reply is applied to the inode table. */
  private readonly updatesTable: boolean;
  /** The caller's memory for the data of a read. */
  private readonly dataMemory: Uint8Array | null;
  private operation!: Operation;

  constructor(
    driver: DriverSteps,
    row: FopRow,
    args: readonly unknown[],
    updatesTable: boolean,
    dataMemory: Uint8Array | null = null,
  ) {
    const { uid, gid, pid, lkOwner } = driver.caller;
    super(uid, gid, pid, row.logName, driver.findGroups);
    this.lkOwner = lkOwner ?? '';
    this.driver = driver;
    this.row = row;
    this.args = args;
    this.updatesTable = updatesTable;
    this.dataMemory = dataMemory;
  }

  override get readBuffer(): Uint8Array | null {
    return this.dataMemory;
  }

  get fop(): FopName {
    return this.row.name as FopName;
  }

  /** The path of its first loc or fd; null for a fop without either. */
  get path(): string | null {
    return findArgumentPath(this.row, this.args);
  }

  /** Winds the fop, unless the driver refuses it. */
  start(operation: Operation): void {
    const { driver, fop, args } = this;
    const refusal = driver.findRefusal?.() ?? null;
    if (refusal instanceof Promise) {
      this.startAfter(refusal, operation);
      return;
    }
    if (refusal !== null) {
      operation.fail(refusal);
      return;
    }
    this.operation = operation;
    this.isTooLate = driver.isTooLate;
    const frame = driver.client.begin(this);
    driver.onRequest?.(this);
    windArgs[fop](frame, 0, replyCbks[fop] as never, driver.chooseLinks(args), args);
  }

  /** Asks the driver again after a check that takes time. */
  private startAfter(check: Promise<Error | null>, operation: Operation): void {
    const fail = (error: unknown): void => operation.fail(error);
    check
      .then((error) => (error === null ? this.start(operation) : operation.fail(error)))
      .catch(fail);
  }

  /** Updates the inode table if requested, and resumes the operation. */
  handleReply(opRet: number, opErrno: number, values: unknown[]): void {
    const { driver, row, args, operation } = this;
    driver.client.end(this);
    // A success without an inode to link is no usable reply.
    const isComplete =
      !this.updatesTable || applyReply(row, args, opRet, opErrno, values, driver.addsNames);
    operation.resume(isComplete ? { opRet, opErrno, values } : { opRet: -1, opErrno: EIO, values });
    // The operation's caller continues in the event loop, which gets a turn before the pump sleeps.
    if (driver.awaitsPromise) driver.graph.top.context.wake();
  }
}

/** The callbacks of all requests, by fop. */
const replyCbks = Object.fromEntries(
  fops.map(({ name }) => [
    name,
    collectCbk[name as FopName]((frame, _cookie, _xl, opRet, opErrno, values) =>
      (frame.root as RequestStack).handleReply(opRet, opErrno, values),
    ),
  ]),
) as Readonly<Record<FopName, unknown>>;

const translator = makeInitiatorTranslator(
  'api/driver',
  'Turns requests by path of a program in this process into fops on the top of the graph.',
);

/** Connects a program of this process to a graph. The client ends when its initiator is closed. */
export const connect = (graph: Graph, name = 'api'): Client =>
  new Initiator(graph, name, translator, graph.top.log).connect();

/** An error with which a fop fails before it is sent; null to send it; a promise to ask again when it resolves to null. */
export type Refusal = Error | null | Promise<Error | null>;

/** The settings of a driver. */
export interface DriverSettings {
  /** The volume that fops are wound to; by default the top of the graph. */
  readonly links?: Child;
  /** Called before each fop is wound; its stack can then be interrupted. */
  onRequest?(stack: RequestStack): void;
  /** Called before each fop. */
  findRefusal?(): Refusal;
  /** Whether it is too late to send a fop to a brick (`Stack.isTooLate`). */
  readonly isTooLate?: (() => boolean) | undefined;
  /** Whether callers await promises, and continue in the event loop: a reply then wakes it. By default true. */
  readonly awaitsPromise?: boolean;
}

const LOOKUP_ROW = findFop('lookup')!;
const READV_ROW = findFop('readv')!;

/** Sends fops for one client of a graph, in the name of one caller. */
export class DriverSteps {
  readonly client: Client;
  readonly graph: GraphView;
  readonly caller: Caller;
  readonly onRequest: ((stack: RequestStack) => void) | undefined;
  readonly findRefusal: (() => Refusal) | undefined;
  readonly isTooLate: (() => boolean) | null;
  readonly awaitsPromise: boolean;
  /** Finds the groups of a request's caller. */
  readonly findGroups: () => readonly number[];
  /** The volume that fops are wound to; undefined for the top, which changes when the graph is exchanged. */
  private readonly fixedLinks: Child | undefined;
  private isInterrupted = false;

  constructor(client: Client, caller: Caller, settings: DriverSettings = {}) {
    this.client = client;
    this.graph = client.initiator.graph;
    this.caller = caller;
    this.findGroups = () => caller.groups;
    this.onRequest = settings.onRequest;
    this.findRefusal = settings.findRefusal;
    this.isTooLate = settings.isTooLate ?? null;
    this.awaitsPromise = settings.awaitsPromise ?? true;
    this.fixedLinks = settings.links === this.graph.links ? undefined : settings.links;
  }

  get root(): Inode {
    return this.graph.inodes.root;
  }

  /**
   * Whether replies add names to the inode table. Not if fops go to a volume below the top: with a
   * name in the table, a later fop from the top would reach volumes that have not seen the lookup.
   */
  get addsNames(): boolean {
    return this.fixedLinks === undefined;
  }

  /** Chooses the volume that a fop is wound to. A fop on an open file goes to the graph that opened it. */
  chooseLinks(args: readonly unknown[]): Child {
    if (this.fixedLinks !== undefined) return this.fixedLinks;
    for (const arg of args) if (arg instanceof Fd) return arg.links;
    return this.graph.links;
  }

  /** Interrupts the fops in flight, once: the operations of a driver all have the same signal. */
  interruptRequests(): void {
    if (this.isInterrupted) return;
    this.isInterrupted = true;
    for (const stack of this.client.initiator.calls.list()) {
      if (stack instanceof RequestStack && stack.driver === this) stack.interrupt();
    }
  }

  /** Winds one fop, and leaves the inode table unchanged. */
  *wind(name: FopName, args: readonly unknown[]): Steps<Reply> {
    return (yield new RequestStack(this, findFop(name)!, args, false)) as Reply;
  }

  /** Winds a fop and applies its reply to the inode table, as a mount does. */
  *apply(name: FopName, args: readonly unknown[]): Steps<Reply> {
    return (yield new RequestStack(this, findFop(name)!, args, true)) as Reply;
  }

  /** Does as `apply`, but throws for a failed fop. @throws {FopError} */
  *expect<N extends FopName>(name: N, ...args: FopTable[N]['args']): Steps<Reply> {
    const reply = (yield new RequestStack(this, findFop(name)!, args, true)) as Reply;
    if (reply.opRet < 0) throw new FopError(reply.opErrno, describeRequest(name, args));
    return reply;
  }

  /**
   * Reads without a copy of the data: it is in `readBuffer`, or in the memory of a volume, and valid until the
   * operation waits again. @throws {FopError}
   */
  *readUncopied(readBuffer: Uint8Array, ...args: FopTable['readv']['args']): Steps<Reply> {
    const reply = (yield new RequestStack(this, READV_ROW, args, true, readBuffer)) as Reply;
    if (reply.opRet < 0) throw new FopError(reply.opErrno, describeRequest('readv', args));
    return reply;
  }

  /** Makes xdata for a fop that creates an inode, with a fresh gfid. */
  makeGfidRequest(): Dict {
    return this.client.initiator.makeGfidRequest();
  }

  /** Finds the file of a path; by default without following a symbolic link at its end. @throws {FopError} */
  *find(path: string, linkMode: LinkMode = 'nofollow'): Steps<FoundFile> {
    const entryName = findKnownEntryName(this.root, path);
    if (entryName !== null) {
      try {
        const file = (yield* this.lookUp(entryName)) ?? throwFopError(ENOENT, path);
        if (linkMode === 'nofollow' || file.buf.iaType !== IA_IFLNK) return file;
      } catch (error) {
        if (!isStale(error)) throw error;
      }
    }
    return (yield* this.resolve(path, linkMode)).file ?? throwFopError(ENOENT, path);
  }

  /** Does as `find`, but returns undefined if the file does not exist. @throws {FopError} for any other failure */
  *findIfExists(path: string, linkMode: LinkMode = 'nofollow'): Steps<FoundFile | undefined> {
    try {
      return yield* this.find(path, linkMode);
    } catch (error) {
      if (error instanceof FopError && error.errno === ENOENT) return undefined;
      throw error;
    }
  }

  /** Finds the directory of a path, whose last name may be absent. @throws {FopError} */
  *resolveParent(path: string): Steps<EntryName> {
    return (yield* this.resolve(path, 'nolookup')).entryName ?? throwFopError(EEXIST, path);
  }

  /** Resolves a path; once more without the inode table if a directory in it is stale. @throws {FopError} */
  *resolve(path: string, lastNameMode: LastNameMode): Steps<ResolvedPath> {
    if (lastNameMode === 'nolookup') {
      const entryName = findKnownEntryName(this.root, path);
      if (entryName !== null)
        return { entryName, file: undefined, mustBeDirectory: false, directories: [] };
    }
    try {
      return yield* resolvePath(this, path, lastNameMode);
    } catch (error) {
      if (!isStale(error)) throw error;
    }
    return yield* resolvePath(this, path, lastNameMode, true);
  }

  /** Looks up a name; undefined if it is absent. @throws {FopError} */
  *lookUp(entryName: EntryName): Steps<FoundFile | undefined> {
    const { parent, name } = entryName;
    const { inodes } = this.graph;
    const knownInode = parent.children?.get(name);
    const loc = new Loc(knownInode ?? inodes.newInode(), parent, name);
    const { opRet, opErrno, values } = (yield new RequestStack(
      this,
      LOOKUP_ROW,
      [loc, null],
      true,
    )) as Reply;
    if (opRet >= 0) return { parent, name, inode: values[0] as Inode, buf: values[1] as Iatt };
    // Another file has the name by now: look it up again, as the kernel does.
    if (knownInode !== undefined && opErrno === ESTALE) return yield* this.lookUp(entryName);
    if (opErrno !== ENOENT) throwFopError(opErrno, `lookup of ${loc.path}`);
    const postparent = values[3] as Iatt | null;
    if (isRemovedDirectory(postparent)) throwFopError(ESTALE, `lookup of ${loc.path}`);
    return undefined;
  }

  /** Looks up the root directory. @throws {FopError} */
  *lookUpRoot(): Steps<FoundFile> {
    const { values } = yield* this.expect('lookup', new Loc(this.root), null);
    return { inode: this.root, buf: values[1] as Iatt };
  }

  /** Returns the target of a symbolic link. @throws {FopError} */
  *readlink(inode: Inode): Steps<string> {
    const { values } = yield* this.expect('readlink', new Loc(inode), PATH_MAX, null);
    return (values[0] as string | null) ?? '';
  }

  /** Makes the loc of a name whose file does not exist yet. */
  makeLoc({ parent, name }: EntryName): Loc {
    return new Loc(this.graph.inodes.newInode(), parent, name);
  }

  /** Makes the loc of a path from the inode table alone, so without a lookup. @throws {FopError} */
  makeKnownLoc(path: string): Loc {
    const { inodes } = this.graph;
    const names = path.split('/').filter((name) => name !== '');
    const name = names.pop();
    if (name === undefined) return new Loc(this.root);
    let parent = this.root;
    for (const directory of names) {
      const next = parent.children?.get(directory);
      if (next === undefined) throwFopError(ENOENT, `${path}: ${directory} was never looked up`);
      parent = next;
    }
    return new Loc(parent.children?.get(name) ?? inodes.newInode(), parent, name);
  }

  /** Makes an fd of an inode, for an open or create. @param flags `O_*` */
  makeFd(inode: Inode, flags: number, isDirectory = false): Fd {
    const fd = new Fd(inode, flags, this.caller.pid, isDirectory);
    // Without this, an exchange of the graph would reopen the file at the new top.
    if (this.fixedLinks !== undefined) fd.links = this.fixedLinks;
    return fd;
  }
}

const isStale = (error: unknown): boolean => error instanceof FopError && error.errno === ESTALE;

/** Whether these are the attributes of a directory that was removed while the storage had it open. */
const isRemovedDirectory = (buf: Iatt | null): boolean =>
  buf !== null && buf.iaType === IA_IFDIR && buf.iaNlink === 0;

const describeRequest = (name: FopName, args: readonly unknown[]): string => {
  const path = findArgumentPath(findFop(name)!, args);
  return path === null ? name : `${name} of ${path}`;
};

/** Finds the path of a fop's first loc or fd; null for a fop without either. */
export function findArgumentPath(row: FopRow, args: readonly unknown[]): string | null {
  const index = row.args.findIndex(({ type }) => type === 'loc' || type === 'fd');
  const value = args[index];
  if (value === undefined || value === null) return null;
  return row.args[index]!.type === 'loc' ? (value as Loc).path : (value as Fd).inode.path;
}
