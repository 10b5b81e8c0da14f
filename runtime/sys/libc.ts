/**
 * Binds the functions of libc that glossa calls, through koffi. The TypeScript type of each is derived from its C
 * prototype. Symbols come from the node process itself, which has libc (glibc or musl) and libuv.
 *
 * **A result below zero is minus the errno** (`-2` is ENOENT); any other is C's own result. Calls do not throw. A
 * function that this libc lacks returns `-ENOSYS`. A path is bytes ending in NUL, as names need not be UTF-8; `null` is
 * C's NULL. Offsets and sizes are Numbers, exact below 2^53.
 *
 * `open`, `fcntl`, `ioctl` and `syscall` are variadic in C. On 64-bit Linux their integer arguments use the same
 * registers, so fixed prototypes are correct; `off_t` has 64 bits.
 */

import { koffi } from './koffi.ts';
import { systemCalls } from './system-calls.ts';

/** A path: bytes ending in NUL. */
export type Path = Uint8Array;

/** Linux's errno of a missing function. */
const ENOSYS = 38;
const program = koffi.load(null);
const { errno } = koffi;

/** Returns the address of the first byte, for structs with pointers (iovec, msghdr). */
export const addressOf = (bytes: Uint8Array): bigint => koffi.address(bytes) as bigint;

type Parameter<P extends string> = P extends `${string}*${string}` ? Uint8Array | null : number;
type ParametersOf<L extends string> = L extends `${infer P}, ${infer Rest}`
  ? [Parameter<P>, ...ParametersOf<Rest>]
  : L extends ''
    ? []
    : [Parameter<L>];
/** The TypeScript type of a C prototype: numbers for integers, bytes for pointers. */
type CFunction<C extends string> = C extends `${string}(${infer L})`
  ? (...args: ParametersOf<L>) => number
  : never;

/** Binds a C function whose result is no status: errno is not checked. */
export const bindPlain = <C extends string>(prototype: C): CFunction<C> =>
  (findFunction(prototype) ?? makeMissing(prototype)) as unknown as CFunction<C>;

/** Makes the function that stands for one that this program lacks. */
const makeMissing = (prototype: string) => (): never => {
  throw new Error(`this system has no '${prototype}'`);
};

/** Binds a C function without a check of errno. Returns null if this program lacks the function. */
export function bindIfPresent<F extends (...args: never[]) => unknown>(
  prototype: string,
): F | null {
  return findFunction(prototype) as unknown as F | null;
}

/**
 * Binds a C function that returns -1 and sets errno on failure; the bound one returns minus the errno then. It has a
 * fixed list of parameters, because with a rest parameter each call would allocate an array.
 */
export function bindCall<C extends string>(prototype: C): CFunction<C> {
  const native = findFunction(prototype);
  if (native === null) return (() => -ENOSYS) as unknown as CFunction<C>;
  return wrapWithErrno(native, native.info.arguments.length) as unknown as CFunction<C>;
}

/** The most concurrent calls on the thread pool; koffi refuses more than 256. */
const MAX_CONCURRENT_CALLS = 64;
let runningCallCount = 0;
/** Functions that start the calls beyond `MAX_CONCURRENT_CALLS`. */
const waitingCalls: (() => void)[] = [];

/** Binds a C function to run on libuv's thread pool. Resolves to C's result; after a failure the errno is lost. */
export function bindAsync(prototype: string): (...args: unknown[]) => Promise<number> {
  const native = findFunction(prototype);
  if (native === null) return () => Promise.resolve(-1);
  return (...args) =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        runningCallCount += 1;
        native.async(...args, (error: Error | null, result: number) => {
          runningCallCount -= 1;
          waitingCalls.shift()?.();
          if (error === null) resolve(result);
          else reject(error);
        });
      };
      if (runningCallCount < MAX_CONCURRENT_CALLS) start();
      else waitingCalls.push(start);
    });
}

type NativeFunction = ReturnType<typeof program.func>;

/** Finds the function of a prototype; null if this program lacks it. */
function findFunction(prototype: string): NativeFunction | null {
  try {
    return program.func(prototype);
  } catch (error) {
    if (/cannot find function/i.test(String(error))) return null;
    throw error;
  }
}

type CallArgument = number | Uint8Array | null;

