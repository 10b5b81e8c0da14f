/**
 * Random histories of operations on files and open files, and a volume that performs them. Tests of
 * modules that change data compare its results with another volume's.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { connect, Driver, FopError } from '../../runtime/api/driver.ts';
import { listEntries } from '../../runtime/api/open-directory.ts';
import type { Client } from '../../runtime/core/client.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { errnoName } from '../../runtime/core/errno.ts';
import type { FopName, FopTable } from '../../runtime/core/gen/fops.gen.ts';
import { Graph } from '../../runtime/core/graph.ts';
import type { Dirent, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { type Fd, Loc } from '../../runtime/core/operands.ts';
import { CONTENT } from '../../runtime/core/xdata.ts';
import type { Translator, VolumeSpec } from '../../runtime/core/xlator.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { FakeContext } from './core.ts';
import { performanceStack } from './performance-stack.ts';

/** One volume of a stack; its subvolume is the row before it. */
export interface Row {
  readonly name: string;
  readonly translator: Translator<unknown>;
  readonly options?: Readonly<Record<string, string>>;
}

export const disk: Row = { name: 'disk', translator: memory as unknown as Translator<unknown> };

const toSpecs = (rows: readonly Row[]): VolumeSpec[] =>
  rows.map(({ name, translator, options = {} }, at) => ({
    name,
    translator,
    options: Object.entries(options).map(([key, value]) => ({ key, value })),
    subvolumes: rows.slice(Math.max(0, at - 1), at).map((row) => row.name),
  }));

const cacheTypes = performanceStack
  .map(({ translator }) => translator.type)
  .filter((type) => type !== 'performance/io-threads');

/** Chooses some of the caches: their types, the lowest first. */
export const anyCaches = (): fc.Arbitrary<string[]> => fc.subarray(cacheTypes);

/** Makes volumes of these types; their names begin with `prefix`. */
export const makeCacheRows = (types: readonly string[], prefix: string): Row[] =>
  performanceStack
    .filter(({ translator }) => types.includes(translator.type))
    .map((row) => ({ ...row, name: `${prefix}-${row.translator.type.split('/')[1]}` }));

/** An operation of a program, and the numbers that choose its operands. */
export type Operation = readonly [what: OperationName, a: number, b: number, c: number];
export type OperationName = keyof typeof actions;

/** Weights of operations (others have 1): with equal weights, histories would read no data. */
const OFTEN: Partial<Record<OperationName, number>> = {
  write: 8,
  read: 12,
  create: 3,
  open: 3,
  lookup: 6,
};

/** The start of every history: two files, both held open. */
export const beginning: readonly Operation[] = [
  ['create', 0, 0, 0],
  ['write', 0, 3, 30],
  ['create', 1, 0, 0],
  ['write', 1, 0, 12],
];

export const anyOperations = (): fc.Arbitrary<Operation[]> =>
  fc.array(
    fc.tuple(
      fc.oneof(
        ...(Object.keys(actions) as OperationName[]).map((name) => ({
          arbitrary: fc.constant(name),
          weight: OFTEN[name] ?? 1,
        })),
      ),
      fc.nat(7),
      fc.nat(40),
      fc.nat(40),
    ),
    { minLength: 5, maxLength: 40 },
  );

const NAMES = ['a', 'b', 'c'] as const;
const chooseName = (at: number): string => NAMES[at % NAMES.length]!;
/** Letters, so that a counterexample can be read. */
const makeData = (size: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: size + 1 }, (_, at) => 97 + ((at * 7 + seed * 3) % 26));
const toText = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString('latin1');
const requestContent = (): Dict => new Dict().set(CONTENT, 4096);

/** A graph, and a program that performs operations on it. */
export class ProgramOnGraph {
  readonly graph: Graph;
  readonly context = new FakeContext();
  private readonly fds: Fd[] = [];
  private client!: Client;
  private driver!: Driver;

  private constructor(rows: readonly Row[], baseDir: string) {
    this.context.time = 1_000_000;
    Object.assign(this.context, { baseDir });
    this.graph = new Graph(toSpecs(rows), this.context, { default: 4, volumes: new Map() });
  }

  static async start(rows: readonly Row[], baseDir = '/'): Promise<ProgramOnGraph> {
    const program = new ProgramOnGraph(rows, baseDir);
    await program.graph.start();
    program.client = connect(program.graph);
    program.driver = new Driver(program.client, { uid: 0, gid: 0, pid: 1, groups: [] });
    return program;
  }

