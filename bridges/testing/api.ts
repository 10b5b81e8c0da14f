/** Declares the types of `glossa/testing` for test authors; `library.ts` implements them. */

/** Attributes, by GlusterFS's names in camel case: `iaSize`, `iaType`, `iaGfid`, … */
export type Fields = Readonly<Record<string, number | string>>;

/** A request that reached the storage. */
export interface Asked {
  readonly fop: string;
  /** The path of its first loc or fd. */
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
 * An invalidation in the kernel and caches above: `entry` or `removed` (the path is the name's),
 * `inode` (with its data, or not), or `every-entry`.
 */
export interface Invalidated {
  readonly what: 'entry' | 'removed' | 'inode' | 'every-entry';
  readonly path: string | null;
  readonly data: boolean;
  readonly expire: boolean;
}

/** The reply of a fop wound directly, with its parts by name. */
export interface FopReply {
  readonly opRet: number;
  readonly opErrno: number;
  /** Seconds that the kernel may cache it, if the module sets them. */
  readonly timeouts: {
    readonly entry?: number;
    readonly attribute?: number;
    readonly negative?: number;
  };
  readonly [part: string]: unknown;
}

export type Data = string | Uint8Array;

/** The requests that `fail` applies to: by default all, without end. */
export interface FailSettings {
  readonly path?: string;
  readonly times?: number;
}

/** Operations by path. Each sends the requests that a mount would send. */
export interface FileOperations {
  /** Every fop by its name: `await g.fop.stat('/a')`. A loc is a path. */
  readonly fop: Readonly<Record<string, (...args: readonly unknown[]) => Promise<FopReply>>>;
  lookup(path: string): Promise<Fields>;
  stat(path: string): Promise<Fields>;
  exists(path: string): Promise<boolean>;
  /** Lists the names of a directory, sorted. */
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
  /** Without an offset the data replaces the file's contents. */
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
  /** Flags are those of open(2); O_RDWR by default. */
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

/** A storage below the module. Operations here bypass the module, and are not counted. */
export interface Below extends FileOperations {
  /** Returns the requests that have reached the storage, all or those of one fop. */
  asked(fop?: string): Asked[];
  /** Makes requests fail with this errno: of one fop, for one path, so many times. */
  fail(fop: string | null, errno: number, settings?: FailSettings): void;
  /** Lets replies of successful requests of one fop carry this errno, which has no meaning then. */
  leaveErrno(fop: string, errno: number): void;
  /** Removes all rules of `fail` and `leaveErrno`. */
  mend(): void;
  /** Sends an UPCALL: another client has changed the file at a path. */
  changed(path: string): void;
  /** Sends CHILD_UP, or CHILD_DOWN. */
  sayUp(up?: boolean): void;
  /** Holds requests, all or those of one fop, until `release`. */
  hold(fop?: string): void;
  /** Releases held requests in order: those for a path, or all; then it holds no more. */
  release(path?: string): void;
}

/** A volume with the module. `asked`, `fail`, `hold` and so on apply to all children. */
export interface TestGraph extends Below {
  readonly children: readonly Below[];
  /** The first child. */
  readonly child: Below;
  /** Returns the same volume, used by another user. */
  asUser(uid: number, gid?: number, groups?: readonly number[], pid?: number): TestGraph;
  /** Connects another client to the same volume; its uid is generated by default. */
  connect(uid?: string): TestGraph;
  /** Disconnects the client: interrupts its requests, releases its files and locks. */
  disconnect(): void;
  /** Advances the clock: timers fire, cache entries age. */
  advance(seconds: number): void;
  /** Clears the recorded requests and log lines. */
  clear(): void;
  /** True if the volume has come up. */
  readonly isUp: boolean;
  /** The invalidations so far. */
  readonly invalidated: readonly Invalidated[];
  readonly log: readonly LogLine[];
  /** True if a log line contains the text. */
  logged(text: string): boolean;
}

export interface Assert {
  (condition: unknown, message?: string): asserts condition;
  /** Asserts that two values are deeply equal. */
  equal(actual: unknown, expected: unknown, message?: string): void;
  ok(condition: unknown, message?: string): asserts condition;
  deepEqual(actual: unknown, expected: unknown, message?: string): void;
  deepStrictEqual(actual: unknown, expected: unknown, message?: string): void;
  notEqual(actual: unknown, expected: unknown, message?: string): void;
  notDeepEqual(actual: unknown, expected: unknown, message?: string): void;
  notDeepStrictEqual(actual: unknown, expected: unknown, message?: string): void;
  /** Asserts that both are the same value. */
  strictEqual(actual: unknown, expected: unknown, message?: string): void;
  notStrictEqual(actual: unknown, expected: unknown, message?: string): void;
  match(text: string, pattern: RegExp, message?: string): void;
  doesNotMatch(text: string, pattern: RegExp, message?: string): void;
  fail(message?: string): never;
  /** `expected`: a class, a RegExp for its text, properties, or a predicate. */
  throws(action: () => unknown, expected?: object, message?: string): void;
  rejects(
    action: Promise<unknown> | (() => unknown),
    expected?: object,
    message?: string,
  ): Promise<void>;
}

/** The exports for a test file. */
export interface TestingApi {
  /** Defines a test; `fn` may be async. */
  test(name: string, fn: () => unknown): void;
  /**
   * Starts a volume with this module above `children` storages, of which those in `down` start down;
   * option values may be booleans.
   */
  graph(
    module: string,
    options?: Readonly<Record<string, string | number | boolean>>,
    settings?: { readonly children?: number; readonly down?: readonly number[] },
  ): Promise<TestGraph>;
  /** Waits by the test's clock, after pending work has run. */
  sleep(seconds: number): Promise<void>;
  /** Asserts that a promise or call fails with this errno. */
  raises(errno: number, action: Promise<unknown> | (() => unknown)): Promise<void>;
  readonly assert: Assert;
}