/** Wraps a function so that it returns minus the errno on failure. @param arity number of its parameters */
function wrapWithErrno(native: NativeFunction, arity: number): (...args: CallArgument[]) => number {
  const toStatus = (result: number): number => (result < 0 ? -errno() : result);
  switch (arity) {
    case 0:
      return () => toStatus(native());
    case 1:
      return (a) => toStatus(native(a));
    case 2:
      return (a, b) => toStatus(native(a, b));
    case 3:
      return (a, b, c) => toStatus(native(a, b, c));
    case 4:
      return (a, b, c, d) => toStatus(native(a, b, c, d));
    case 5:
      return (a, b, c, d, e) => toStatus(native(a, b, c, d, e));
    case 6:
      return (a, b, c, d, e, g) => toStatus(native(a, b, c, d, e, g));
    default:
      throw new RangeError(`a system call of ${arity} arguments`);
  }
}

type Fd = number;
type Bytes = Uint8Array;

// Descriptors and data. `count` must not exceed the buffer's length.
export const open = bindCall('int open(const void *path, int flags, uint32 mode)');
export const openat = bindCall('int openat(int dir, const void *path, int flags, uint32 mode)');
export const close = bindCall('int close(int fd)');
export const dup = bindCall('int dup(int fd)');
export const read = bindCall('int64 read(int fd, void *into, uint64 count)');
export const write = bindCall('int64 write(int fd, const void *from, uint64 count)');
export const pread = bindCall('int64 pread(int fd, void *into, uint64 count, int64 offset)');
export const pwrite = bindCall(
  'int64 pwrite(int fd, const void *from, uint64 count, int64 offset)',
);
/** `iov` is an array of struct iovec, see `Iovec` in struct.ts. */
export const writev = bindCall('int64 writev(int fd, const void *iov, int iovcnt)');
export const preadv2 = bindCall(
  'int64 preadv2(int fd, const void *iov, int iovcnt, int64 offset, int flags)',
);
export const pwritev2 = bindCall(
  'int64 pwritev2(int fd, const void *iov, int iovcnt, int64 offset, int flags)',
);
export const lseek = bindCall('int64 lseek(int fd, int64 offset, int whence)');
/** lseek for positions in a directory, which need 64 bits; only the sign of the result is valid. */
export const lseek64 = lseek as unknown as (fd: Fd, offset: bigint, whence: number) => number;
export const fsync = bindCall('int fsync(int fd)');
export const fdatasync = bindCall('int fdatasync(int fd)');
export const ftruncate = bindCall('int ftruncate(int fd, int64 size)');
export const truncate = bindCall('int truncate(const void *path, int64 size)');
export const fallocate = bindCall('int fallocate(int fd, int mode, int64 offset, int64 length)');
/** The two offsets are 8-byte buffers, which the kernel advances; null uses the file position. */
export const copyFileRange = bindCall(
  'int64 copy_file_range(int from, void *from_offset, int to, void *to_offset, uint64 count, uint32 flags)',
);
export const fcntl = bindCall('int fcntl(int fd, int command, int64 argument)');
export const ioctl = bindCall('int ioctl(int fd, uint64 request, void *argument)');
export const flock = bindCall('int flock(int fd, int operation)');
/** `fds` is an array of struct pollfd, see `PollSet` in struct.ts. Returns the number of ready descriptors. */
export const poll = bindCall('int poll(void *fds, uint64 count, int timeout_ms)');

// Names, relative to a directory descriptor.
export const statx = bindCall(
  'int statx(int dir, const void *path, int flags, uint32 mask, void *out)',
);
export const mkdirat = bindCall('int mkdirat(int dir, const void *path, uint32 mode)');
export const unlinkat = bindCall('int unlinkat(int dir, const void *path, int flags)');
export const renameat2 = bindCall(
  'int renameat2(int from, const void *path, int to, const void *new_path, uint32 flags)',
);
export const linkat = bindCall(
  'int linkat(int from, const void *path, int to, const void *new_path, int flags)',
);
export const symlinkat = bindCall('int symlinkat(const void *target, int dir, const void *path)');
/** Returns the length of the target, which is not NUL-terminated and is cut at `size`. */
export const readlinkat = bindCall(
  'int64 readlinkat(int dir, const void *path, void *into, uint64 size)',
);
export const faccessat = bindCall('int faccessat(int dir, const void *path, int mode, int flags)');
export const fchmod = bindCall('int fchmod(int fd, uint32 mode)');
export const fchmodat = bindCall('int fchmodat(int dir, const void *path, uint32 mode, int flags)');
export const fchown = bindCall('int fchown(int fd, uint32 uid, uint32 gid)');
/** 0xffffffff as uid or gid leaves it unchanged. */
export const fchownat = bindCall(
  'int fchownat(int dir, const void *path, uint32 uid, uint32 gid, int flags)',
);
/** `times` are two struct timespec (atime, mtime), see `Timespecs`; path null means `dir` itself. */
export const utimensat = bindCall(
  'int utimensat(int dir, const void *path, const void *times, int flags)',
);
/** `out` is a struct statfs, see `Statfs`. */
export const fstatfs = bindCall('int fstatfs(int fd, void *out)');
export const fstatvfs = bindCall('int fstatvfs(int fd, void *out)');