  async exchange(rows: readonly Row[]): Promise<void> {
    await this.graph.exchange(toSpecs(rows), 1000);
    await this.settle();
  }

  /** Makes a volume reload its module. */
  async reload(name: string): Promise<void> {
    const xl = this.graph.xlators.find((each) => each.name === name)!;
    expect(await xl.translator.reload!(xl)).toMatchObject({ ok: true });
  }

  /** Waits until the replaced graph has ended. */
  async settle(): Promise<void> {
    for (let i = 0; i < 100 && (i === 0 || this.graph.retiredGraphs.length > 0); i++) {
      this.context.advance(50);
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    }
  }

  /** Performs the operation; returns its visible result. */
  async do([name, a, b, c]: Operation): Promise<unknown> {
    try {
      return await actions[name](this, a, b, c);
    } catch (error) {
      if (error instanceof FopError) return errnoName(error.errno);
      throw error;
    }
  }

  /** Reads every file by a new fd and by the open ones. */
  async readAll(): Promise<unknown> {
    const results: unknown[] = [];
    for (let at = 0; at < NAMES.length; at++) {
      results.push(await this.do(['lookup', at, 0, 0]));
      if ((await this.do(['open', at, 0, 0])) !== 'open') continue;
      const last = this.fds.length - 1;
      results.push(await this.do(['read', last, 0, 100]), await this.do(['close', last, 0, 0]));
    }
    for (let at = 0; at < this.fds.length; at++) results.push(await this.do(['read', at, 0, 100]));
    return results;
  }

  async stop(): Promise<void> {
    for (const fd of this.fds.splice(0)) this.client.fds.release(fd.id);
    await this.graph.stop();
  }

  chooseFd(at: number): Fd | undefined {
    return this.fds[at % Math.max(1, this.fds.length)];
  }

  ask<N extends FopName>(name: N, ...args: FopTable[N]['args']) {
    return this.driver.expect(name, ...args);
  }

  async find(name: string): Promise<{ inode: Inode; buf: Iatt }> {
    return this.driver.find(`/${name}`);
  }

  async hold(name: string): Promise<string> {
    const { inode } = await this.find(name);
    const fd = this.driver.makeFd(inode, 2);
    await this.ask('open', new Loc(inode), 2, fd, null);
    this.client.fds.add(fd);
    this.fds.push(fd);
    return 'open';
  }

  async create(name: string): Promise<string> {
    const newEntry = await this.driver.resolveParent(`/${name}`);
    const loc = this.driver.makeLoc(newEntry);
    const fd = this.driver.makeFd(loc.inode!, 2);
    const flags = 0o202;
    const { values } = await this.ask(
      'create',
      ...([loc, flags, 0o644, 0, fd, this.driver.makeGfidRequest()] as const),
    );
    const inode = values[1] as Inode;
    this.client.lookup(inode);
    this.client.fds.add(fd);
    this.fds.push(fd);
    return 'made';
  }

  async put(name: string, data: Uint8Array): Promise<string> {
    const newEntry = await this.driver.resolveParent(`/${name}`);
    const xdata = this.driver.makeGfidRequest();
    const loc = this.driver.makeLoc(newEntry);
    await this.ask('put', loc, 0o644, 0, 2, data, 0, null, xdata);
    return 'put';
  }

  release(at: number): void {
    const fd = this.chooseFd(at);
    if (fd === undefined) return;
    this.fds.splice(this.fds.indexOf(fd), 1);
    this.client.fds.release(fd.id);
  }

  /** Forgets a name that was removed, as a mount does. */
  forget(name: string): void {
    this.graph.inodes.unlink(this.driver.root, name);
  }

  noteRename(from: string, to: string): void {
    this.graph.inodes.rename(this.driver.root, from, this.driver.root, to);
  }

  knownLoc(name: string): Loc {
    return this.driver.makeKnownLoc(`/${name}`);
  }

  list(): Promise<Dirent[]> {
    return listEntries(this.driver, this.driver.root);
  }

  /** Returns the content of files in a listing that requests content. */
  async listContent(): Promise<string> {
    const fd = this.driver.makeFd(this.driver.root, 0, true);
    await this.ask('opendir', new Loc(this.driver.root), fd, null);
    const { values } = await this.ask('readdirp', fd, 4096, 0, requestContent());
    fd.release();
    const contents = (values[0] as readonly Dirent[])
      .flatMap(({ dict }) => dict?.bytes(CONTENT) ?? [])
      .map(toText)
      .join(' ');
    return contents === '' ? 'none' : contents;
  }
}

