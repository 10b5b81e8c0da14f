/**
 * Generated from runtime/core/fops.ts by tools/gen/javascript.ts (npm run gen). Do not edit.
 *
 * The API of modules in JavaScript: `import { Translator, ENOENT } from 'glossa'`. Words and units are
 * GlusterFS's; the guide is docs/write/javascript.md.
 */
declare module 'glossa' {
  /** Values that a GlusterFS dict holds. */
  export type DictValue = number | string | boolean | Uint8Array | Iatt;
  export type DictType = 'int' | 'uint' | 'double' | 'str' | 'bin' | 'gfuuid' | 'iatt' | 'mdata';
  /** Values that are accepted as a dict. */
  export type DictLike = Dict | Map<string, DictValue> | Readonly<Record<string, DictValue>>;
  export type Bytes = Uint8Array | ArrayBuffer | DataView | Data;
  export type FopName = keyof FopTable;

  /** Results of an async method: the child's reply, its parts by name or in order, or opRet. */
  export type Returned<N extends FopName> =
    | Reply<N>
    | FopTable[N]['mine']
    | readonly unknown[]
    | Bytes
    | number
    | Nothing;

  /** The result of a method without a return value. */
  type Nothing = ReturnType<() => void>;

  export type OptionValue = string | number | boolean | null;
  export type Options = Readonly<Record<string, OptionValue>>;

  /**
   * Derive `export class xlator extends Translator`, and define the fops that you want to handle. A
   * method named after a fop handles it; `<fop>Cbk` gets its reply; an `async` method awaits its
   * children and returns the reply. Undefined fops pass by at no cost. In TypeScript,
   * `extends Translator<{ limit: number }>` is the type of `this.options`.
   */
  export class Translator<Values extends object = Options> {
    /** The options that the volfile may set. */
    static options: Readonly<Record<string, OptionSpec>>;
    /**
     * True declares that readv and writev do not change data, or that the class defines every fop that
     * reaches a file's data. Otherwise copies arrive as reads and writes, files have no holes, lookups
     * carry no content, and undefined fallocate, zerofill, discard, rchecksum and put fail with
     * EOPNOTSUPP.
     */
    static observes: boolean;
    /**
     * Whether undefined fops go to the first of several subvolumes. Otherwise they fail with
     * EOPNOTSUPP; false declares that this is intended.
     */
    static passesThrough: boolean | undefined;
    /** The volume's name and type. */
    readonly name: string;
    readonly type: string;
    /** The subvolumes, and the first of them: null if the volume has no subvolumes. */
    readonly children: readonly Child[];
    readonly child: Child;
    /** Values of the options that the class declares. */
    readonly options: Values;
    readonly log: Log;
    /** Called once before the first request; throw to refuse the start. */
    init?(): Nothing | Promise<void>;
    /** Called once after the last request. */
    fini?(): void;
    /** Called with CHILD_UP, CHILD_DOWN, PARENT_UP, …, and the child that the event is about, or null. */
    notify?(event: string, child: Child | null): Nothing | Promise<void>;
    /**
     * From now on the module decides whether its volume is up. By default, a volume is up while all of
     * its children are. Call it with false in `init`, and with true when the module can serve. A mount
     * waits until its top is up.
     */
    sayUp(up?: boolean): void;
    /** Called when a client disconnects: release its locks and the like. */
    clientDisconnect?(client: Client): Nothing | Promise<void>;
    /** Called when the options of the running volume have changed; `this.options` has the new values. */
    reconfigure?(options: Values): Nothing | Promise<void>;
    /** Called after any fop has made or removed a name. */
    entryCreated?(loc: Loc): Nothing | Promise<void>;
    entryRemoved?(loc: Loc): Nothing | Promise<void>;
    /** Figures for the statedump and `glossa stats`. */
    statedump?(): Record<string, number | string>;
    /** State for the next version of the code, as JSON can hold it. */
    dumpState?(): unknown;
    loadState?(state: unknown): void;
    /** Handles every fop without a method of its own; `frame.name` is its name. */
    anyFop?(frame: Frame, ...args: unknown[]): unknown;
    anyCbk?(frame: Frame, opRet: number, opErrno: number, ...reply: unknown[]): unknown;
    anyCancel?(frame: Frame): void;
    /**
     * Revokes a name, or its absence, from the cache of the kernel and of volumes above: by the
     * directory and the name, or by a loc with a name.
     * @param how.expire the kernel only looks the name up again, and keeps the tree below it
     * @param how.removed the inode that the name led to; its watchers (inotify) get notified
     *
     * It takes effect after the method has returned, and after the replies to all pending requests:
     * first forget your own cached values.
     */
    invalidate(
      parent: Inode | Fd | string,
      name: string,
      how?: { expire?: boolean; removed?: Inode | string },
    ): void;
    /** Revokes an inode's attributes, and its data unless `data` is false. */
    invalidate(inode: Inode | Fd | string, how?: { data?: boolean }): void;
    invalidate(
      loc: Loc,
      how?: { expire?: boolean; removed?: Inode | string; data?: boolean },
    ): void;
    /** Revokes every name. */
    invalidate(): void;
    /** Calls `fn` after `seconds`; periodically with `repeat`. */
    timer(seconds: number, fn: () => unknown, how?: { repeat?: boolean }): { cancel(): void };
    /** Resolves after `seconds`; rejects with Cancelled when the caller gives up. */
    sleep(seconds: number): Promise<void>;
  }
  export interface Translator<Values extends object = Options> extends FopMethods {}

  /** Lines of the volume's log: a format with `%s %d %i %j %o`; further arguments are appended. */
  export interface Log {
    critical(...args: unknown[]): void;
    error(...args: unknown[]): void;
    warning(...args: unknown[]): void;
    info(...args: unknown[]): void;
    debug(...args: unknown[]): void;
    trace(...args: unknown[]): void;
    /** Whether the volume writes lines of this level now, to avoid the cost of lines that it drops. */
    enabled(level: 'critical' | 'error' | 'warning' | 'info' | 'debug' | 'trace'): boolean;
  }

  export interface OptionSpec {
    readonly type: string;
    readonly description: string;
  }
  interface About {
    help?: string;
    /** Whether the option may change while the volume runs. */
    reconfigurable?: boolean;
    values?: readonly string[];
    min?: number | string;
    max?: number | string;
  }
  type MakeOption<T> = (value?: T | About | null, about?: About) => OptionSpec;
  /**
   * Options: an optional default, and properties. A default, `min` and `max` may be written as in a
   * volfile: `Option.size('1MB')` is 1048576.
   */
  export const Option: {
    str: MakeOption<string>;
    int: MakeOption<number | string>;
    float: MakeOption<number | string>;
    bool: MakeOption<boolean | string>;
    /** Bytes; KB, MB, … are powers of 1024. */
    size: MakeOption<number | string>;
    /** Seconds; s, m, h, d, w are units. */
    time: MakeOption<number | string>;
    /** 0 to 100. */
    percent: MakeOption<number | string>;
    /** An absolute path. */
    path: MakeOption<string>;
  };

  /** Arguments for a frame of one fop; any arguments for a frame of any fop. */
  type Taken<N extends FopName, T> = FopName extends N ? unknown[] : T;

  /**
   * One request at one translator, which must answer it or pass it on exactly once.
   * `Frame<'lookup', string>` is a lookup with a text as its `local`.
   */
  export class Frame<N extends FopName = FopName, Local = unknown> {
    readonly id: number;
    /** The fop's name. */
    readonly name: N;
    /** The caller of the request. */
    readonly root: Root;
    /** Your note from the fop to its callback; null at first. */
    local: Local;
    /** In a callback: the cookie of `windTo`, otherwise the child that replied. */
    cookie: unknown;
    /** Whether the request was answered, or passed on without a callback. */
    readonly answered: boolean;
    /** Passes the request to the first child with these arguments; without any, with the original ones. */
    wind(...args: Taken<N, FopTable[N]['given'] | []>): void;
    /**
     * The same to another child, with a cookie for the callback, as another fop, or with another
     * callback. May be called several times.
     */
    windTo(to: Child | WindTo, ...args: unknown[]): void;
    /** Answers the request. opRet < 0 is failure with opErrno. Parts omitted at the end are null. */
    unwind(
      opRet: number,
      opErrno?: number,
      ...reply: Taken<N, Partial<FopTable[N]['answer']>>
    ): void;
    /** The same with timeouts of the kernel's cache; `Translator.invalidate` revokes cached values. */
    unwindFor(
      timeouts: Timeouts,
      opRet: number,
      opErrno?: number,
      ...reply: Taken<N, Partial<FopTable[N]['answer']>>
    ): void;
    /**
     * Answers with an errno: short for `unwind(-1, errno)`.
     * @param how.timeout seconds for which the kernel may cache the absence of a looked-up name
     * (ENOENT; the kernel caches no other errno)
     */
    fail(errno: number, how?: { timeout?: number }): void;
  }
  /** Seconds of the kernel's cache, 0 for never; the mount's flags set the defaults. */
  export interface Timeouts {
    /** Seconds for the name. */
    entryTimeout?: number;
    /** Seconds for the attributes. */
    attributeTimeout?: number;
    /** Seconds for the absence of the name. */
    negativeTimeout?: number;
  }
  export interface WindTo {
    child?: Child;
    cookie?: unknown;
    fop?: FopName;
    cbk?(frame: Frame, opRet: number, opErrno: number, ...reply: unknown[]): unknown;
  }
  export interface Root {
    readonly unique: number;
    readonly uid: number;
    readonly gid: number;
    readonly pid: number;
    readonly groups: readonly number[];
    /** Hexadecimal text. */
    readonly lkOwner: string;
    /** The log name of the fop that the caller requested, such as LOOKUP. */
    readonly op: string;
    /** The origin of the request; null for the translator's own. */
    readonly client: Client | null;
  }

  /** A subvolume: every fop is a method that resolves to the reply, or rejects with FopError. */
  export interface Child extends ChildMethods {
    readonly index: number;
    readonly name: string;
    readonly type: string;
    /** Whether the subvolume can serve, according to its last event. */
    readonly up: boolean;
  }
  export class Child {}

  /** The reply of a child, with the fop's parts by name: `reply.buf`. */
  export type Reply<N extends FopName = FopName> = FopTable[N]['parts'] &
    Iterable<unknown> & {
      readonly opRet: number;
      readonly opErrno: number;
      readonly values: FopTable[N]['reply'];
      /** Another reply with some parts changed, or with timeouts of the kernel's cache. */
      replace(changes: FopTable[N]['mine'] & Timeouts & { opRet?: number }): Reply<N>;
    };
  export const Reply: { readonly prototype: object; [Symbol.hasInstance](value: unknown): boolean };

  /** A failed fop. Thrown out of an async method, its errno is the request's. */
  export class FopError extends Error {
    constructor(errno: number, message?: string);
    readonly errno: number;
    /** The errno's name: 'ENOENT'. */
    readonly code: string;
    /** The child's reply, if a child failed. */
    readonly reply: Reply | null;
  }
  /** Rejects pending awaits when the caller has given up. Uncaught, it becomes EINTR. */
  export class Cancelled extends FopError {
    constructor();
  }
  /** The frame was answered already: it can be neither answered nor wound again. */
  export class AlreadyAnswered extends Error {}
  /** An object of a request was used after the request had ended. */
  export class HandleExpired extends Error {}
  export function errorcode(errno: number): string;
  export function strerror(errno: number): string;