// Extended attributes of a path (following links), of the link itself (l…), of a descriptor (f…).
// A size of 0 returns the length of the value.
const GETXATTR_PARAMETERS = '(const void *path, const void *name, void *value, uint64 size)';
const SETXATTR_PARAMETERS =
  '(const void *path, const void *name, const void *value, uint64 size, int flags)';
export const getxattr = bindCall(`int64 getxattr${GETXATTR_PARAMETERS}` as const);
export const lgetxattr = bindCall(`int64 lgetxattr${GETXATTR_PARAMETERS}` as const);
export const fgetxattr = bindCall(
  'int64 fgetxattr(int fd, const void *name, void *value, uint64 size)',
);
export const setxattr = bindCall(`int setxattr${SETXATTR_PARAMETERS}` as const);
export const lsetxattr = bindCall(`int lsetxattr${SETXATTR_PARAMETERS}` as const);
export const fsetxattr = bindCall(
  'int fsetxattr(int fd, const void *name, const void *value, uint64 size, int flags)',
);
export const listxattr = bindCall('int64 listxattr(const void *path, void *list, uint64 size)');
export const llistxattr = bindCall('int64 llistxattr(const void *path, void *list, uint64 size)');
export const flistxattr = bindCall('int64 flistxattr(int fd, void *list, uint64 size)');
export const removexattr = bindCall('int removexattr(const void *path, const void *name)');
export const lremovexattr = bindCall('int lremovexattr(const void *path, const void *name)');
export const fremovexattr = bindCall('int fremovexattr(int fd, const void *name)');

/** Advice on future reads (POSIX_FADV_…). Returns 0 or an errno, not negated. */
export const posixFadvise = bindPlain(
  'int posix_fadvise(int fd, int64 offset, int64 length, int advice)',
);

/** Binds a thread (0 for this one) to CPUs: bit n of `mask` is CPU n. */
export const schedSetaffinity = bindCall(
  'int sched_setaffinity(int tid, uint64 size, const void *mask)',
);
/** Reads the CPUs of a thread, as `schedSetaffinity` takes them. */
export const schedGetaffinity = bindCall('int sched_getaffinity(int tid, uint64 size, void *mask)');
/** `time` is a struct timespec: seconds and nanoseconds, of 8 bytes each. */
export const clockGettime = bindCall('int clock_gettime(int clock, void *time)');
/** Returns a descriptor that becomes readable when its timer expires; see timerfd_create(2). */
export const timerfdCreate = bindCall('int timerfd_create(int clock, int flags)');
/** `value` is a struct itimerspec, see `Itimerspec`; `old` may be null. */
export const timerfdSettime = bindCall(
  'int timerfd_settime(int fd, int flags, const void *value, void *old)',
);

/** Lets other ready threads of this CPU run first. */
export const schedYield = bindCall('int sched_yield()');

// Identity of this thread for file-system checks. The result is the previous id, not a status.
export const setfsuid = bindPlain('int setfsuid(uint32 uid)');
export const setfsgid = bindPlain('int setfsgid(uint32 gid)');
/** `header` and `sets` are struct __user_cap_header_struct and two __user_cap_data_struct. */
export const capget = bindCall('int capget(void *header, void *sets)');
export const capset = bindCall('int capset(void *header, const void *sets)');
/** Returns the previous mask. */
export const umask = bindPlain('uint32 umask(uint32 mask)');

