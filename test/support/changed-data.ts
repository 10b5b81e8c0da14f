/**
 * Random histories of operations on files and open files, and a volume that performs them. Tests of
 * modules that change data compare its results with another volume's.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { connect, Driver, FopError } from '../../runtime/api/driver.ts';
import { listEntries } from '../../runtime/api/listing.ts';
import type { Client } from '../../runtime/core/client.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { errnoName } from '../../runtime/core/errno.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import type { FopName, FopTable } from '../../runtime/core/gen/fops.gen.ts';
import { Graph } from '../../runtime/core/graph.ts';
import type { Dirent, Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { CONTENT } from '../../runtime/core/xdata.ts';
import type { Translator, VolumeSpec } from '../../runtime/core/xlator.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { FakeContext } from './core.ts';
import { performanceStack } from './performance-stack.ts';

/** A volume over the one before it. */
export interface Row {
  readonly name: string;
  readonly translator: Translator<unknown>;
  readonly options?: Readonly<Record<string, string>>;
}

export const disk: Row = { name: 'disk', translator: memory as unknown as Translator<unknown> };

const specsOf = (rows: readonly Row[]): VolumeSpec[] =>
  rows.map(({ name, translator, options = {} }, at) => ({
    name,
    translator,
    options: Object.entries(options).map(([key, value]) => ({ key, value })),
    subvolumes: rows.slice(Math.max(0, at - 1), at).map((row) => row.name),
  }));

const cacheTypes = performanceStack
  .map(({ translator }) => translator.type)
  .filter((type) => type !== 'performance/io-threads');

/** Some of the caches, by their types, from below in the order in which they are stacked. */
export const caches = (): fc.Arbitrary<string[]> => fc.subarray(cacheTypes);

/** Volumes of these types, with a name prefix. */
export const cacheRows = (types: readonly string[], prefix: string): Row[] =>
  performanceStack
    .filter(({ translator }) => types.includes(translator.type))
    .map((row) => ({ ...row, name: `${prefix}-${row.translator.type.split('/')[1]}` }));

/** An operation of a program, and the numbers that choose its operands. */
export type Doing = readonly [what: What, a: number, b: number, c: number];
export type What = keyof typeof does;

/** Weights of the operations; without these, histories would show no data at all. */
const OFTEN: Partial<Record<What, number>> = { write: 8, read: 12, create: 3, open: 3, lookup: 6 };

/** The start of every history: two files, both held open. */
export const beginning: readonly Doing[] = [
  ['create', 0, 0, 0],
  ['write', 0, 3, 30],
  ['create', 1, 0, 0],
  ['write', 1, 0, 12],
];

export const doings = (): fc.Arbitrary<Doing[]> =>
  fc.array(
    fc.tuple(
      fc.oneof(
        ...(Object.keys(does) as What[]).map((what) => ({
          arbitrary: fc.constant(what),
          weight: OFTEN[what] ?? 1,
        })),
      ),
      fc.nat(7),
      fc.nat(40),
      fc.nat(40),
    ),
    { minLength: 5, maxLength: 40 },
  );

const NAMES = ['a', 'b', 'c'] as const;
const nameOf = (at: number): string => NAMES[at % NAMES.length]!;
/** Letters, so that a counterexample can be read. */
const dataOf = (size: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: size + 1 }, (_, at) => 97 + ((at * 7 + seed * 3) % 26));
const text = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString('latin1');
const asksContent = (): Dict => new Dict().set(CONTENT, 4096);

/** A graph with a program that uses it. */
export class Used {
  readonly graph: Graph;
  readonly context = new FakeContext();
  private readonly fds: Fd[] = [];
  private client!: Client;
  private driver!: Driver;

  private constructor(rows: readonly Row[], baseDir: string) {
    this.context.time = 1_000_000;
    Object.assign(this.context, { baseDir });
    this.graph = new Graph(specsOf(rows), this.context, { default: 4, volumes: new Map() });
  }