type Action = (program: ProgramOnGraph, a: number, b: number, c: number) => Promise<unknown>;
/** Performs an operation on an open file, if any is open. */
const withOpenFd =
  (perform: (program: ProgramOnGraph, fd: Fd, b: number, c: number) => Promise<unknown>): Action =>
  async (program, a, b, c) => {
    const fd = program.chooseFd(a);
    return fd === undefined ? 'none' : perform(program, fd, b, c);
  };
const awaitDone = async (result: Promise<unknown>): Promise<string> => {
  await result;
  return 'done';
};
const readContent = (xdata: unknown): string => {
  const bytes = (xdata as Dict | null)?.bytes(CONTENT);
  return bytes === undefined ? 'none' : toText(bytes);
};

const actions = {
  create: (program, a) => program.create(chooseName(a)),
  open: (program, a) => program.hold(chooseName(a)),
  close: async (program, a) => program.release(a),
  write: withOpenFd((program, fd, b, c) =>
    awaitDone(program.ask('writev', fd, makeData(c, b), b, 0, null)),
  ),
  read: withOpenFd(async (program, fd, b, c) =>
    toText((await program.ask('readv', fd, c + 1, b % 20, 0, null)).values[0]),
  ),
  lookup: async (program, a) => (await program.find(chooseName(a))).buf.iaSize,
  fstat: withOpenFd(async (program, fd) => {
    const { values } = await program.ask('fstat', fd, null);
    return (values[0] as Iatt).iaSize;
  }),
  truncate: async (program, a, b) => {
    const { inode } = await program.find(chooseName(a));
    return awaitDone(program.ask('truncate', new Loc(inode), b, null));
  },
  ftruncate: withOpenFd((program, fd, b) => awaitDone(program.ask('ftruncate', fd, b, null))),
  unlink: async (program, a) => {
    const name = chooseName(a);
    await program.find(name);
    await program.ask('unlink', program.knownLoc(name), 0, null);
    program.forget(name);
    return 'gone';
  },
  rename: async (program, a, b) => {
    const [from, to] = [chooseName(a), chooseName(b)];
    if (from === to) return 'same';
    await program.find(from);
    await program.find(to).catch(() => null);
    await program.ask('rename', program.knownLoc(from), program.knownLoc(to), null);
    program.noteRename(from, to);
    return 'moved';
  },
  list: async (program) => (await program.list()).map(({ name }) => name).sort(),
  content: async (program, a) => {
    await program.find(chooseName(a));
    const { values } = await program.ask(
      'lookup',
      program.knownLoc(chooseName(a)),
      requestContent(),
    );
    return readContent(values[2]);
  },
  contentOfStat: async (program, a) => {
    const { inode } = await program.find(chooseName(a));
    const { values } = await program.ask('stat', new Loc(inode), requestContent());
    return readContent(values[1]);
  },
  contentOfAll: (program) => program.listContent(),
  copy: withOpenFd((program, fd, b, c) => {
    const to = program.chooseFd(b)!;
    return awaitDone(program.ask('copy_file_range', fd, 0, to, b, c, 0, null));
  }),
  put: (program, a, b, c) => program.put(chooseName(a), makeData(c, b)),
  checksum: withOpenFd(
    async (program, fd, _b, c) => (await program.ask('rchecksum', fd, 0, c, null)).values,
  ),
  seek: withOpenFd(
    async (program, fd, b, c) =>
      (await program.ask('seek', fd, b, c % 2, null)).values[0] as number,
  ),
  allocate: withOpenFd((program, fd, b, c) =>
    awaitDone(program.ask('fallocate', fd, 0, b, c + 1, null)),
  ),
  zero: withOpenFd((program, fd, b, c) => awaitDone(program.ask('zerofill', fd, b, c + 1, null))),
  discard: withOpenFd((program, fd, b, c) => awaitDone(program.ask('discard', fd, b, c + 1, null))),
  flush: withOpenFd((program, fd) => awaitDone(program.ask('flush', fd, null))),
  fsync: withOpenFd((program, fd) => awaitDone(program.ask('fsync', fd, 0, null))),
  pass: async (program, a) => program.context.advance(a * 300),
} as const satisfies Readonly<Record<string, Action>>;
