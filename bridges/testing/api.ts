/** `glossa/testing` to those who write tests: its types. What they do is in `library.ts`. */

/** Attributes, by GlusterFS's names in camel case: `iaSize`, `iaType`, `iaGfid`, … */
export type Fields = Readonly<Record<string, number | string>>;

/** A request that reached the storage. */
export interface Asked {
  readonly fop: string;
  /** Of its first loc or fd. */
  readonly path: string | null;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A line of a volume's log: `level` is a letter (E, W, I, D). */
export interface LogLine {
  readonly level: string;
  readonly file: string;
  readonly line: number;
  readonly func: string;
  readonly text: string;
}

/**
 * What the kernel, and caches above, were told to cache no longer: `entry` or `removed` (the path is
 * the name's), `inode` (with its data, or not), or `every-entry`.
 */
export interface Invalidated {
  readonly what: 'entry' | 'removed' | 'inode' | 'every-entry';
  readonly path: string | null;
  readonly data: boolean;
  readonly expire: boolean;
}

/** What a bare fop answered: the parts of its reply by name as well. */
export interface FopReply {
  readonly opRet: number;
  readonly opErrno: number;
  /** Seconds for which the kernel may cache it, as far as the module says. */
  readonly timeouts: {
    readonly entry?: number;
    readonly attribute?: number;
    readonly negative?: number;
  };
  readonly [part: string]: unknown;
}

export type Data = string | Uint8Array;

export interface FailSettings {
  readonly path?: string;
  readonly times?: number;
}

/** Operations by paths. Each is made of the requests that a mount would make for it. */
export interface FileOperations {
  /** Every fop by its name: `await g.fop.stat('/a')`. A loc is a path. */
  readonly fop: Readonly<Record<string, (...args: readonly unknown[]) => Promise<FopReply>>>;
  lookup(path: string): Promise<Fields>;
  stat(path: string): Promise<Fields>;
  exists(path: string): Promise<boolean>;
  /** Names, sorted. */
  listdir(path?: string): Promise<string[]>;
  mkdir(path: string, mode?: number): Promise<Fields>;
  mknod(path: string, mode?: number, rdev?: number): Promise<Fields>;
  symlink(target: string, path: string): Promise<Fields>;
  link(path: string, newPath: string): Promise<Fields>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  rename(path: string, newPath: string): Promise<void>;
  readlink(path: string): Promise<string>;
  read(path: string, size?: number, offset?: number): Promise<Uint8Array>;
  readText(path: string): Promise<string>;
  /** Without an offset the data is all that is in the file then. */
  write(path: string, data: Data, offset?: number): Promise<number>;
  truncate(path: string, size?: number): Promise<void>;
  chmod(path: string, mode: number): Promise<Fields>;
  chown(path: string, uid: number, gid: number): Promise<Fields>;
  utime(path: string, atime: number, mtime: number): Promise<Fields>;
  access(path: string, mask?: number): Promise<void>;
  statfs(): Promise<Fields>;
  getxattr(path: string, name: string): Promise<Uint8Array>;
  listxattr(path: string): Promise<string[]>;
  setxattr(path: string, name: string, value: Data, flags?: number): Promise<void>;
  removexattr(path: string, name: string): Promise<void>;
  /** Flags are those of open(2), O_RDWR unless told. */
  open(path: string, flags?: number, mode?: number): Promise<OpenFile>;
}

export interface OpenFile {
  readonly id: number;
  read(size?: number, offset?: number): Promise<Uint8Array>;
  write(data: Data, offset?: number): Promise<number>;
  truncate(size?: number): Promise<void>;
  stat(): Promise<Fields>;
  fsync(): Promise<void>;
  close(): Promise<void>;
}

/** A storage below the module. What is done here goes past the module, and is not counted. */
export interface Below extends FileOperations {
  /** The requests that have reached it; those of one fop. */
  asked(fop?: string): Asked[];
  /** From now on requests fail with this errno: those of one fop, for one path, so many times. */
  fail(fop: string | null, errno: number, settings?: FailSettings): void;
  /** Nothing fails any more. */
  mend(): void;
  /** It says that somebody else has changed what is at a path (UPCALL). */
  changed(path: string): void;
  /** It says that it is up (CHILD_UP), or that it is not (CHILD_DOWN). */
  sayUp(up?: boolean): void;
  /** From now on requests wait, all or those of one fop, until `release`. */
  hold(fop?: string): void;
  release(): void;
}

/** A volume with the module. `asked`, `fail`, `hold` and so on mean all children. */
export interface TestGraph extends Below {
  readonly children: readonly Below[];
  /** The first of them. */
  readonly child: Below;
  /** The same volume, asked by somebody else than root. */
  asUser(uid: number, gid?: number, groups?: readonly number[], pid?: number): TestGraph;
  /** The same volume, asked by another client; its uid is made up unless told. */
  connect(uid?: string): TestGraph;
  /** The client goes: its requests are interrupted, its files and locks released. */
  disconnect(): void;
  /** Lets seconds pass: timers ring, what is remembered gets old. */
  advance(seconds: number): void;
  /** Forgets what was asked and logged so far. */
  clear(): void;
  /** Whether the volume has said so, as a mount waits for it to. */
  readonly isUp: boolean;
  /** What was taken back so far. */
  readonly invalidated: readonly Invalidated[];
  readonly log: readonly LogLine[];
  /** Whether a line of the log has this in it. */
  logged(text: string): boolean;
}

export interface Assert {
  (condition: unknown, message?: string): asserts condition;
  /** Whether two values are alike, whatever is in them. */
  equal(actual: unknown, expected: unknown, message?: string): void;
  ok(condition: unknown, message?: string): asserts condition;
  deepEqual(actual: unknown, expected: unknown, message?: string): void;
  deepStrictEqual(actual: unknown, expected: unknown, message?: string): void;
  notEqual(actual: unknown, expected: unknown, message?: string): void;
  notDeepEqual(actual: unknown, expected: unknown, message?: string): void;
  notDeepStrictEqual(actual: unknown, expected: unknown, message?: string): void;
  /** Whether it is the very same. */
  strictEqual(actual: unknown, expected: unknown, message?: string): void;
  notStrictEqual(actual: unknown, expected: unknown, message?: string): void;
  match(text: string, form: RegExp, message?: string): void;
  doesNotMatch(text: string, form: RegExp, message?: string): void;
  fail(message?: string): never;
  /** `expected`: a class, a RegExp for its text, properties, or a function that says whether. */
  throws(what: () => unknown, expected?: object, message?: string): void;
  rejects(
    what: Promise<unknown> | (() => unknown),
    expected?: object,
    message?: string,
  ): Promise<void>;
}

/** What a file of tests imports. */
export interface TestingApi {
  /** A test; `fn` may be async. */
  test(name: string, fn: () => unknown): void;
  /**
   * A volume with this module above `children` storages, those that are `down` not up yet; an option's
   * value may be a boolean.
   */
  graph(
    module: string,
    options?: Readonly<Record<string, string | number | boolean>>,
    settings?: { readonly children?: number; readonly down?: readonly number[] },
  ): Promise<TestGraph>;
  /** Waits by the test's clock: whatever is under way gets as far as it can before. */
  sleep(seconds: number): Promise<void>;
  /** What is awaited must fail with this errno. */
  raises(errno: number, what: Promise<unknown> | (() => unknown)): Promise<void>;
  readonly assert: Assert;
}