  static async start(rows: readonly Row[], baseDir = '/'): Promise<Used> {
    const used = new Used(rows, baseDir);
    await used.graph.start();
    used.client = connect(used.graph);
    used.driver = new Driver(used.client, { uid: 0, gid: 0, pid: 1, groups: [] });
    return used;
  }

  async exchange(rows: readonly Row[]): Promise<void> {
    await this.graph.exchange(specsOf(rows), 1000);
    await this.settle();
  }

  /** A volume reads its module again. */
  async reload(name: string): Promise<void> {
    const xl = this.graph.xlators.find((each) => each.name === name)!;
    expect(await xl.translator.reload!(xl)).toMatchObject({ ok: true });
  }

  /** Waits until the replaced graph has ended. */
  async settle(): Promise<void> {
    for (let i = 0; i < 100 && (i === 0 || this.graph.retired.length > 0); i++) {
      this.context.advance(50);
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    }
  }

  /** Performs the operation; returns its visible result. */
  async do([what, a, b, c]: Doing): Promise<unknown> {
    try {
      return await does[what](this, a, b, c);
    } catch (error) {
      if (error instanceof FopError) return errnoName(error.errno);
      throw error;
    }
  }

  /** Reads every file by a new fd and by the open ones. */
  async all(): Promise<unknown> {
    const seen: unknown[] = [];
    for (let at = 0; at < NAMES.length; at++) {
      seen.push(await this.do(['lookup', at, 0, 0]));
      if ((await this.do(['open', at, 0, 0])) !== 'open') continue;
      const last = this.fds.length - 1;
      seen.push(await this.do(['read', last, 0, 100]), await this.do(['close', last, 0, 0]));
    }
    for (let at = 0; at < this.fds.length; at++) seen.push(await this.do(['read', at, 0, 100]));
    return seen;
  }

  async stop(): Promise<void> {
    for (const fd of this.fds.splice(0)) this.client.fds.release(fd.id);
    await this.graph.stop();
  }

  fd(at: number): Fd | undefined {
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
    const fd = this.driver.newFd(inode, 2);
    await this.ask('open', new Loc(inode), 2, fd, null);
    this.client.fds.add(fd);
    this.fds.push(fd);
    return 'open';
  }

  async create(name: string): Promise<string> {
    const place = await this.driver.place(`/${name}`);
    const loc = this.driver.newLoc(place);
    const fd = this.driver.newFd(loc.inode!, 2);
    const flags = 0o202;
    const { values } = await this.ask(
      'create',
      ...([loc, flags, 0o644, 0, fd, this.driver.gfidRequest()] as const),
    );
    const inode = values[1] as Inode;
    this.client.lookup(inode);
    this.client.fds.add(fd);
    this.fds.push(fd);
    return 'made';
  }

  async put(name: string, data: Uint8Array): Promise<string> {
    const place = await this.driver.place(`/${name}`);
    const xdata = this.driver.gfidRequest();
    const loc = this.driver.newLoc(place);
    await this.ask('put', loc, 0o644, 0, 2, data, 0, null, xdata);
    return 'put';
  }

  release(at: number): void {
    const fd = this.fd(at);
    if (fd === undefined) return;
    this.fds.splice(this.fds.indexOf(fd), 1);
    this.client.fds.release(fd.id);
  }

  /** Forgets a name that was removed, as a mount does. */
  forget(name: string): void {
    this.graph.inodes.unlink(this.driver.root, name);
  }

  moved(from: string, to: string): void {
    this.graph.inodes.rename(this.driver.root, from, this.driver.root, to);
  }

  locOf(name: string): Loc {
    return this.driver.knownLoc(`/${name}`);
  }

  list(): Promise<Dirent[]> {
    return listEntries(this.driver, this.driver.root);
  }

  /** The content in a listing that requests content. */
  async contentOfAll(): Promise<string> {
    const fd = this.driver.newFd(this.driver.root, 0, true);
    await this.ask('opendir', new Loc(this.driver.root), fd, null);
    const { values } = await this.ask('readdirp', fd, 4096, 0, asksContent());
    fd.release();
    const contents = (values[0] as readonly Dirent[])
      .flatMap(({ dict }) => dict?.bytes(CONTENT) ?? [])
      .map(text)
      .join(' ');
    return contents === '' ? 'none' : contents;
  }
}