  /** A file, directory or other inode of the volume, independent of its names. */
  export class Inode {
    readonly id: number;
    readonly gfid: string;
    /** One of IA_*. */
    readonly iaType: number;
    /** A path by any of its names, for people and logs. */
    readonly path: string;
    /** Your own notes, which live until the volume forgets the inode. */
    readonly ctx: Map<unknown, unknown>;
    equals(other: unknown): boolean;
  }
  /** The target of a fop: `name` in the directory `parent`, and/or the inode itself. */
  export class Loc {
    static of(to: {
      parent?: Inode | null;
      name?: string;
      inode?: Inode | null;
      gfid?: string;
    }): Loc;
    /** The last component of the path; null for a fop by gfid. */
    readonly name: string | null;
    /** The gfid of the directory. */
    readonly pargfid: string;
    /** Whether the target has a gfid, from a lookup or a listing for example. */
    readonly known: boolean;
    readonly gfid: string;
    readonly inode: Inode | null;
    readonly parent: Inode | null;
    /** A path from the root, for people and logs. */
    readonly path: string;
    replace(changes: { name?: string; parent?: Inode; inode?: Inode }): Loc;
    /** A copy of your own, which outlives the request. */
    copy(): Loc;
    equals(other: unknown): boolean;
  }
  /** An open file or directory. You must close those that you opened yourself. */
  export class Fd {
    readonly id: number;
    readonly inode: Inode;
    /** The flags of the open: O_*. */
    readonly flags: number;
    readonly pid: number;
    readonly isDir: boolean;
    readonly ctx: Map<unknown, unknown>;
    close(): void;
  }
  /**
   * The origin of requests: a mount has one client, a server has one for each connection. The same
   * client is the same object until it has disconnected.
   */
  export class Client {
    readonly id: number;
    /** The client's identity across processes. */
    readonly uid: string;
    /** Your own notes, which live until the client's last request has ended. */
    readonly ctx: Map<unknown, unknown>;
  }
  /** The bytes of a read or write. Passed on untouched, they never enter the interpreter. */
  export class Data implements Iterable<number> {
    readonly length: number;
    /** The bytes; changes in them are passed on. */
    readonly bytes: Uint8Array;
    /** A copy of your own. */
    copy(): Uint8Array;
    /** UTF-8. */
    toString(): string;
    [Symbol.iterator](): Iterator<number>;
  }
  /** A GlusterFS dict: xdata and extended attributes. */
  export class Dict implements Iterable<[string, DictValue]> {
    constructor(pairs?: DictLike | null);
    readonly size: number;
    /** Each key's GlusterFS type. */
    readonly types: ReadonlyMap<string, DictType>;
    has(key: string): boolean;
    get(key: string): DictValue | undefined;
    set(key: string, value: DictValue, type?: DictType): this;
    delete(key: string): boolean;
    clear(): void;
    keys(): IterableIterator<string>;
    values(): IterableIterator<DictValue>;
    entries(): IterableIterator<[string, DictValue]>;
    forEach(each: (value: DictValue, key: string, dict: Dict) => void): void;
    copy(): Dict;
    [Symbol.iterator](): IterableIterator<[string, DictValue]>;
  }
  interface Fields<T> {
    /** An independent object, with some fields changed. */
    copy(changes?: Partial<T>): this;
    toJSON(): T;
  }
  export interface IattFields {
    /** All zeros if the storage did not fill it. */
    iaGfid: string;
    /** One of IA_*. */
    iaType: number;
    /** The low 12 bits of st_mode: permissions, setuid, setgid, sticky. */
    iaProt: number;
    /** Number of names. */
    iaNlink: number;
    iaUid: number;
    iaGid: number;
    /** Bytes. */
    iaSize: number;
    /** Units of 512 bytes. */
    iaBlocks: number;
    /** Preferred size of a read or write, in bytes. */
    iaBlksize: number;
    iaDev: number;
    /** Of a device file: major * 2^32 + minor. */
    iaRdev: number;
    /** Last read: whole seconds since 1970, may be negative. */
    iaAtime: number;
    /** Last read: nanoseconds beyond that, 0 to 999999999. */
    iaAtimeNsec: number;
    /** Data last changed: seconds. */
    iaMtime: number;
    /** Data last changed: nanoseconds. */
    iaMtimeNsec: number;
    /** Attributes last changed: seconds. */
    iaCtime: number;
    /** Attributes last changed: nanoseconds. */
    iaCtimeNsec: number;
    /** Created: seconds. */
    iaBtime: number;
    /** Created: nanoseconds. */
    iaBtimeNsec: number;
    /** The fields that the storage filled (IATT_*); 0 when the storage does not report them. */
    iaFlags: number;
    /** STATX_ATTR_*. */
    iaAttributes: number;
    /** The STATX_ATTR_* that the storage supports. */
    iaAttributesMask: number;
  }
  /** The attributes of an inode. */
  export interface Iatt extends IattFields, Fields<IattFields> {}
  export class Iatt {
    constructor(fields?: Partial<IattFields>);
    readonly iaIno: bigint;
    /** st_mode: type and permission in one. */
    mode: number;
    /** Whether the attributes are known. */
    readonly known: boolean;
  }
  export interface StatvfsFields {
    /** Preferred size of a read or write, in bytes. */
    bsize: number;
    /** Size of a block in bytes. */
    frsize: number;
    /** Size of the file system in blocks of frsize bytes. */
    blocks: number;
    /** Free blocks. */
    bfree: number;
    /** Free blocks for users other than root. */
    bavail: number;
    /** Total number of inodes. */
    files: number;
    /** Free inodes. */
    ffree: number;
    /** Free inodes for users other than root. */
    favail: number;
    fsid: number;
    /** ST_*. */
    flag: number;
    /** Bytes of the longest possible name. */
    namemax: number;
  }
  export interface Statvfs extends StatvfsFields, Fields<StatvfsFields> {}
  export class Statvfs {
    constructor(fields?: Partial<StatvfsFields>);
  }
  export interface FlockFields {
    /** 0 read, 1 write, 2 unlock. */
    type: number;
    /** Base of start: SEEK_*. */
    whence: number;
    start: number;
    /** 0: to the end of the file, also after growth. */
    len: number;
    pid: number;
    /** The owner's bytes as hexadecimal text. */
    owner: string;
  }
  export interface Flock extends FlockFields, Fields<FlockFields> {}
  export class Flock {
    constructor(fields?: Partial<FlockFields>);
  }
  export interface LeaseFields {
    /** 1 get, 2 set, 3 unlock. */
    cmd: number;
    /** 0 none, 1 read, 2 read and write. */
    type: number;
    /** The client's id of the lease: 16 bytes, as a gfid. */
    id: string;
    flags: number;
  }
  export interface Lease extends LeaseFields, Fields<LeaseFields> {}
  export class Lease {
    constructor(fields?: Partial<LeaseFields>);
  }
  /** An entry of a directory listing; `replace` makes a changed one. */
  export class Dirent {
    constructor(
      name: string,
      off: number,
      type: number,
      more?: { gfid?: string; stat?: Iatt | null },
    );
    readonly name: string;
    /** The offset at which a later readdir continues. */
    readonly off: number;
    /** DT_*, which is an st_mode >> 12. */
    readonly type: number;
    readonly gfid: string;
    /** readdirp only. */
    readonly stat: Iatt | null;
    replace(changes: Partial<Pick<Dirent, 'name' | 'off' | 'type' | 'gfid' | 'stat'>>): Dirent;
  }

  /** Files and variables that the volume's options allow-read, allow-write and allow-env name. */
  export function readFile(path: string): Uint8Array;
  export function readText(path: string): string;
  export function readDir(path: string): string[];
  export function writeFile(path: string, content: Uint8Array | string): void;
  export function env(name: string): string | undefined;

  /** The table of fops. */
  export const fops: readonly {
    readonly number: number;
    readonly name: FopName;
    readonly logName: string;
    readonly args: readonly { readonly name: string; readonly type: string }[];
    readonly reply: readonly { readonly name: string; readonly type: string }[];
  }[];

  export const NULL_GFID: string;
  export const ROOT_GFID: string;
  export const IA_INVAL: 0;
  export const IA_IFREG: 1;
  export const IA_IFDIR: 2;
  export const IA_IFLNK: 3;
  export const IA_IFBLK: 4;
  export const IA_IFCHR: 5;
  export const IA_IFIFO: 6;
  export const IA_IFSOCK: 7;
  export const EPERM: 1;
  export const ENOENT: 2;
  export const ESRCH: 3;
  export const EINTR: 4;
  export const EIO: 5;
  export const ENXIO: 6;
  export const E2BIG: 7;
  export const ENOEXEC: 8;
  export const EBADF: 9;
  export const ECHILD: 10;
  export const EAGAIN: 11;
  export const ENOMEM: 12;
  export const EACCES: 13;
  export const EFAULT: 14;
  export const ENOTBLK: 15;
  export const EBUSY: 16;
  export const EEXIST: 17;
  export const EXDEV: 18;
  export const ENODEV: 19;
  export const ENOTDIR: 20;
  export const EISDIR: 21;
  export const EINVAL: 22;
  export const ENFILE: 23;
  export const EMFILE: 24;
  export const ENOTTY: 25;
  export const ETXTBSY: 26;
  export const EFBIG: 27;
  export const ENOSPC: 28;
  export const ESPIPE: 29;
  export const EROFS: 30;
  export const EMLINK: 31;
  export const EPIPE: 32;
  export const EDOM: 33;
  export const ERANGE: 34;
  export const EDEADLK: 35;
  export const ENAMETOOLONG: 36;
  export const ENOLCK: 37;
  export const ENOSYS: 38;
  export const ENOTEMPTY: 39;
  export const ELOOP: 40;
  export const ENOMSG: 42;
  export const EIDRM: 43;
  export const ECHRNG: 44;
  export const EL2NSYNC: 45;
  export const EL3HLT: 46;
  export const EL3RST: 47;
  export const ELNRNG: 48;
  export const EUNATCH: 49;
  export const ENOCSI: 50;
  export const EL2HLT: 51;
  export const EBADE: 52;
  export const EBADR: 53;
  export const EXFULL: 54;
  export const ENOANO: 55;
  export const EBADRQC: 56;
  export const EBADSLT: 57;
  export const EBFONT: 59;
  export const ENOSTR: 60;
  export const ENODATA: 61;
  export const ETIME: 62;
  export const ENOSR: 63;
  export const ENONET: 64;
  export const ENOPKG: 65;
  export const EREMOTE: 66;
  export const ENOLINK: 67;
  export const EADV: 68;
  export const ESRMNT: 69;
  export const ECOMM: 70;
  export const EPROTO: 71;
  export const EMULTIHOP: 72;
  export const EDOTDOT: 73;
  export const EBADMSG: 74;
  export const EOVERFLOW: 75;
  export const ENOTUNIQ: 76;
  export const EBADFD: 77;
  export const EREMCHG: 78;
  export const ELIBACC: 79;
  export const ELIBBAD: 80;
  export const ELIBSCN: 81;
  export const ELIBMAX: 82;
  export const ELIBEXEC: 83;
  export const EILSEQ: 84;
  export const ERESTART: 85;
  export const ESTRPIPE: 86;
  export const EUSERS: 87;
  export const ENOTSOCK: 88;
  export const EDESTADDRREQ: 89;
  export const EMSGSIZE: 90;
  export const EPROTOTYPE: 91;
  export const ENOPROTOOPT: 92;
  export const EPROTONOSUPPORT: 93;
  export const ESOCKTNOSUPPORT: 94;
  export const EOPNOTSUPP: 95;
  export const EPFNOSUPPORT: 96;
  export const EAFNOSUPPORT: 97;
  export const EADDRINUSE: 98;
  export const EADDRNOTAVAIL: 99;
  export const ENETDOWN: 100;
  export const ENETUNREACH: 101;
  export const ENETRESET: 102;
  export const ECONNABORTED: 103;
  export const ECONNRESET: 104;
  export const ENOBUFS: 105;
  export const EISCONN: 106;
  export const ENOTCONN: 107;
  export const ESHUTDOWN: 108;
  export const ETOOMANYREFS: 109;
  export const ETIMEDOUT: 110;
  export const ECONNREFUSED: 111;
  export const EHOSTDOWN: 112;
  export const EHOSTUNREACH: 113;
  export const EALREADY: 114;
  export const EINPROGRESS: 115;
  export const ESTALE: 116;
  export const EUCLEAN: 117;
  export const ENOTNAM: 118;
  export const ENAVAIL: 119;
  export const EISNAM: 120;
  export const EREMOTEIO: 121;
  export const EDQUOT: 122;
  export const ENOMEDIUM: 123;
  export const EMEDIUMTYPE: 124;
  export const ECANCELED: 125;
  export const ENOKEY: 126;
  export const EKEYEXPIRED: 127;
  export const EKEYREVOKED: 128;
  export const EKEYREJECTED: 129;
  export const EOWNERDEAD: 130;
  export const ENOTRECOVERABLE: 131;
  export const ERFKILL: 132;
  export const EHWPOISON: 133;
  export const EWOULDBLOCK: 11;
  export const EDEADLOCK: 35;
  export const ENOTSUP: 95;