// Mounting, and passing a descriptor over a socket (see socket.ts).
export const mount = bindCall(
  'int mount(const void *source, const void *target, const void *type, uint64 flags, void *data)',
);
export const umount2 = bindCall('int umount2(const void *target, int flags)');
export const socketpair = bindCall(
  'int socketpair(int domain, int type, int protocol, void *pair)',
);
/** `name` is a struct sockaddr, see `makeSockaddr` in stream.ts. */
export const socket = bindCall('int socket(int domain, int type, int protocol)');
export const connect = bindCall('int connect(int socket, const void *name, uint32 length)');
export const bind = bindCall('int bind(int socket, const void *name, uint32 length)');
export const listen = bindCall('int listen(int socket, int backlog)');
/** Fills `name` with the peer's address and `length` with its size; `length` is 4 bytes, set to the size of `name`. */
export const accept4 = bindCall('int accept4(int socket, void *name, void *length, int flags)');
export const getsockname = bindCall('int getsockname(int socket, void *name, void *length)');
/** `length` is 4 bytes: the size of `value`, then the number of bytes filled. */
export const getsockopt = bindCall(
  'int getsockopt(int socket, int level, int name, void *value, void *length)',
);
export const setsockopt = bindCall(
  'int setsockopt(int socket, int level, int name, const void *value, uint32 length)',
);
export const recv = bindCall('int64 recv(int socket, void *into, uint64 count, int flags)');
export const send = bindCall('int64 send(int socket, const void *from, uint64 count, int flags)');
export const sendmsg = bindCall('int64 sendmsg(int socket, const void *message, int flags)');
export const recvmsg = bindCall('int64 recvmsg(int socket, void *message, int flags)');

// System calls for which older C libraries have no function, by number (`system-calls.ts`).
const syscall = bindCall('int64 syscall(int64 number, int64 fd, void *at, int64 x, int64 y)');
/** Fills a buffer with struct linux_dirent64 (see `Dirents`). Returns the bytes, 0 at the end of the directory. */
export const getdents64 = (fd: Fd, into: Bytes, size: number): number =>
  syscall(systemCalls.getdents64, fd, into, size, 0);
/** As fchmodat, and with AT_EMPTY_PATH also for an O_PATH descriptor. Linux 6.6. */
export const fchmodat2 = (dir: Fd, path: Path, mode: number, flags: number): number =>
  syscall(systemCalls.fchmodat2, dir, path, mode, flags);
/** `dev` in the kernel's encoding, see `makedev`. */
export const mknodat = (dir: Fd, path: Path, mode: number, dev: number): number =>
  syscall(systemCalls.mknodat, dir, path, mode, dev);

/** `handle` is a struct file_handle with its `handle_bytes` set, `mountId` 4 bytes. */
export const nameToHandleAt = bindCall(
  'int name_to_handle_at(int dir, const void *path, void *handle, void *mount_id, int flags)',
);
/** `mount` is a descriptor of the file system, without O_PATH. */
export const openByHandleAt = bindCall('int open_by_handle_at(int mount, void *handle, int flags)');

const openat2Call = bindCall(
  'int64 syscall(int64 number, int64 dir, const void *path, void *how, uint64 size)',
);
/** `how` is a struct open_how of 24 bytes: flags, mode, resolve (linux/openat2.h), 64 bits each. */
export const openat2 = (dir: Fd, path: Path, how: Bytes): Fd =>
  openat2Call(systemCalls.openat2, dir, path, how, how.length);

// Users and groups. getpwuid_r returns an errno, not negated; getgrouplist returns -1 for lack of room.
export const getpwuid_r = bindPlain(
  'int getpwuid_r(uint32 uid, void *passwd, void *texts, uint64 size, void *result)',
);
export const getgrouplist = bindPlain(
  'int getgrouplist(const void *user, uint32 gid, void *groups, void *count)',
);

// Confinement: prctl(2), seccomp(2), landlock(7).
export const prctl = bindCall('int prctl(int option, uint64 a, uint64 b, uint64 c, uint64 d)');
const setComm = bindCall('int prctl(int option, const void *name)');
const PR_SET_NAME = 15;
/** Sets the name of this thread, `comm`: 15 bytes. */
export const setThreadName = (name: string): number =>
  setComm(PR_SET_NAME, Buffer.from(`${name}\0`));
const seccompCall = bindCall(
  'int64 syscall(int64 number, int64 operation, int64 flags, const void *at)',
);
/** `program` is a struct sock_fprog. Returns a thread's number if only that one refuses. */
export const seccomp = (operation: number, flags: number, program: Bytes): number =>
  seccompCall(systemCalls.seccomp, operation, flags, program);
const createRulesetCall = bindCall(
  'int64 syscall(int64 number, const void *attribute, uint64 size, uint32 flags)',
);
const addRuleCall = bindCall(
  'int64 syscall(int64 number, int64 ruleset, int64 type, const void *attribute, int64 flags)',
);
export const memfdCreate = bindCall('int memfd_create(const void *name, uint32 flags)');
export const landlock = {
  createRuleset: (attribute: Bytes | null, size: number, flags: number): Fd =>
    createRulesetCall(systemCalls.landlock_create_ruleset, attribute, size, flags),
  addRule: (ruleset: Fd, type: number, attribute: Bytes, flags: number): number =>
    addRuleCall(systemCalls.landlock_add_rule, ruleset, type, attribute, flags),
};