type Does = (used: Used, a: number, b: number, c: number) => Promise<unknown>;
/** The same for an open file; does nothing without one. */
const held =
  (what: (used: Used, fd: Fd, b: number, c: number) => Promise<unknown>): Does =>
  async (used, a, b, c) => {
    const fd = used.fd(a);
    return fd === undefined ? 'none' : what(used, fd, b, c);
  };
const done = async (what: Promise<unknown>): Promise<string> => {
  await what;
  return 'done';
};
const contentIn = (xdata: unknown): string => {
  const bytes = (xdata as Dict | null)?.bytes(CONTENT);
  return bytes === undefined ? 'none' : text(bytes);
};

const does = {
  create: (used, a) => used.create(nameOf(a)),
  open: (used, a) => used.hold(nameOf(a)),
  close: async (used, a) => used.release(a),
  write: held((used, fd, b, c) => done(used.ask('writev', fd, dataOf(c, b), b, 0, null))),
  read: held(async (used, fd, b, c) =>
    text((await used.ask('readv', fd, c + 1, b % 20, 0, null)).values[0]),
  ),
  lookup: async (used, a) => (await used.find(nameOf(a))).buf.iaSize,
  fstat: held(async (used, fd) => {
    const { values } = await used.ask('fstat', fd, null);
    return (values[0] as Iatt).iaSize;
  }),
  truncate: async (used, a, b) => {
    const { inode } = await used.find(nameOf(a));
    return done(used.ask('truncate', new Loc(inode), b, null));
  },
  ftruncate: held((used, fd, b) => done(used.ask('ftruncate', fd, b, null))),
  unlink: async (used, a) => {
    const name = nameOf(a);
    await used.find(name);
    await used.ask('unlink', used.locOf(name), 0, null);
    used.forget(name);
    return 'gone';
  },
  rename: async (used, a, b) => {
    const [from, to] = [nameOf(a), nameOf(b)];
    if (from === to) return 'same';
    await used.find(from);
    await used.find(to).catch(() => null);
    await used.ask('rename', used.locOf(from), used.locOf(to), null);
    used.moved(from, to);
    return 'moved';
  },
  list: async (used) => (await used.list()).map(({ name }) => name).sort(),
  content: async (used, a) => {
    await used.find(nameOf(a));
    const { values } = await used.ask('lookup', used.locOf(nameOf(a)), asksContent());
    return contentIn(values[2]);
  },
  contentOfStat: async (used, a) => {
    const { inode } = await used.find(nameOf(a));
    const { values } = await used.ask('stat', new Loc(inode), asksContent());
    return contentIn(values[1]);
  },
  contentOfAll: (used) => used.contentOfAll(),
  copy: held((used, fd, b, c) => {
    const to = used.fd(b)!;
    return done(used.ask('copy_file_range', fd, 0, to, b, c, 0, null));
  }),
  put: (used, a, b, c) => used.put(nameOf(a), dataOf(c, b)),
  checksum: held(async (used, fd, _b, c) => (await used.ask('rchecksum', fd, 0, c, null)).values),
  seek: held(
    async (used, fd, b, c) => (await used.ask('seek', fd, b, c % 2, null)).values[0] as number,
  ),
  allocate: held((used, fd, b, c) => done(used.ask('fallocate', fd, 0, b, c + 1, null))),
  zero: held((used, fd, b, c) => done(used.ask('zerofill', fd, b, c + 1, null))),
  discard: held((used, fd, b, c) => done(used.ask('discard', fd, b, c + 1, null))),
  flush: held((used, fd) => done(used.ask('flush', fd, null))),
  fsync: held((used, fd) => done(used.ask('fsync', fd, 0, null))),
  pass: async (used, a) => used.context.advance(a * 300),
} as const satisfies Readonly<Record<string, Does>>;