  /** Per fop: arguments as received and as accepted, the reply likewise, and the reply by name. */
  export interface FopTable {
    stat: {
      args: [loc: Loc, xdata: Dict | null];
      given: [loc: Loc, xdata?: DictLike | null];
      reply: [buf: Iatt, xdata: Dict | null];
      answer: [buf: Iatt | null, xdata: DictLike | null];
      parts: { readonly buf: Iatt; readonly xdata: Dict | null };
      mine: { buf?: Iatt | null; xdata?: DictLike | null };
    };
    readlink: {
      args: [loc: Loc, size: number, xdata: Dict | null];
      given: [loc: Loc, size: number, xdata?: DictLike | null];
      reply: [path: string, buf: Iatt, xdata: Dict | null];
      answer: [path: string | null, buf: Iatt | null, xdata: DictLike | null];
      parts: { readonly path: string; readonly buf: Iatt; readonly xdata: Dict | null };
      mine: { path?: string | null; buf?: Iatt | null; xdata?: DictLike | null };
    };
    mknod: {
      args: [loc: Loc, mode: number, rdev: number, umask: number, xdata: Dict | null];
      given: [loc: Loc, mode: number, rdev: number, umask: number, xdata?: DictLike | null];
      reply: [inode: Inode, buf: Iatt, preparent: Iatt, postparent: Iatt, xdata: Dict | null];
      answer: [
        inode: Inode | null,
        buf: Iatt | null,
        preparent: Iatt | null,
        postparent: Iatt | null,
        xdata: DictLike | null,
      ];
      parts: {
        readonly inode: Inode;
        readonly buf: Iatt;
        readonly preparent: Iatt;
        readonly postparent: Iatt;
        readonly xdata: Dict | null;
      };
      mine: {
        inode?: Inode | null;
        buf?: Iatt | null;
        preparent?: Iatt | null;
        postparent?: Iatt | null;
        xdata?: DictLike | null;
      };
    };
    mkdir: {
      args: [loc: Loc, mode: number, umask: number, xdata: Dict | null];
      given: [loc: Loc, mode: number, umask: number, xdata?: DictLike | null];
      reply: [inode: Inode, buf: Iatt, preparent: Iatt, postparent: Iatt, xdata: Dict | null];
      answer: [
        inode: Inode | null,
        buf: Iatt | null,
        preparent: Iatt | null,
        postparent: Iatt | null,
        xdata: DictLike | null,
      ];
      parts: {
        readonly inode: Inode;
        readonly buf: Iatt;
        readonly preparent: Iatt;
        readonly postparent: Iatt;
        readonly xdata: Dict | null;
      };
      mine: {
        inode?: Inode | null;
        buf?: Iatt | null;
        preparent?: Iatt | null;
        postparent?: Iatt | null;
        xdata?: DictLike | null;
      };
    };
    unlink: {
      args: [loc: Loc, xflag: number, xdata: Dict | null];
      given: [loc: Loc, xflag: number, xdata?: DictLike | null];
      reply: [preparent: Iatt, postparent: Iatt, xdata: Dict | null];
      answer: [preparent: Iatt | null, postparent: Iatt | null, xdata: DictLike | null];
      parts: { readonly preparent: Iatt; readonly postparent: Iatt; readonly xdata: Dict | null };
      mine: { preparent?: Iatt | null; postparent?: Iatt | null; xdata?: DictLike | null };
    };
    rmdir: {
      args: [loc: Loc, flags: number, xdata: Dict | null];
      given: [loc: Loc, flags: number, xdata?: DictLike | null];
      reply: [preparent: Iatt, postparent: Iatt, xdata: Dict | null];
      answer: [preparent: Iatt | null, postparent: Iatt | null, xdata: DictLike | null];
      parts: { readonly preparent: Iatt; readonly postparent: Iatt; readonly xdata: Dict | null };
      mine: { preparent?: Iatt | null; postparent?: Iatt | null; xdata?: DictLike | null };
    };
    symlink: {
      args: [linkpath: string, loc: Loc, umask: number, xdata: Dict | null];
      given: [linkpath: string, loc: Loc, umask: number, xdata?: DictLike | null];
      reply: [inode: Inode, buf: Iatt, preparent: Iatt, postparent: Iatt, xdata: Dict | null];
      answer: [
        inode: Inode | null,
        buf: Iatt | null,
        preparent: Iatt | null,
        postparent: Iatt | null,
        xdata: DictLike | null,
      ];
      parts: {
        readonly inode: Inode;
        readonly buf: Iatt;
        readonly preparent: Iatt;
        readonly postparent: Iatt;
        readonly xdata: Dict | null;
      };
      mine: {
        inode?: Inode | null;
        buf?: Iatt | null;
        preparent?: Iatt | null;
        postparent?: Iatt | null;
        xdata?: DictLike | null;
      };
    };
    rename: {
      args: [oldloc: Loc, newloc: Loc, xdata: Dict | null];
      given: [oldloc: Loc, newloc: Loc, xdata?: DictLike | null];
      reply: [
        buf: Iatt,
        preoldparent: Iatt,
        postoldparent: Iatt,
        prenewparent: Iatt,
        postnewparent: Iatt,
        xdata: Dict | null,
      ];
      answer: [
        buf: Iatt | null,
        preoldparent: Iatt | null,
        postoldparent: Iatt | null,
        prenewparent: Iatt | null,
        postnewparent: Iatt | null,
        xdata: DictLike | null,
      ];
      parts: {
        readonly buf: Iatt;
        readonly preoldparent: Iatt;
        readonly postoldparent: Iatt;
        readonly prenewparent: Iatt;
        readonly postnewparent: Iatt;
        readonly xdata: Dict | null;
      };
      mine: {
        buf?: Iatt | null;
        preoldparent?: Iatt | null;
        postoldparent?: Iatt | null;
        prenewparent?: Iatt | null;
        postnewparent?: Iatt | null;
        xdata?: DictLike | null;
      };
    };
    link: {
      args: [oldloc: Loc, newloc: Loc, xdata: Dict | null];
      given: [oldloc: Loc, newloc: Loc, xdata?: DictLike | null];
      reply: [inode: Inode, buf: Iatt, preparent: Iatt, postparent: Iatt, xdata: Dict | null];
      answer: [
        inode: Inode | null,
        buf: Iatt | null,
        preparent: Iatt | null,
        postparent: Iatt | null,
        xdata: DictLike | null,
      ];
      parts: {
        readonly inode: Inode;
        readonly buf: Iatt;
        readonly preparent: Iatt;
        readonly postparent: Iatt;
        readonly xdata: Dict | null;
      };
      mine: {
        inode?: Inode | null;
        buf?: Iatt | null;
        preparent?: Iatt | null;
        postparent?: Iatt | null;
        xdata?: DictLike | null;
      };
    };
    truncate: {
      args: [loc: Loc, offset: number, xdata: Dict | null];
      given: [loc: Loc, offset: number, xdata?: DictLike | null];
      reply: [prebuf: Iatt, postbuf: Iatt, xdata: Dict | null];
      answer: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly prebuf: Iatt; readonly postbuf: Iatt; readonly xdata: Dict | null };
      mine: { prebuf?: Iatt | null; postbuf?: Iatt | null; xdata?: DictLike | null };
    };
    open: {
      args: [loc: Loc, flags: number, fd: Fd, xdata: Dict | null];
      given: [loc: Loc, flags: number, fd?: Fd | null, xdata?: DictLike | null];
      reply: [fd: Fd, xdata: Dict | null];
      answer: [fd: Fd | null, xdata: DictLike | null];
      parts: { readonly fd: Fd; readonly xdata: Dict | null };
      mine: { fd?: Fd | null; xdata?: DictLike | null };
    };
    readv: {
      args: [fd: Fd, size: number, offset: number, flags: number, xdata: Dict | null];
      given: [fd: Fd, size: number, offset: number, flags: number, xdata?: DictLike | null];
      reply: [vector: Data, stbuf: Iatt, xdata: Dict | null];
      answer: [vector: Bytes | null, stbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly vector: Data; readonly stbuf: Iatt; readonly xdata: Dict | null };
      mine: { vector?: Bytes | null; stbuf?: Iatt | null; xdata?: DictLike | null };
    };
    writev: {
      args: [fd: Fd, vector: Data, offset: number, flags: number, xdata: Dict | null];
      given: [fd: Fd, vector: Bytes, offset: number, flags: number, xdata?: DictLike | null];
      reply: [prebuf: Iatt, postbuf: Iatt, xdata: Dict | null];
      answer: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly prebuf: Iatt; readonly postbuf: Iatt; readonly xdata: Dict | null };
      mine: { prebuf?: Iatt | null; postbuf?: Iatt | null; xdata?: DictLike | null };
    };
    statfs: {
      args: [loc: Loc, xdata: Dict | null];
      given: [loc: Loc, xdata?: DictLike | null];
      reply: [buf: Statvfs, xdata: Dict | null];
      answer: [buf: Statvfs | null, xdata: DictLike | null];
      parts: { readonly buf: Statvfs; readonly xdata: Dict | null };
      mine: { buf?: Statvfs | null; xdata?: DictLike | null };
    };
    flush: {
      args: [fd: Fd, xdata: Dict | null];
      given: [fd: Fd, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    fsync: {
      args: [fd: Fd, datasync: number, xdata: Dict | null];
      given: [fd: Fd, datasync: number, xdata?: DictLike | null];
      reply: [prebuf: Iatt, postbuf: Iatt, xdata: Dict | null];
      answer: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly prebuf: Iatt; readonly postbuf: Iatt; readonly xdata: Dict | null };
      mine: { prebuf?: Iatt | null; postbuf?: Iatt | null; xdata?: DictLike | null };
    };
    setxattr: {
      args: [loc: Loc, dict: Dict | null, flags: number, xdata: Dict | null];
      given: [loc: Loc, dict: DictLike | null, flags: number, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    getxattr: {
      args: [loc: Loc, name: string | null, xdata: Dict | null];
      given: [loc: Loc, name: string | null, xdata?: DictLike | null];
      reply: [dict: Dict, xdata: Dict | null];
      answer: [dict: DictLike | null, xdata: DictLike | null];
      parts: { readonly dict: Dict; readonly xdata: Dict | null };
      mine: { dict?: DictLike | null; xdata?: DictLike | null };
    };
    removexattr: {
      args: [loc: Loc, name: string, xdata: Dict | null];
      given: [loc: Loc, name: string, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    opendir: {
      args: [loc: Loc, fd: Fd, xdata: Dict | null];
      given: [loc: Loc, fd?: Fd | null, xdata?: DictLike | null];
      reply: [fd: Fd, xdata: Dict | null];
      answer: [fd: Fd | null, xdata: DictLike | null];
      parts: { readonly fd: Fd; readonly xdata: Dict | null };
      mine: { fd?: Fd | null; xdata?: DictLike | null };
    };
    fsyncdir: {
      args: [fd: Fd, datasync: number, xdata: Dict | null];
      given: [fd: Fd, datasync: number, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    access: {
      args: [loc: Loc, mask: number, xdata: Dict | null];
      given: [loc: Loc, mask: number, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    create: {
      args: [loc: Loc, flags: number, mode: number, umask: number, fd: Fd, xdata: Dict | null];
      given: [
        loc: Loc,
        flags: number,
        mode: number,
        umask: number,
        fd?: Fd | null,
        xdata?: DictLike | null,
      ];
      reply: [
        fd: Fd,
        inode: Inode,
        buf: Iatt,
        preparent: Iatt,
        postparent: Iatt,
        xdata: Dict | null,
      ];
      answer: [
        fd: Fd | null,
        inode: Inode | null,
        buf: Iatt | null,
        preparent: Iatt | null,
        postparent: Iatt | null,
        xdata: DictLike | null,
      ];
      parts: {
        readonly fd: Fd;
        readonly inode: Inode;
        readonly buf: Iatt;
        readonly preparent: Iatt;
        readonly postparent: Iatt;
        readonly xdata: Dict | null;
      };
      mine: {
        fd?: Fd | null;
        inode?: Inode | null;
        buf?: Iatt | null;
        preparent?: Iatt | null;
        postparent?: Iatt | null;
        xdata?: DictLike | null;
      };
    };
    ftruncate: {
      args: [fd: Fd, offset: number, xdata: Dict | null];
      given: [fd: Fd, offset: number, xdata?: DictLike | null];
      reply: [prebuf: Iatt, postbuf: Iatt, xdata: Dict | null];
      answer: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly prebuf: Iatt; readonly postbuf: Iatt; readonly xdata: Dict | null };
      mine: { prebuf?: Iatt | null; postbuf?: Iatt | null; xdata?: DictLike | null };
    };
    fstat: {
      args: [fd: Fd, xdata: Dict | null];
      given: [fd: Fd, xdata?: DictLike | null];
      reply: [buf: Iatt, xdata: Dict | null];
      answer: [buf: Iatt | null, xdata: DictLike | null];
      parts: { readonly buf: Iatt; readonly xdata: Dict | null };
      mine: { buf?: Iatt | null; xdata?: DictLike | null };
    };
    lk: {
      args: [fd: Fd, cmd: number, flock: Flock, xdata: Dict | null];
      given: [fd: Fd, cmd: number, flock: Flock, xdata?: DictLike | null];
      reply: [flock: Flock, xdata: Dict | null];
      answer: [flock: Flock | null, xdata: DictLike | null];
      parts: { readonly flock: Flock; readonly xdata: Dict | null };
      mine: { flock?: Flock | null; xdata?: DictLike | null };
    };
    lookup: {
      args: [loc: Loc, xdata: Dict | null];
      given: [loc: Loc, xdata?: DictLike | null];
      reply: [inode: Inode, buf: Iatt, xdata: Dict | null, postparent: Iatt];
      answer: [
        inode: Inode | null,
        buf: Iatt | null,
        xdata: DictLike | null,
        postparent: Iatt | null,
      ];
      parts: {
        readonly inode: Inode;
        readonly buf: Iatt;
        readonly xdata: Dict | null;
        readonly postparent: Iatt;
      };
      mine: {
        inode?: Inode | null;
        buf?: Iatt | null;
        xdata?: DictLike | null;
        postparent?: Iatt | null;
      };
    };
    readdir: {
      args: [fd: Fd, size: number, offset: number, xdata: Dict | null];
      given: [fd: Fd, size: number, offset: number, xdata?: DictLike | null];
      reply: [entries: Dirent[], xdata: Dict | null];
      answer: [entries: readonly Dirent[] | null, xdata: DictLike | null];
      parts: { readonly entries: Dirent[]; readonly xdata: Dict | null };
      mine: { entries?: readonly Dirent[] | null; xdata?: DictLike | null };
    };
    inodelk: {
      args: [volume: string, loc: Loc, cmd: number, flock: Flock, xdata: Dict | null];
      given: [volume: string, loc: Loc, cmd: number, flock: Flock, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    finodelk: {
      args: [volume: string, fd: Fd, cmd: number, flock: Flock, xdata: Dict | null];
      given: [volume: string, fd: Fd, cmd: number, flock: Flock, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    entrylk: {
      args: [
        volume: string,
        loc: Loc,
        basename: string | null,
        cmd: number,
        type: number,
        xdata: Dict | null,
      ];
      given: [
        volume: string,
        loc: Loc,
        basename: string | null,
        cmd: number,
        type: number,
        xdata?: DictLike | null,
      ];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    fentrylk: {
      args: [
        volume: string,
        fd: Fd,
        basename: string | null,
        cmd: number,
        type: number,
        xdata: Dict | null,
      ];
      given: [
        volume: string,
        fd: Fd,
        basename: string | null,
        cmd: number,
        type: number,
        xdata?: DictLike | null,
      ];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    xattrop: {
      args: [loc: Loc, optype: number, dict: Dict | null, xdata: Dict | null];
      given: [loc: Loc, optype: number, dict: DictLike | null, xdata?: DictLike | null];
      reply: [dict: Dict, xdata: Dict | null];
      answer: [dict: DictLike | null, xdata: DictLike | null];
      parts: { readonly dict: Dict; readonly xdata: Dict | null };
      mine: { dict?: DictLike | null; xdata?: DictLike | null };
    };
    fxattrop: {
      args: [fd: Fd, optype: number, dict: Dict | null, xdata: Dict | null];
      given: [fd: Fd, optype: number, dict: DictLike | null, xdata?: DictLike | null];
      reply: [dict: Dict, xdata: Dict | null];
      answer: [dict: DictLike | null, xdata: DictLike | null];
      parts: { readonly dict: Dict; readonly xdata: Dict | null };
      mine: { dict?: DictLike | null; xdata?: DictLike | null };
    };
    fgetxattr: {
      args: [fd: Fd, name: string | null, xdata: Dict | null];
      given: [fd: Fd, name: string | null, xdata?: DictLike | null];
      reply: [dict: Dict, xdata: Dict | null];
      answer: [dict: DictLike | null, xdata: DictLike | null];
      parts: { readonly dict: Dict; readonly xdata: Dict | null };
      mine: { dict?: DictLike | null; xdata?: DictLike | null };
    };
    fsetxattr: {
      args: [fd: Fd, dict: Dict | null, flags: number, xdata: Dict | null];
      given: [fd: Fd, dict: DictLike | null, flags: number, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    rchecksum: {
      args: [fd: Fd, offset: number, len: number, xdata: Dict | null];
      given: [fd: Fd, offset: number, len: number, xdata?: DictLike | null];
      reply: [weak: number, strong: Data, xdata: Dict | null];
      answer: [weak: number, strong: Bytes | null, xdata: DictLike | null];
      parts: { readonly weak: number; readonly strong: Data; readonly xdata: Dict | null };
      mine: { weak?: number; strong?: Bytes | null; xdata?: DictLike | null };
    };
    setattr: {
      args: [loc: Loc, stbuf: Iatt, valid: number, xdata: Dict | null];
      given: [loc: Loc, stbuf: Iatt, valid: number, xdata?: DictLike | null];
      reply: [statpre: Iatt, statpost: Iatt, xdata: Dict | null];
      answer: [statpre: Iatt | null, statpost: Iatt | null, xdata: DictLike | null];
      parts: { readonly statpre: Iatt; readonly statpost: Iatt; readonly xdata: Dict | null };
      mine: { statpre?: Iatt | null; statpost?: Iatt | null; xdata?: DictLike | null };
    };
    fsetattr: {
      args: [fd: Fd, stbuf: Iatt, valid: number, xdata: Dict | null];
      given: [fd: Fd, stbuf: Iatt, valid: number, xdata?: DictLike | null];
      reply: [statpre: Iatt, statpost: Iatt, xdata: Dict | null];
      answer: [statpre: Iatt | null, statpost: Iatt | null, xdata: DictLike | null];
      parts: { readonly statpre: Iatt; readonly statpost: Iatt; readonly xdata: Dict | null };
      mine: { statpre?: Iatt | null; statpost?: Iatt | null; xdata?: DictLike | null };
    };
    readdirp: {
      args: [fd: Fd, size: number, offset: number, xdata: Dict | null];
      given: [fd: Fd, size: number, offset: number, xdata?: DictLike | null];
      reply: [entries: Dirent[], xdata: Dict | null];
      answer: [entries: readonly Dirent[] | null, xdata: DictLike | null];
      parts: { readonly entries: Dirent[]; readonly xdata: Dict | null };
      mine: { entries?: readonly Dirent[] | null; xdata?: DictLike | null };
    };
    getspec: {
      args: [key: string, flags: number];
      given: [key: string, flags: number];
      reply: [spec: string];
      answer: [spec: string | null];
      parts: { readonly spec: string };
      mine: { spec?: string | null };
    };
    fremovexattr: {
      args: [fd: Fd, name: string, xdata: Dict | null];
      given: [fd: Fd, name: string, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    fallocate: {
      args: [fd: Fd, mode: number, offset: number, len: number, xdata: Dict | null];
      given: [fd: Fd, mode: number, offset: number, len: number, xdata?: DictLike | null];
      reply: [prebuf: Iatt, postbuf: Iatt, xdata: Dict | null];
      answer: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly prebuf: Iatt; readonly postbuf: Iatt; readonly xdata: Dict | null };
      mine: { prebuf?: Iatt | null; postbuf?: Iatt | null; xdata?: DictLike | null };
    };
    discard: {
      args: [fd: Fd, offset: number, len: number, xdata: Dict | null];
      given: [fd: Fd, offset: number, len: number, xdata?: DictLike | null];
      reply: [prebuf: Iatt, postbuf: Iatt, xdata: Dict | null];
      answer: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly prebuf: Iatt; readonly postbuf: Iatt; readonly xdata: Dict | null };
      mine: { prebuf?: Iatt | null; postbuf?: Iatt | null; xdata?: DictLike | null };
    };
    zerofill: {
      args: [fd: Fd, offset: number, len: number, xdata: Dict | null];
      given: [fd: Fd, offset: number, len: number, xdata?: DictLike | null];
      reply: [prebuf: Iatt, postbuf: Iatt, xdata: Dict | null];
      answer: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly prebuf: Iatt; readonly postbuf: Iatt; readonly xdata: Dict | null };
      mine: { prebuf?: Iatt | null; postbuf?: Iatt | null; xdata?: DictLike | null };
    };
    ipc: {
      args: [op: number, xdata: Dict | null];
      given: [op: number, xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    seek: {
      args: [fd: Fd, offset: number, what: number, xdata: Dict | null];
      given: [fd: Fd, offset: number, what: number, xdata?: DictLike | null];
      reply: [offset: number, xdata: Dict | null];
      answer: [offset: number, xdata: DictLike | null];
      parts: { readonly offset: number; readonly xdata: Dict | null };
      mine: { offset?: number; xdata?: DictLike | null };
    };
    lease: {
      args: [loc: Loc, lease: Lease, xdata: Dict | null];
      given: [loc: Loc, lease: Lease, xdata?: DictLike | null];
      reply: [lease: Lease, xdata: Dict | null];
      answer: [lease: Lease | null, xdata: DictLike | null];
      parts: { readonly lease: Lease; readonly xdata: Dict | null };
      mine: { lease?: Lease | null; xdata?: DictLike | null };
    };
    getactivelk: {
      args: [loc: Loc, xdata: Dict | null];
      given: [loc: Loc, xdata?: DictLike | null];
      reply: [locklist: Flock[], xdata: Dict | null];
      answer: [locklist: readonly Flock[] | null, xdata: DictLike | null];
      parts: { readonly locklist: Flock[]; readonly xdata: Dict | null };
      mine: { locklist?: readonly Flock[] | null; xdata?: DictLike | null };
    };
    setactivelk: {
      args: [loc: Loc, locklist: Flock[], xdata: Dict | null];
      given: [loc: Loc, locklist: readonly Flock[], xdata?: DictLike | null];
      reply: [xdata: Dict | null];
      answer: [xdata: DictLike | null];
      parts: { readonly xdata: Dict | null };
      mine: { xdata?: DictLike | null };
    };
    put: {
      args: [
        loc: Loc,
        mode: number,
        umask: number,
        flags: number,
        vector: Data,
        offset: number,
        dict: Dict | null,
        xdata: Dict | null,
      ];
      given: [
        loc: Loc,
        mode: number,
        umask: number,
        flags: number,
        vector: Bytes,
        offset: number,
        dict: DictLike | null,
        xdata?: DictLike | null,
      ];
      reply: [inode: Inode, buf: Iatt, preparent: Iatt, postparent: Iatt, xdata: Dict | null];
      answer: [
        inode: Inode | null,
        buf: Iatt | null,
        preparent: Iatt | null,
        postparent: Iatt | null,
        xdata: DictLike | null,
      ];
      parts: {
        readonly inode: Inode;
        readonly buf: Iatt;
        readonly preparent: Iatt;
        readonly postparent: Iatt;
        readonly xdata: Dict | null;
      };
      mine: {
        inode?: Inode | null;
        buf?: Iatt | null;
        preparent?: Iatt | null;
        postparent?: Iatt | null;
        xdata?: DictLike | null;
      };
    };
    icreate: {
      args: [loc: Loc, mode: number, xdata: Dict | null];
      given: [loc: Loc, mode: number, xdata?: DictLike | null];
      reply: [inode: Inode, buf: Iatt, xdata: Dict | null];
      answer: [inode: Inode | null, buf: Iatt | null, xdata: DictLike | null];
      parts: { readonly inode: Inode; readonly buf: Iatt; readonly xdata: Dict | null };
      mine: { inode?: Inode | null; buf?: Iatt | null; xdata?: DictLike | null };
    };
    namelink: {
      args: [loc: Loc, xdata: Dict | null];
      given: [loc: Loc, xdata?: DictLike | null];
      reply: [prebuf: Iatt, postbuf: Iatt, xdata: Dict | null];
      answer: [prebuf: Iatt | null, postbuf: Iatt | null, xdata: DictLike | null];
      parts: { readonly prebuf: Iatt; readonly postbuf: Iatt; readonly xdata: Dict | null };
      mine: { prebuf?: Iatt | null; postbuf?: Iatt | null; xdata?: DictLike | null };
    };
    copy_file_range: {
      args: [
        fdIn: Fd,
        offIn: number,
        fdOut: Fd,
        offOut: number,
        len: number,
        flags: number,
        xdata: Dict | null,
      ];
      given: [
        fdIn: Fd,
        offIn: number,
        fdOut: Fd,
        offOut: number,
        len: number,
        flags: number,
        xdata?: DictLike | null,
      ];
      reply: [stbuf: Iatt, prebufDst: Iatt, postbufDst: Iatt, xdata: Dict | null];
      answer: [
        stbuf: Iatt | null,
        prebufDst: Iatt | null,
        postbufDst: Iatt | null,
        xdata: DictLike | null,
      ];
      parts: {
        readonly stbuf: Iatt;
        readonly prebufDst: Iatt;
        readonly postbufDst: Iatt;
        readonly xdata: Dict | null;
      };
      mine: {
        stbuf?: Iatt | null;
        prebufDst?: Iatt | null;
        postbufDst?: Iatt | null;
        xdata?: DictLike | null;
      };
    };
  }

  /** The methods that a translator may define for each fop. */
  interface FopMethods {
    /**
     * Reads the attributes of an object. Asked by: stat(2) and the like, when the kernel's cached attributes have expired.
     *
     * The reply (buf, xdata): buf is the result of stat(2), and the kernel caches it for the attribute timeout.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param xdata extra keys between translators; may be missing
     */
    stat?(frame: Frame<'stat'>, loc: Loc, xdata: Dict | null): Nothing | Promise<Returned<'stat'>>;
    /**
     * buf is the result of stat(2), and the kernel caches it for the attribute timeout. After a failure (opRet < 0) all parts are null.
     * @param buf attributes of the object, after the fop
     * @param xdata extra keys between translators; may be missing
     */
    statCbk?(
      frame: Frame<'stat'>,
      opRet: number,
      opErrno: number,
      buf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    statCancel?(frame: Frame<'stat'>): void;
    /**
     * Reads the target of a symbolic link. Asked by: readlink(2), and every path that leads through the link.
     *
     * The reply (path, buf, xdata): op_ret is the length of path in bytes.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param size maximum number of bytes
     * @param xdata extra keys between translators; may be missing
     */
    readlink?(
      frame: Frame<'readlink'>,
      loc: Loc,
      size: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'readlink'>>;
    /**
     * op_ret is the length of path in bytes. After a failure (opRet < 0) all parts are null.
     * @param path the stored target
     * @param buf attributes of the object, after the fop
     * @param xdata extra keys between translators; may be missing
     */
    readlinkCbk?(
      frame: Frame<'readlink'>,
      opRet: number,
      opErrno: number,
      path: string,
      buf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    readlinkCancel?(frame: Frame<'readlink'>): void;
    /**
     * Makes a regular file, device, FIFO or socket without opening it. Asked by: mknod(2), mkfifo(3), bind(2) of a local socket.
     *
     * The reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name and caches buf for a while.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param mode type and permission bits, as in stat(2), after the umask
     * @param rdev the device number, for block and character devices
     * @param umask the caller's umask, for a storage with default ACLs
     * @param xdata extra keys between translators; may be missing
     */
    mknod?(
      frame: Frame<'mknod'>,
      loc: Loc,
      mode: number,
      rdev: number,
      umask: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'mknod'>>;
    /**
     * The kernel links the inode under the name and caches buf for a while. After a failure (opRet < 0) all parts are null.
     * @param inode the inode of the name
     * @param buf attributes of the object, after the fop
     * @param preparent attributes of the directory before
     * @param postparent attributes of the directory after
     * @param xdata extra keys between translators; may be missing
     */
    mknodCbk?(
      frame: Frame<'mknod'>,
      opRet: number,
      opErrno: number,
      inode: Inode,
      buf: Iatt,
      preparent: Iatt,
      postparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    mknodCancel?(frame: Frame<'mknod'>): void;
    /**
     * Makes a directory. Asked by: mkdir(2).
     *
     * The reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name and caches buf for a while.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param mode type and permission bits, as in stat(2), after the umask
     * @param umask the caller's umask, for a storage with default ACLs
     * @param xdata extra keys between translators; may be missing
     */
    mkdir?(
      frame: Frame<'mkdir'>,
      loc: Loc,
      mode: number,
      umask: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'mkdir'>>;
    /**
     * The kernel links the inode under the name and caches buf for a while. After a failure (opRet < 0) all parts are null.
     * @param inode the inode of the name
     * @param buf attributes of the object, after the fop
     * @param preparent attributes of the directory before
     * @param postparent attributes of the directory after
     * @param xdata extra keys between translators; may be missing
     */
    mkdirCbk?(
      frame: Frame<'mkdir'>,
      opRet: number,
      opErrno: number,
      inode: Inode,
      buf: Iatt,
      preparent: Iatt,
      postparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    mkdirCancel?(frame: Frame<'mkdir'>): void;
    /**
     * Removes a name of a file; the file is deleted with its last name and last open fd. Asked by: unlink(2).
     *
     * The reply (preparent, postparent, xdata): Attributes of the directory; the kernel forgets the name.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param xflag GlusterFS-internal; 0 from a mount
     * @param xdata extra keys between translators; may be missing
     */
    unlink?(
      frame: Frame<'unlink'>,
      loc: Loc,
      xflag: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'unlink'>>;
    /**
     * Attributes of the directory; the kernel forgets the name. After a failure (opRet < 0) all parts are null.
     * @param preparent attributes of the directory before
     * @param postparent attributes of the directory after
     * @param xdata extra keys between translators; may be missing
     */
    unlinkCbk?(
      frame: Frame<'unlink'>,
      opRet: number,
      opErrno: number,
      preparent: Iatt,
      postparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    unlinkCancel?(frame: Frame<'unlink'>): void;
    /**
     * Removes an empty directory; ENOTEMPTY for any other. Asked by: rmdir(2).
     *
     * The reply (preparent, postparent, xdata): Attributes of the parent directory; the kernel forgets the name.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param flags not 0: with its content; 0 from a mount
     * @param xdata extra keys between translators; may be missing
     */
    rmdir?(
      frame: Frame<'rmdir'>,
      loc: Loc,
      flags: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'rmdir'>>;
    /**
     * Attributes of the parent directory; the kernel forgets the name. After a failure (opRet < 0) all parts are null.
     * @param preparent attributes of the directory before
     * @param postparent attributes of the directory after
     * @param xdata extra keys between translators; may be missing
     */
    rmdirCbk?(
      frame: Frame<'rmdir'>,
      opRet: number,
      opErrno: number,
      preparent: Iatt,
      postparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    rmdirCancel?(frame: Frame<'rmdir'>): void;
    /**
     * Makes a symbolic link. Asked by: symlink(2).
     *
     * The reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name and caches buf for a while.
     * @param linkpath the target to store
     * @param loc the object, by inode, and by parent and name if they are known
     * @param umask the caller's umask, for a storage with default ACLs
     * @param xdata extra keys between translators; may be missing
     */
    symlink?(
      frame: Frame<'symlink'>,
      linkpath: string,
      loc: Loc,
      umask: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'symlink'>>;
    /**
     * The kernel links the inode under the name and caches buf for a while. After a failure (opRet < 0) all parts are null.
     * @param inode the inode of the name
     * @param buf attributes of the object, after the fop
     * @param preparent attributes of the directory before
     * @param postparent attributes of the directory after
     * @param xdata extra keys between translators; may be missing
     */
    symlinkCbk?(
      frame: Frame<'symlink'>,
      opRet: number,
      opErrno: number,
      inode: Inode,
      buf: Iatt,
      preparent: Iatt,
      postparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    symlinkCancel?(frame: Frame<'symlink'>): void;
    /**
     * Renames an object atomically, and replaces an object of the new name. Asked by: rename(2); the flags of renameat2(2) come in xdata.
     *
     * The reply (buf, preoldparent, postoldparent, prenewparent, postnewparent, xdata): Attributes of the object and of both directories, before and after.
     * @param oldloc the existing name
     * @param newloc the new name; its inode is unset when no object has that name
     * @param xdata extra keys between translators; may be missing
     */
    rename?(
      frame: Frame<'rename'>,
      oldloc: Loc,
      newloc: Loc,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'rename'>>;
    /**
     * Attributes of the object and of both directories, before and after. After a failure (opRet < 0) all parts are null.
     * @param buf attributes of the object, after the fop
     * @param preoldparent attributes of the old directory before
     * @param postoldparent attributes of the old directory after
     * @param prenewparent attributes of the new directory before
     * @param postnewparent attributes of the new directory after
     * @param xdata extra keys between translators; may be missing
     */
    renameCbk?(
      frame: Frame<'rename'>,
      opRet: number,
      opErrno: number,
      buf: Iatt,
      preoldparent: Iatt,
      postoldparent: Iatt,
      prenewparent: Iatt,
      postnewparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    renameCancel?(frame: Frame<'rename'>): void;
    /**
     * Adds a name to a file. Asked by: link(2).
     *
     * The reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name and caches buf for a while.
     * @param oldloc the existing name
     * @param newloc the new name; its inode is unset when no object has that name
     * @param xdata extra keys between translators; may be missing
     */
    link?(
      frame: Frame<'link'>,
      oldloc: Loc,
      newloc: Loc,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'link'>>;
    /**
     * The kernel links the inode under the name and caches buf for a while. After a failure (opRet < 0) all parts are null.
     * @param inode the inode of the name
     * @param buf attributes of the object, after the fop
     * @param preparent attributes of the directory before
     * @param postparent attributes of the directory after
     * @param xdata extra keys between translators; may be missing
     */
    linkCbk?(
      frame: Frame<'link'>,
      opRet: number,
      opErrno: number,
      inode: Inode,
      buf: Iatt,
      preparent: Iatt,
      postparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    linkCancel?(frame: Frame<'link'>): void;
    /**
     * Sets the size of a file, by name. Asked by: truncate(2).
     *
     * The reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times from those after.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param offset the new size, in bytes
     * @param xdata extra keys between translators; may be missing
     */
    truncate?(
      frame: Frame<'truncate'>,
      loc: Loc,
      offset: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'truncate'>>;
    /**
     * Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param prebuf attributes before
     * @param postbuf attributes after
     * @param xdata extra keys between translators; may be missing
     */
    truncateCbk?(
      frame: Frame<'truncate'>,
      opRet: number,
      opErrno: number,
      prebuf: Iatt,
      postbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    truncateCancel?(frame: Frame<'truncate'>): void;
    /**
     * Opens a file. Asked by: open(2) of an existing file; ftruncate follows for O_TRUNC.
     *
     * The reply (fd, xdata): fd, unchanged. Reads and writes then carry it, until `release`.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param flags flags of open(2), such as O_RDWR or O_APPEND
     * @param fd the open file or directory
     * @param xdata extra keys between translators; may be missing
     */
    open?(
      frame: Frame<'open'>,
      loc: Loc,
      flags: number,
      fd: Fd,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'open'>>;
    /**
     * fd, unchanged. Reads and writes then carry it, until `release`. After a failure (opRet < 0) all parts are null.
     * @param fd the open file or directory
     * @param xdata extra keys between translators; may be missing
     */
    openCbk?(
      frame: Frame<'open'>,
      opRet: number,
      opErrno: number,
      fd: Fd,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    openCancel?(frame: Frame<'open'>): void;
    /**
     * Reads data. Asked by: read(2), pread(2), mmap(2), execve(2); the kernel reads whole pages, and ahead.
     *
     * The reply (vector, stbuf, xdata): op_ret is the number of bytes in vector. Fewer than size means that the file ends there, and the kernel shows the rest as zeros or as the end.
     * @param fd the open file or directory
     * @param size maximum number of bytes
     * @param offset start, in bytes
     * @param flags flags of the open
     * @param xdata extra keys between translators; may be missing
     */
    readv?(
      frame: Frame<'readv'>,
      fd: Fd,
      size: number,
      offset: number,
      flags: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'readv'>>;
    /**
     * op_ret is the number of bytes in vector. Fewer than size means that the file ends there, and the kernel shows the rest as zeros or as the end. After a failure (opRet < 0) all parts are null.
     * @param vector the data
     * @param stbuf attributes of the file
     * @param xdata extra keys between translators; may be missing
     */
    readvCbk?(
      frame: Frame<'readv'>,
      opRet: number,
      opErrno: number,
      vector: Data,
      stbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    readvCancel?(frame: Frame<'readv'>): void;
    /**
     * Writes data. Asked by: write(2), pwrite(2), and written pages of mmap(2); with `glossa.kill-priv` in xdata the file loses set-user-id and the like.
     *
     * The reply (prebuf, postbuf, xdata): op_ret is the number of bytes written: fewer than given is a short write. Attributes before and after; the kernel takes size and times from those after.
     * @param fd the open file or directory
     * @param vector the data
     * @param offset start, in bytes
     * @param flags flags of the open, and O_DSYNC or O_SYNC if this write must be on the disk before the reply
     * @param xdata extra keys between translators; may be missing
     */
    writev?(
      frame: Frame<'writev'>,
      fd: Fd,
      vector: Data,
      offset: number,
      flags: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'writev'>>;
    /**
     * op_ret is the number of bytes written: fewer than given is a short write. Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param prebuf attributes before
     * @param postbuf attributes after
     * @param xdata extra keys between translators; may be missing
     */
    writevCbk?(
      frame: Frame<'writev'>,
      opRet: number,
      opErrno: number,
      prebuf: Iatt,
      postbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    writevCancel?(frame: Frame<'writev'>): void;
    /**
     * Reads the size and the free space of the storage. Asked by: statfs(2), statvfs(3), df.
     *
     * The reply (buf, xdata): buf is the result of statvfs(3).
     * @param loc the object, by inode, and by parent and name if they are known
     * @param xdata extra keys between translators; may be missing
     */
    statfs?(
      frame: Frame<'statfs'>,
      loc: Loc,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'statfs'>>;
    /**
     * buf is the result of statvfs(3). After a failure (opRet < 0) all parts are null.
     * @param buf block sizes and numbers of blocks and files
     * @param xdata extra keys between translators; may be missing
     */
    statfsCbk?(
      frame: Frame<'statfs'>,
      opRet: number,
      opErrno: number,
      buf: Statvfs,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    statfsCancel?(frame: Frame<'statfs'>): void;
    /**
     * Reports the close of one descriptor; others of the file may stay open. Asked by: every close(2), also at the end of a process.
     *
     * The reply (xdata): Success only. close(2) returns an error.
     * @param fd the open file or directory
     * @param xdata extra keys between translators; may be missing
     */
    flush?(frame: Frame<'flush'>, fd: Fd, xdata: Dict | null): Nothing | Promise<Returned<'flush'>>;
    /**
     * Success only. close(2) returns an error. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    flushCbk?(frame: Frame<'flush'>, opRet: number, opErrno: number, xdata: Dict | null): void;
    /** Called when the caller has given up. */
    flushCancel?(frame: Frame<'flush'>): void;
    /**
     * Flushes written data to stable storage. Asked by: fsync(2), fdatasync(2), O_SYNC.
     *
     * The reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times from those after.
     * @param fd the open file or directory
     * @param datasync not 0: only the data and the metadata needed to read it, as fdatasync(2)
     * @param xdata extra keys between translators; may be missing
     */
    fsync?(
      frame: Frame<'fsync'>,
      fd: Fd,
      datasync: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fsync'>>;
    /**
     * Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param prebuf attributes before
     * @param postbuf attributes after
     * @param xdata extra keys between translators; may be missing
     */
    fsyncCbk?(
      frame: Frame<'fsync'>,
      opRet: number,
      opErrno: number,
      prebuf: Iatt,
      postbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fsyncCancel?(frame: Frame<'fsync'>): void;
    /**
     * Sets extended attributes. Asked by: setxattr(2).
     *
     * The reply (xdata): Success only.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param dict extended attributes, name to value
     * @param flags 1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA
     * @param xdata extra keys between translators; may be missing
     */
    setxattr?(
      frame: Frame<'setxattr'>,
      loc: Loc,
      dict: Dict | null,
      flags: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'setxattr'>>;
    /**
     * Success only. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    setxattrCbk?(
      frame: Frame<'setxattr'>,
      opRet: number,
      opErrno: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    setxattrCancel?(frame: Frame<'setxattr'>): void;
    /**
     * Reads one or all extended attributes; ENODATA for an absent name. Asked by: getxattr(2), listxattr(2).
     *
     * The reply (dict, xdata): dict has the value under the name, or all names with their values.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param name the extended attribute's name; none asks for all of them
     * @param xdata extra keys between translators; may be missing
     */
    getxattr?(
      frame: Frame<'getxattr'>,
      loc: Loc,
      name: string | null,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'getxattr'>>;
    /**
     * dict has the value under the name, or all names with their values. After a failure (opRet < 0) all parts are null.
     * @param dict extended attributes, name to value
     * @param xdata extra keys between translators; may be missing
     */
    getxattrCbk?(
      frame: Frame<'getxattr'>,
      opRet: number,
      opErrno: number,
      dict: Dict,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    getxattrCancel?(frame: Frame<'getxattr'>): void;
    /**
     * Removes an extended attribute; ENODATA for an absent name. Asked by: removexattr(2).
     *
     * The reply (xdata): Success only.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param name the attribute's name
     * @param xdata extra keys between translators; may be missing
     */
    removexattr?(
      frame: Frame<'removexattr'>,
      loc: Loc,
      name: string,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'removexattr'>>;
    /**
     * Success only. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    removexattrCbk?(
      frame: Frame<'removexattr'>,
      opRet: number,
      opErrno: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    removexattrCancel?(frame: Frame<'removexattr'>): void;
    /**
     * Opens a directory. Asked by: opendir(3).
     *
     * The reply (fd, xdata): fd, unchanged; valid until `releasedir`.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param fd the open file or directory
     * @param xdata extra keys between translators; may be missing
     */
    opendir?(
      frame: Frame<'opendir'>,
      loc: Loc,
      fd: Fd,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'opendir'>>;
    /**
     * fd, unchanged; valid until `releasedir`. After a failure (opRet < 0) all parts are null.
     * @param fd the open file or directory
     * @param xdata extra keys between translators; may be missing
     */
    opendirCbk?(
      frame: Frame<'opendir'>,
      opRet: number,
      opErrno: number,
      fd: Fd,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    opendirCancel?(frame: Frame<'opendir'>): void;
    /**
     * Flushes the names of a directory to stable storage. Asked by: fsync(2) of a directory; syncfs(2), as that of the root with glossa.sync-volume in xdata.
     *
     * The reply (xdata): Success only.
     * @param fd the open file or directory
     * @param datasync not 0: only the data and the metadata needed to read it, as fdatasync(2)
     * @param xdata extra keys between translators; may be missing
     */
    fsyncdir?(
      frame: Frame<'fsyncdir'>,
      fd: Fd,
      datasync: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fsyncdir'>>;
    /**
     * Success only. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    fsyncdirCbk?(
      frame: Frame<'fsyncdir'>,
      opRet: number,
      opErrno: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fsyncdirCancel?(frame: Frame<'fsyncdir'>): void;
    /**
     * Checks the caller's rights to an object. Asked by: access(2), chdir(2).
     *
     * The reply (xdata): Success only. EACCES is the usual refusal.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param mask the requested access: 4 read, 2 write, 1 execute; 0 asks for existence
     * @param xdata extra keys between translators; may be missing
     */
    access?(
      frame: Frame<'access'>,
      loc: Loc,
      mask: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'access'>>;
    /**
     * Success only. EACCES is the usual refusal. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    accessCbk?(frame: Frame<'access'>, opRet: number, opErrno: number, xdata: Dict | null): void;
    /** Called when the caller has given up. */
    accessCancel?(frame: Frame<'access'>): void;
    /**
     * Makes and opens a file atomically. Asked by: open(2) with O_CREAT of a name that the kernel does not know.
     *
     * The reply (fd, inode, buf, preparent, postparent, xdata): fd, unchanged. The kernel links the inode under the name and caches buf for a while. EEXIST with O_EXCL for an existing name.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param flags flags of open(2), such as O_RDWR or O_APPEND
     * @param mode permission bits, after the umask
     * @param umask the caller's umask, for a storage with default ACLs
     * @param fd the open file or directory
     * @param xdata extra keys between translators; may be missing
     */
    create?(
      frame: Frame<'create'>,
      loc: Loc,
      flags: number,
      mode: number,
      umask: number,
      fd: Fd,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'create'>>;
    /**
     * fd, unchanged. The kernel links the inode under the name and caches buf for a while. EEXIST with O_EXCL for an existing name. After a failure (opRet < 0) all parts are null.
     * @param fd the open file or directory
     * @param inode the inode of the name
     * @param buf attributes of the object, after the fop
     * @param preparent attributes of the directory before
     * @param postparent attributes of the directory after
     * @param xdata extra keys between translators; may be missing
     */
    createCbk?(
      frame: Frame<'create'>,
      opRet: number,
      opErrno: number,
      fd: Fd,
      inode: Inode,
      buf: Iatt,
      preparent: Iatt,
      postparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    createCancel?(frame: Frame<'create'>): void;
    /**
     * Sets the size of an open file. Asked by: ftruncate(2), and open(2) with O_TRUNC, after open.
     *
     * The reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times from those after.
     * @param fd the open file or directory
     * @param offset the new size, in bytes
     * @param xdata extra keys between translators; may be missing
     */
    ftruncate?(
      frame: Frame<'ftruncate'>,
      fd: Fd,
      offset: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'ftruncate'>>;
    /**
     * Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param prebuf attributes before
     * @param postbuf attributes after
     * @param xdata extra keys between translators; may be missing
     */
    ftruncateCbk?(
      frame: Frame<'ftruncate'>,
      opRet: number,
      opErrno: number,
      prebuf: Iatt,
      postbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    ftruncateCancel?(frame: Frame<'ftruncate'>): void;
    /**
     * Reads the attributes of an open file. Asked by: fstat(2), when the kernel's cached attributes have expired.
     *
     * The reply (buf, xdata): buf is the result of fstat(2).
     * @param fd the open file or directory
     * @param xdata extra keys between translators; may be missing
     */
    fstat?(frame: Frame<'fstat'>, fd: Fd, xdata: Dict | null): Nothing | Promise<Returned<'fstat'>>;
    /**
     * buf is the result of fstat(2). After a failure (opRet < 0) all parts are null.
     * @param buf attributes of the object, after the fop
     * @param xdata extra keys between translators; may be missing
     */
    fstatCbk?(
      frame: Frame<'fstat'>,
      opRet: number,
      opErrno: number,
      buf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fstatCancel?(frame: Frame<'fstat'>): void;
    /**
     * Sets, removes or tests a lock of an application. With glossa.flock in xdata it is a lock of flock(2), independent of record locks. Asked by: fcntl(2) locks and flock(2).
     *
     * The reply (flock, xdata): flock: for F_GETLK the conflicting lock, or type unlock without one. EAGAIN for a conflict when cmd does not wait; EDEADLK when it would wait for ever.
     * @param fd the open file or directory
     * @param cmd the command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW
     * @param flock type, range in bytes (len 0: to the end), owner and process of the lock
     * @param xdata extra keys between translators; may be missing
     */
    lk?(
      frame: Frame<'lk'>,
      fd: Fd,
      cmd: number,
      flock: Flock,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'lk'>>;
    /**
     * flock: for F_GETLK the conflicting lock, or type unlock without one. EAGAIN for a conflict when cmd does not wait; EDEADLK when it would wait for ever. After a failure (opRet < 0) all parts are null.
     * @param flock type, range in bytes (len 0: to the end), owner and process of the lock
     * @param xdata extra keys between translators; may be missing
     */
    lkCbk?(
      frame: Frame<'lk'>,
      opRet: number,
      opErrno: number,
      flock: Flock,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    lkCancel?(frame: Frame<'lk'>): void;
    /**
     * Finds an object by its name in a directory, or checks that it still exists. Asked by: every path of every system call, for each part that the kernel does not know.
     *
     * The reply (inode, buf, xdata, postparent): inode and buf, whose ia_gfid and ia_type identify the object; the kernel caches name and attributes for their timeouts. ENOENT for an absent name.
     * @param loc name in parent; without a name, the inode itself by its gfid
     * @param xdata extra keys between translators; may be missing
     */
    lookup?(
      frame: Frame<'lookup'>,
      loc: Loc,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'lookup'>>;
    /**
     * inode and buf, whose ia_gfid and ia_type identify the object; the kernel caches name and attributes for their timeouts. ENOENT for an absent name. After a failure (opRet < 0) all parts are null.
     * @param inode the inode of the name
     * @param buf attributes of the object, after the fop
     * @param xdata extra keys between translators; may be missing
     * @param postparent attributes of the directory
     */
    lookupCbk?(
      frame: Frame<'lookup'>,
      opRet: number,
      opErrno: number,
      inode: Inode,
      buf: Iatt,
      xdata: Dict | null,
      postparent: Iatt,
    ): void;
    /** Called when the caller has given up. */
    lookupCancel?(frame: Frame<'lookup'>): void;
    /**
     * Lists names of a directory. Asked by: readdir(3).
     *
     * The reply (entries, xdata): op_ret is the number of entries; 0 is the end of the directory.
     * @param fd the open file or directory
     * @param size maximum number of bytes
     * @param offset where to continue: the offset of the last listed entry, which is valid in each open; 0 is the start
     * @param xdata extra keys between translators; may be missing
     */
    readdir?(
      frame: Frame<'readdir'>,
      fd: Fd,
      size: number,
      offset: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'readdir'>>;
    /**
     * op_ret is the number of entries; 0 is the end of the directory. After a failure (opRet < 0) all parts are null.
     * @param entries names with inode number, type and the offset to continue after each
     * @param xdata extra keys between translators; may be missing
     */
    readdirCbk?(
      frame: Frame<'readdir'>,
      opRet: number,
      opErrno: number,
      entries: Dirent[],
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    readdirCancel?(frame: Frame<'readdir'>): void;
    /**
     * Locks a range of an inode among translators, independent of applications' locks. Asked by: other translators (replication, healing).
     *
     * The reply (xdata): Success only. EAGAIN for a conflict when cmd does not wait.
     * @param volume the domain of the lock: locks of different domains do not conflict
     * @param loc the object, by inode, and by parent and name if they are known
     * @param cmd the command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW
     * @param flock type, range in bytes (len 0: to the end), owner and process of the lock
     * @param xdata extra keys between translators; may be missing
     */
    inodelk?(
      frame: Frame<'inodelk'>,
      volume: string,
      loc: Loc,
      cmd: number,
      flock: Flock,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'inodelk'>>;
    /**
     * Success only. EAGAIN for a conflict when cmd does not wait. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    inodelkCbk?(frame: Frame<'inodelk'>, opRet: number, opErrno: number, xdata: Dict | null): void;
    /** Called when the caller has given up. */
    inodelkCancel?(frame: Frame<'inodelk'>): void;
    /**
     * As inodelk, of an open file. Asked by: other translators.
     *
     * The reply (xdata): Success only. EAGAIN for a conflict when cmd does not wait.
     * @param volume the domain of the lock: locks of different domains do not conflict
     * @param fd the open file or directory
     * @param cmd the command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW
     * @param flock type, range in bytes (len 0: to the end), owner and process of the lock
     * @param xdata extra keys between translators; may be missing
     */
    finodelk?(
      frame: Frame<'finodelk'>,
      volume: string,
      fd: Fd,
      cmd: number,
      flock: Flock,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'finodelk'>>;
    /**
     * Success only. EAGAIN for a conflict when cmd does not wait. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    finodelkCbk?(
      frame: Frame<'finodelk'>,
      opRet: number,
      opErrno: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    finodelkCancel?(frame: Frame<'finodelk'>): void;
    /**
     * Locks a name of a directory, among translators. Asked by: other translators (replication, healing).
     *
     * The reply (xdata): Success only. EAGAIN for a conflict when cmd does not wait.
     * @param volume the domain of the lock: locks of different domains do not conflict
     * @param loc the object, by inode, and by parent and name if they are known
     * @param basename the name in the directory; none is the whole directory
     * @param cmd 0 lock, 1 unlock, 2 lock without waiting
     * @param type 0 shared, 1 exclusive
     * @param xdata extra keys between translators; may be missing
     */
    entrylk?(
      frame: Frame<'entrylk'>,
      volume: string,
      loc: Loc,
      basename: string | null,
      cmd: number,
      type: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'entrylk'>>;
    /**
     * Success only. EAGAIN for a conflict when cmd does not wait. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    entrylkCbk?(frame: Frame<'entrylk'>, opRet: number, opErrno: number, xdata: Dict | null): void;
    /** Called when the caller has given up. */
    entrylkCancel?(frame: Frame<'entrylk'>): void;
    /**
     * As entrylk, of an open directory. Asked by: other translators.
     *
     * The reply (xdata): Success only. EAGAIN for a conflict when cmd does not wait.
     * @param volume the domain of the lock: locks of different domains do not conflict
     * @param fd the open file or directory
     * @param basename the name in the directory; none is the whole directory
     * @param cmd 0 lock, 1 unlock, 2 lock without waiting
     * @param type 0 shared, 1 exclusive
     * @param xdata extra keys between translators; may be missing
     */
    fentrylk?(
      frame: Frame<'fentrylk'>,
      volume: string,
      fd: Fd,
      basename: string | null,
      cmd: number,
      type: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fentrylk'>>;
    /**
     * Success only. EAGAIN for a conflict when cmd does not wait. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    fentrylkCbk?(
      frame: Frame<'fentrylk'>,
      opRet: number,
      opErrno: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fentrylkCancel?(frame: Frame<'fentrylk'>): void;
    /**
     * Changes numbers in extended attributes atomically (arrays, big-endian). Asked by: other translators (counters of replication and quota).
     *
     * The reply (dict, xdata): dict has the values after the change; before it, for get and set.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param optype the operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set
     * @param dict extended attributes, name to value
     * @param xdata extra keys between translators; may be missing
     */
    xattrop?(
      frame: Frame<'xattrop'>,
      loc: Loc,
      optype: number,
      dict: Dict | null,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'xattrop'>>;
    /**
     * dict has the values after the change; before it, for get and set. After a failure (opRet < 0) all parts are null.
     * @param dict extended attributes, name to value
     * @param xdata extra keys between translators; may be missing
     */
    xattropCbk?(
      frame: Frame<'xattrop'>,
      opRet: number,
      opErrno: number,
      dict: Dict,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    xattropCancel?(frame: Frame<'xattrop'>): void;
    /**
     * As xattrop, of an open file. Asked by: other translators.
     *
     * The reply (dict, xdata): dict has the values after the change; before it, for get and set.
     * @param fd the open file or directory
     * @param optype the operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set
     * @param dict extended attributes, name to value
     * @param xdata extra keys between translators; may be missing
     */
    fxattrop?(
      frame: Frame<'fxattrop'>,
      fd: Fd,
      optype: number,
      dict: Dict | null,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fxattrop'>>;
    /**
     * dict has the values after the change; before it, for get and set. After a failure (opRet < 0) all parts are null.
     * @param dict extended attributes, name to value
     * @param xdata extra keys between translators; may be missing
     */
    fxattropCbk?(
      frame: Frame<'fxattrop'>,
      opRet: number,
      opErrno: number,
      dict: Dict,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fxattropCancel?(frame: Frame<'fxattrop'>): void;
    /**
     * As getxattr, of an open file. Asked by: fgetxattr(2), flistxattr(2); lsattr(1), for an attribute of its own.
     *
     * The reply (dict, xdata): dict has the value under the name, or all names with their values.
     * @param fd the open file or directory
     * @param name the extended attribute's name; none asks for all of them
     * @param xdata extra keys between translators; may be missing
     */
    fgetxattr?(
      frame: Frame<'fgetxattr'>,
      fd: Fd,
      name: string | null,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fgetxattr'>>;
    /**
     * dict has the value under the name, or all names with their values. After a failure (opRet < 0) all parts are null.
     * @param dict extended attributes, name to value
     * @param xdata extra keys between translators; may be missing
     */
    fgetxattrCbk?(
      frame: Frame<'fgetxattr'>,
      opRet: number,
      opErrno: number,
      dict: Dict,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fgetxattrCancel?(frame: Frame<'fgetxattr'>): void;
    /**
     * As setxattr, of an open file. Asked by: fsetxattr(2); chattr(1), for an attribute of its own.
     *
     * The reply (xdata): Success only.
     * @param fd the open file or directory
     * @param dict extended attributes, name to value
     * @param flags 1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA
     * @param xdata extra keys between translators; may be missing
     */
    fsetxattr?(
      frame: Frame<'fsetxattr'>,
      fd: Fd,
      dict: Dict | null,
      flags: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fsetxattr'>>;
    /**
     * Success only. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    fsetxattrCbk?(
      frame: Frame<'fsetxattr'>,
      opRet: number,
      opErrno: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fsetxattrCancel?(frame: Frame<'fsetxattr'>): void;
    /**
     * Computes checksums of a range of a file. Asked by: other translators (healing).
     *
     * The reply (weak, strong, xdata): A rolling checksum and a strong one of the same bytes.
     * @param fd the open file or directory
     * @param offset start, in bytes
     * @param len number of bytes
     * @param xdata extra keys between translators; may be missing
     */
    rchecksum?(
      frame: Frame<'rchecksum'>,
      fd: Fd,
      offset: number,
      len: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'rchecksum'>>;
    /**
     * A rolling checksum and a strong one of the same bytes. After a failure (opRet < 0) all parts are null.
     * @param weak the rolling checksum
     * @param strong the strong checksum
     * @param xdata extra keys between translators; may be missing
     */
    rchecksumCbk?(
      frame: Frame<'rchecksum'>,
      opRet: number,
      opErrno: number,
      weak: number,
      strong: Data,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    rchecksumCancel?(frame: Frame<'rchecksum'>): void;
    /**
     * Changes mode, owner or times. (truncate sets the size.) Asked by: chmod(2), chown(2), utimensat(2).
     *
     * The reply (statpre, statpost, xdata): Attributes before and after; the kernel takes size and times from those after.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param stbuf the new values
     * @param valid the valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; 128 and 256 set atime and mtime to the present
     * @param xdata extra keys between translators; may be missing
     */
    setattr?(
      frame: Frame<'setattr'>,
      loc: Loc,
      stbuf: Iatt,
      valid: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'setattr'>>;
    /**
     * Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param statpre attributes before
     * @param statpost attributes after
     * @param xdata extra keys between translators; may be missing
     */
    setattrCbk?(
      frame: Frame<'setattr'>,
      opRet: number,
      opErrno: number,
      statpre: Iatt,
      statpost: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    setattrCancel?(frame: Frame<'setattr'>): void;
    /**
     * As setattr, of an open file. Asked by: fchmod(2), fchown(2), futimens(3).
     *
     * The reply (statpre, statpost, xdata): Attributes before and after; the kernel takes size and times from those after.
     * @param fd the open file or directory
     * @param stbuf the new values
     * @param valid the valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; 128 and 256 set atime and mtime to the present
     * @param xdata extra keys between translators; may be missing
     */
    fsetattr?(
      frame: Frame<'fsetattr'>,
      fd: Fd,
      stbuf: Iatt,
      valid: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fsetattr'>>;
    /**
     * Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param statpre attributes before
     * @param statpost attributes after
     * @param xdata extra keys between translators; may be missing
     */
    fsetattrCbk?(
      frame: Frame<'fsetattr'>,
      opRet: number,
      opErrno: number,
      statpre: Iatt,
      statpost: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fsetattrCancel?(frame: Frame<'fsetattr'>): void;
    /**
     * Lists names of a directory, with inode and attributes of each. Asked by: readdir(3), when the kernel expects a stat of each name to follow (ls -l).
     *
     * The reply (entries, xdata): op_ret is the number of entries; 0 is the end. An entry with inode and stat saves its lookup.
     * @param fd the open file or directory
     * @param size maximum number of bytes
     * @param offset where to continue: the offset of the last listed entry, which is valid in each open; 0 is the start
     * @param xdata extra keys between translators; may be missing
     */
    readdirp?(
      frame: Frame<'readdirp'>,
      fd: Fd,
      size: number,
      offset: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'readdirp'>>;
    /**
     * op_ret is the number of entries; 0 is the end. An entry with inode and stat saves its lookup. After a failure (opRet < 0) all parts are null.
     * @param entries names with inode number, type and the offset to continue after each
     * @param xdata extra keys between translators; may be missing
     */
    readdirpCbk?(
      frame: Frame<'readdirp'>,
      opRet: number,
      opErrno: number,
      entries: Dirent[],
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    readdirpCancel?(frame: Frame<'readdirp'>): void;
    /**
     * Reads the text of a volfile. Asked by: clients of a server, never a mount.
     *
     * The reply (spec): op_ret is the length of spec.
     * @param key the name of the volfile
     * @param flags 0
     */
    getspec?(
      frame: Frame<'getspec'>,
      key: string,
      flags: number,
    ): Nothing | Promise<Returned<'getspec'>>;
    /**
     * op_ret is the length of spec. After a failure (opRet < 0) all parts are null.
     * @param spec its text
     */
    getspecCbk?(frame: Frame<'getspec'>, opRet: number, opErrno: number, spec: string): void;
    /** Called when the caller has given up. */
    getspecCancel?(frame: Frame<'getspec'>): void;
    /**
     * As removexattr, of an open file. Asked by: fremovexattr(2).
     *
     * The reply (xdata): Success only.
     * @param fd the open file or directory
     * @param name the attribute's name
     * @param xdata extra keys between translators; may be missing
     */
    fremovexattr?(
      frame: Frame<'fremovexattr'>,
      fd: Fd,
      name: string,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fremovexattr'>>;
    /**
     * Success only. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    fremovexattrCbk?(
      frame: Frame<'fremovexattr'>,
      opRet: number,
      opErrno: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fremovexattrCancel?(frame: Frame<'fremovexattr'>): void;
    /**
     * Allocates space for a range. Asked by: fallocate(2), posix_fallocate(3).
     *
     * The reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times from those after.
     * @param fd the open file or directory
     * @param mode 1 FALLOC_FL_KEEP_SIZE keeps the size, 0 may grow it; 17 also writes zeros; a storage answers EOPNOTSUPP to modes that it does not support
     * @param offset start, in bytes
     * @param len number of bytes
     * @param xdata extra keys between translators; may be missing
     */
    fallocate?(
      frame: Frame<'fallocate'>,
      fd: Fd,
      mode: number,
      offset: number,
      len: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'fallocate'>>;
    /**
     * Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param prebuf attributes before
     * @param postbuf attributes after
     * @param xdata extra keys between translators; may be missing
     */
    fallocateCbk?(
      frame: Frame<'fallocate'>,
      opRet: number,
      opErrno: number,
      prebuf: Iatt,
      postbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    fallocateCancel?(frame: Frame<'fallocate'>): void;
    /**
     * Makes a hole: the range reads as zeros, and its space is freed. Asked by: fallocate(2) with FALLOC_FL_PUNCH_HOLE.
     *
     * The reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times from those after.
     * @param fd the open file or directory
     * @param offset start, in bytes
     * @param len number of bytes
     * @param xdata extra keys between translators; may be missing
     */
    discard?(
      frame: Frame<'discard'>,
      fd: Fd,
      offset: number,
      len: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'discard'>>;
    /**
     * Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param prebuf attributes before
     * @param postbuf attributes after
     * @param xdata extra keys between translators; may be missing
     */
    discardCbk?(
      frame: Frame<'discard'>,
      opRet: number,
      opErrno: number,
      prebuf: Iatt,
      postbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    discardCancel?(frame: Frame<'discard'>): void;
    /**
     * Writes zeros over a range. Asked by: fallocate(2) with FALLOC_FL_ZERO_RANGE, and other programs of the same graph.
     *
     * The reply (prebuf, postbuf, xdata): Attributes before and after; the kernel takes size and times from those after.
     * @param fd the open file or directory
     * @param offset start, in bytes
     * @param len number of bytes
     * @param xdata extra keys between translators; may be missing
     */
    zerofill?(
      frame: Frame<'zerofill'>,
      fd: Fd,
      offset: number,
      len: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'zerofill'>>;
    /**
     * Attributes before and after; the kernel takes size and times from those after. After a failure (opRet < 0) all parts are null.
     * @param prebuf attributes before
     * @param postbuf attributes after
     * @param xdata extra keys between translators; may be missing
     */
    zerofillCbk?(
      frame: Frame<'zerofill'>,
      opRet: number,
      opErrno: number,
      prebuf: Iatt,
      postbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    zerofillCancel?(frame: Frame<'zerofill'>): void;
    /**
     * Carries a message between translators. Asked by: other translators.
     *
     * The reply (xdata): Success only.
     * @param op the receiver: 0 changelog, 1 ctr, 2 upcall
     * @param xdata extra keys between translators; may be missing
     */
    ipc?(frame: Frame<'ipc'>, op: number, xdata: Dict | null): Nothing | Promise<Returned<'ipc'>>;
    /**
     * Success only. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    ipcCbk?(frame: Frame<'ipc'>, opRet: number, opErrno: number, xdata: Dict | null): void;
    /** Called when the caller has given up. */
    ipcCancel?(frame: Frame<'ipc'>): void;
    /**
     * Finds the next data or the next hole. Asked by: lseek(2) with SEEK_DATA or SEEK_HOLE; ENXIO at or behind the end.
     *
     * The reply (offset, xdata): offset is its start, in bytes.
     * @param fd the open file or directory
     * @param offset start, in bytes
     * @param what 0 data, 1 hole
     * @param xdata extra keys between translators; may be missing
     */
    seek?(
      frame: Frame<'seek'>,
      fd: Fd,
      offset: number,
      what: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'seek'>>;
    /**
     * offset is its start, in bytes. After a failure (opRet < 0) all parts are null.
     * @param offset start, in bytes
     * @param xdata extra keys between translators; may be missing
     */
    seekCbk?(
      frame: Frame<'seek'>,
      opRet: number,
      opErrno: number,
      offset: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    seekCancel?(frame: Frame<'seek'>): void;
    /**
     * Takes, queries or returns a lease. Asked by: other programs of the same graph.
     *
     * The reply (lease, xdata): lease is the held lease.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param lease command, type and id of the lease
     * @param xdata extra keys between translators; may be missing
     */
    lease?(
      frame: Frame<'lease'>,
      loc: Loc,
      lease: Lease,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'lease'>>;
    /**
     * lease is the held lease. After a failure (opRet < 0) all parts are null.
     * @param lease command, type and id of the lease
     * @param xdata extra keys between translators; may be missing
     */
    leaseCbk?(
      frame: Frame<'lease'>,
      opRet: number,
      opErrno: number,
      lease: Lease,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    leaseCancel?(frame: Frame<'lease'>): void;
    /**
     * Reads all record locks of a file. Asked by: other translators, before they move it.
     *
     * The reply (locklist, xdata): locklist has the locks.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param xdata extra keys between translators; may be missing
     */
    getactivelk?(
      frame: Frame<'getactivelk'>,
      loc: Loc,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'getactivelk'>>;
    /**
     * locklist has the locks. After a failure (opRet < 0) all parts are null.
     * @param locklist the locks held on the file
     * @param xdata extra keys between translators; may be missing
     */
    getactivelkCbk?(
      frame: Frame<'getactivelk'>,
      opRet: number,
      opErrno: number,
      locklist: Flock[],
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    getactivelkCancel?(frame: Frame<'getactivelk'>): void;
    /**
     * Sets the record locks of a file that was moved. Asked by: other translators, after they moved it.
     *
     * The reply (xdata): Success only.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param locklist the locks held on the file
     * @param xdata extra keys between translators; may be missing
     */
    setactivelk?(
      frame: Frame<'setactivelk'>,
      loc: Loc,
      locklist: Flock[],
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'setactivelk'>>;
    /**
     * Success only. After a failure (opRet < 0) all parts are null.
     * @param xdata extra keys between translators; may be missing
     */
    setactivelkCbk?(
      frame: Frame<'setactivelk'>,
      opRet: number,
      opErrno: number,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    setactivelkCancel?(frame: Frame<'setactivelk'>): void;
    /**
     * Makes a file with data and extended attributes atomically. Asked by: other programs of the same graph.
     *
     * The reply (inode, buf, preparent, postparent, xdata): The kernel links the inode under the name and caches buf for a while.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param mode type and permission bits, as in stat(2), after the umask
     * @param umask the caller's umask, for a storage with default ACLs
     * @param flags flags of open(2), such as O_RDWR or O_APPEND
     * @param vector the data
     * @param offset offset of the data in the file
     * @param dict extended attributes, name to value
     * @param xdata extra keys between translators; may be missing
     */
    put?(
      frame: Frame<'put'>,
      loc: Loc,
      mode: number,
      umask: number,
      flags: number,
      vector: Data,
      offset: number,
      dict: Dict | null,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'put'>>;
    /**
     * The kernel links the inode under the name and caches buf for a while. After a failure (opRet < 0) all parts are null.
     * @param inode the inode of the name
     * @param buf attributes of the object, after the fop
     * @param preparent attributes of the directory before
     * @param postparent attributes of the directory after
     * @param xdata extra keys between translators; may be missing
     */
    putCbk?(
      frame: Frame<'put'>,
      opRet: number,
      opErrno: number,
      inode: Inode,
      buf: Iatt,
      preparent: Iatt,
      postparent: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    putCancel?(frame: Frame<'put'>): void;
    /**
     * Makes a file without a name; loc has its directory, and no name. Asked by: open(2) with O_TMPFILE; open follows, and a link may give it a name.
     *
     * The reply (inode, buf, xdata): The inode and its attributes.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param mode permission bits, after the umask
     * @param xdata extra keys between translators; may be missing
     */
    icreate?(
      frame: Frame<'icreate'>,
      loc: Loc,
      mode: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'icreate'>>;
    /**
     * The inode and its attributes. After a failure (opRet < 0) all parts are null.
     * @param inode the inode of the name
     * @param buf attributes of the object, after the fop
     * @param xdata extra keys between translators; may be missing
     */
    icreateCbk?(
      frame: Frame<'icreate'>,
      opRet: number,
      opErrno: number,
      inode: Inode,
      buf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    icreateCancel?(frame: Frame<'icreate'>): void;
    /**
     * Names an inode without a name. Asked by: other translators.
     *
     * The reply (prebuf, postbuf, xdata): Attributes of the directory.
     * @param loc the object, by inode, and by parent and name if they are known
     * @param xdata extra keys between translators; may be missing
     */
    namelink?(
      frame: Frame<'namelink'>,
      loc: Loc,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'namelink'>>;
    /**
     * Attributes of the directory. After a failure (opRet < 0) all parts are null.
     * @param prebuf attributes before
     * @param postbuf attributes after
     * @param xdata extra keys between translators; may be missing
     */
    namelinkCbk?(
      frame: Frame<'namelink'>,
      opRet: number,
      opErrno: number,
      prebuf: Iatt,
      postbuf: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    namelinkCancel?(frame: Frame<'namelink'>): void;
    /**
     * Copies from one open file to another inside the storage. Asked by: copy_file_range(2), cp.
     *
     * The reply (stbuf, prebufDst, postbufDst, xdata): op_ret is the number of bytes copied.
     * @param fdIn the open source file
     * @param offIn offset in the source, in bytes
     * @param fdOut the open target file
     * @param offOut offset in the target, in bytes
     * @param len number of bytes
     * @param flags 0
     * @param xdata extra keys between translators; may be missing
     */
    copy_file_range?(
      frame: Frame<'copy_file_range'>,
      fdIn: Fd,
      offIn: number,
      fdOut: Fd,
      offOut: number,
      len: number,
      flags: number,
      xdata: Dict | null,
    ): Nothing | Promise<Returned<'copy_file_range'>>;
    /**
     * op_ret is the number of bytes copied. After a failure (opRet < 0) all parts are null.
     * @param stbuf attributes of the source file
     * @param prebufDst attributes of the target file before
     * @param postbufDst attributes of the target file after
     * @param xdata extra keys between translators; may be missing
     */
    copy_file_rangeCbk?(
      frame: Frame<'copy_file_range'>,
      opRet: number,
      opErrno: number,
      stbuf: Iatt,
      prebufDst: Iatt,
      postbufDst: Iatt,
      xdata: Dict | null,
    ): void;
    /** Called when the caller has given up. */
    copy_file_rangeCancel?(frame: Frame<'copy_file_range'>): void;
  }

  interface ChildMethods {
    /** Reads the attributes of an object. */
    stat(loc: Loc, xdata?: DictLike | null): Promise<Reply<'stat'>>;
    /** Reads the target of a symbolic link. */
    readlink(loc: Loc, size: number, xdata?: DictLike | null): Promise<Reply<'readlink'>>;
    /** Makes a regular file, device, FIFO or socket without opening it. */
    mknod(
      loc: Loc,
      mode: number,
      rdev: number,
      umask: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'mknod'>>;
    /** Makes a directory. */
    mkdir(loc: Loc, mode: number, umask: number, xdata?: DictLike | null): Promise<Reply<'mkdir'>>;
    /** Removes a name of a file; the file is deleted with its last name and last open fd. */
    unlink(loc: Loc, xflag: number, xdata?: DictLike | null): Promise<Reply<'unlink'>>;
    /** Removes an empty directory; ENOTEMPTY for any other. */
    rmdir(loc: Loc, flags: number, xdata?: DictLike | null): Promise<Reply<'rmdir'>>;
    /** Makes a symbolic link. */
    symlink(
      linkpath: string,
      loc: Loc,
      umask: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'symlink'>>;
    /** Renames an object atomically, and replaces an object of the new name. */
    rename(oldloc: Loc, newloc: Loc, xdata?: DictLike | null): Promise<Reply<'rename'>>;
    /** Adds a name to a file. */
    link(oldloc: Loc, newloc: Loc, xdata?: DictLike | null): Promise<Reply<'link'>>;
    /** Sets the size of a file, by name. */
    truncate(loc: Loc, offset: number, xdata?: DictLike | null): Promise<Reply<'truncate'>>;
    /** Opens a file. */
    open(loc: Loc, flags: number, fd?: Fd | null, xdata?: DictLike | null): Promise<Reply<'open'>>;
    /** Reads data. */
    readv(
      fd: Fd,
      size: number,
      offset: number,
      flags: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'readv'>>;
    /** Writes data. */
    writev(
      fd: Fd,
      vector: Bytes,
      offset: number,
      flags: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'writev'>>;
    /** Reads the size and the free space of the storage. */
    statfs(loc: Loc, xdata?: DictLike | null): Promise<Reply<'statfs'>>;
    /** Reports the close of one descriptor; others of the file may stay open. */
    flush(fd: Fd, xdata?: DictLike | null): Promise<Reply<'flush'>>;
    /** Flushes written data to stable storage. */
    fsync(fd: Fd, datasync: number, xdata?: DictLike | null): Promise<Reply<'fsync'>>;
    /** Sets extended attributes. */
    setxattr(
      loc: Loc,
      dict: DictLike | null,
      flags: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'setxattr'>>;
    /** Reads one or all extended attributes; ENODATA for an absent name. */
    getxattr(loc: Loc, name: string | null, xdata?: DictLike | null): Promise<Reply<'getxattr'>>;
    /** Removes an extended attribute; ENODATA for an absent name. */
    removexattr(loc: Loc, name: string, xdata?: DictLike | null): Promise<Reply<'removexattr'>>;
    /** Opens a directory. */
    opendir(loc: Loc, fd?: Fd | null, xdata?: DictLike | null): Promise<Reply<'opendir'>>;
    /** Flushes the names of a directory to stable storage. */
    fsyncdir(fd: Fd, datasync: number, xdata?: DictLike | null): Promise<Reply<'fsyncdir'>>;
    /** Checks the caller's rights to an object. */
    access(loc: Loc, mask: number, xdata?: DictLike | null): Promise<Reply<'access'>>;
    /** Makes and opens a file atomically. */
    create(
      loc: Loc,
      flags: number,
      mode: number,
      umask: number,
      fd?: Fd | null,
      xdata?: DictLike | null,
    ): Promise<Reply<'create'>>;
    /** Sets the size of an open file. */
    ftruncate(fd: Fd, offset: number, xdata?: DictLike | null): Promise<Reply<'ftruncate'>>;
    /** Reads the attributes of an open file. */
    fstat(fd: Fd, xdata?: DictLike | null): Promise<Reply<'fstat'>>;
    /** Sets, removes or tests a lock of an application. With glossa.flock in xdata it is a lock of flock(2), independent of record locks. */
    lk(fd: Fd, cmd: number, flock: Flock, xdata?: DictLike | null): Promise<Reply<'lk'>>;
    /** Finds an object by its name in a directory, or checks that it still exists. */
    lookup(loc: Loc, xdata?: DictLike | null): Promise<Reply<'lookup'>>;
    /** Lists names of a directory. */
    readdir(
      fd: Fd,
      size: number,
      offset: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'readdir'>>;
    /** Locks a range of an inode among translators, independent of applications' locks. */
    inodelk(
      volume: string,
      loc: Loc,
      cmd: number,
      flock: Flock,
      xdata?: DictLike | null,
    ): Promise<Reply<'inodelk'>>;
    /** As inodelk, of an open file. */
    finodelk(
      volume: string,
      fd: Fd,
      cmd: number,
      flock: Flock,
      xdata?: DictLike | null,
    ): Promise<Reply<'finodelk'>>;
    /** Locks a name of a directory, among translators. */
    entrylk(
      volume: string,
      loc: Loc,
      basename: string | null,
      cmd: number,
      type: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'entrylk'>>;
    /** As entrylk, of an open directory. */
    fentrylk(
      volume: string,
      fd: Fd,
      basename: string | null,
      cmd: number,
      type: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'fentrylk'>>;
    /** Changes numbers in extended attributes atomically (arrays, big-endian). */
    xattrop(
      loc: Loc,
      optype: number,
      dict: DictLike | null,
      xdata?: DictLike | null,
    ): Promise<Reply<'xattrop'>>;
    /** As xattrop, of an open file. */
    fxattrop(
      fd: Fd,
      optype: number,
      dict: DictLike | null,
      xdata?: DictLike | null,
    ): Promise<Reply<'fxattrop'>>;
    /** As getxattr, of an open file. */
    fgetxattr(fd: Fd, name: string | null, xdata?: DictLike | null): Promise<Reply<'fgetxattr'>>;
    /** As setxattr, of an open file. */
    fsetxattr(
      fd: Fd,
      dict: DictLike | null,
      flags: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'fsetxattr'>>;
    /** Computes checksums of a range of a file. */
    rchecksum(
      fd: Fd,
      offset: number,
      len: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'rchecksum'>>;
    /** Changes mode, owner or times. (truncate sets the size.) */
    setattr(
      loc: Loc,
      stbuf: Iatt,
      valid: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'setattr'>>;
    /** As setattr, of an open file. */
    fsetattr(
      fd: Fd,
      stbuf: Iatt,
      valid: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'fsetattr'>>;
    /** Lists names of a directory, with inode and attributes of each. */
    readdirp(
      fd: Fd,
      size: number,
      offset: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'readdirp'>>;
    /** Reads the text of a volfile. */
    getspec(key: string, flags: number): Promise<Reply<'getspec'>>;
    /** As removexattr, of an open file. */
    fremovexattr(fd: Fd, name: string, xdata?: DictLike | null): Promise<Reply<'fremovexattr'>>;
    /** Allocates space for a range. */
    fallocate(
      fd: Fd,
      mode: number,
      offset: number,
      len: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'fallocate'>>;
    /** Makes a hole: the range reads as zeros, and its space is freed. */
    discard(
      fd: Fd,
      offset: number,
      len: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'discard'>>;
    /** Writes zeros over a range. */
    zerofill(
      fd: Fd,
      offset: number,
      len: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'zerofill'>>;
    /** Carries a message between translators. */
    ipc(op: number, xdata?: DictLike | null): Promise<Reply<'ipc'>>;
    /** Finds the next data or the next hole. */
    seek(fd: Fd, offset: number, what: number, xdata?: DictLike | null): Promise<Reply<'seek'>>;
    /** Takes, queries or returns a lease. */
    lease(loc: Loc, lease: Lease, xdata?: DictLike | null): Promise<Reply<'lease'>>;
    /** Reads all record locks of a file. */
    getactivelk(loc: Loc, xdata?: DictLike | null): Promise<Reply<'getactivelk'>>;
    /** Sets the record locks of a file that was moved. */
    setactivelk(
      loc: Loc,
      locklist: readonly Flock[],
      xdata?: DictLike | null,
    ): Promise<Reply<'setactivelk'>>;
    /** Makes a file with data and extended attributes atomically. */
    put(
      loc: Loc,
      mode: number,
      umask: number,
      flags: number,
      vector: Bytes,
      offset: number,
      dict: DictLike | null,
      xdata?: DictLike | null,
    ): Promise<Reply<'put'>>;
    /** Makes a file without a name; loc has its directory, and no name. */
    icreate(loc: Loc, mode: number, xdata?: DictLike | null): Promise<Reply<'icreate'>>;
    /** Names an inode without a name. */
    namelink(loc: Loc, xdata?: DictLike | null): Promise<Reply<'namelink'>>;
    /** Copies from one open file to another inside the storage. */
    copy_file_range(
      fdIn: Fd,
      offIn: number,
      fdOut: Fd,
      offOut: number,
      len: number,
      flags: number,
      xdata?: DictLike | null,
    ): Promise<Reply<'copy_file_range'>>;
  }
}
