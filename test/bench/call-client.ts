/**
 * Runs in each client process of single calls (`calls.ts`): a request is a call on one of some files in a directory,
 * which the client makes unless they are there.
 */
import '../../runtime/sys/inspector.ts';
import { constants, existsSync, mkdirSync } from 'node:fs';
import { serveRequests } from '../../apps/bench/engine/load/serve-requests.ts';
import { readFile } from '../../apps/bench/engine/workloads/small-file-workload.ts';
import {
  type BlockingRequests,
  callOrThrow,
  describeStatus,
  NEW_FILE_FLAGS,
  openFolder,
  PAGE_SIZE,
  unlinkFile,
  type WorkloadSetting,
  writeAll,
} from '../../apps/bench/engine/workloads/workload.ts';
import { EINVAL, ENOENT, ENOSYS, EOPNOTSUPP } from '../../runtime/core/errno.ts';
import { STATX_BASIC_STATS } from '../../runtime/sys/constants.ts';
import {
  addressOf,
  close,
  getdents64,
  getxattr,
  openat,
  pread,
  pwrite,
  statx,
} from '../../runtime/sys/libc.ts';
import { Dirents, Statx, toCString } from '../../runtime/sys/struct.ts';
import { byteOf, type Operation } from './operations.ts';

type Call = Pick<BlockingRequests, 'send'> & {
  /** Returns whether the result of call `i` is right, and undoes the call. */
  isRight(i: number, status: number): boolean;
  /** Closes the files that it has opened. */
  close?(): void;
};

const { O_RDONLY, O_DIRECTORY, O_DIRECT } = constants;
const ACL = toCString('system.posix_acl_access');
const DOT = toCString('.');
/** The largest file that is read whole. */
const READ_SIZE_MAX = 128 << 10;

/** Makes an array that begins with a page, as reads past the kernel's cache need it. */
function makeAligned(length: number): Uint8Array {
  const bytes = new Uint8Array(length + PAGE_SIZE);
  const start = -Number(addressOf(bytes) % BigInt(PAGE_SIZE)) + PAGE_SIZE;
  return bytes.subarray(start, start + length);
}

/** Makes the calls on files `name-0`, `name-1`, … of the working directory. */
function makeCall(operation: Operation, folder: number, count: number): Call {
  const names = Array.from({ length: count }, (_, file) => toCString(`name-${file}`));
  const data = makeAligned(READ_SIZE_MAX);
  const out = new Statx();
  const nameOf = (i: number): Uint8Array => names[i % count]!;
  const create = (i: number): number => openat(folder, nameOf(i), NEW_FILE_FLAGS, 0o644);
  const makeFiles = (): void => {
    for (const [file, name] of names.entries()) {
      if (statx(folder, name, 0, STATX_BASIC_STATS, out.bytes) === 0) continue;
      const fd = callOrThrow(create(file), `create name-${file}`);
      writeAll(fd, data.fill(byteOf(file)), PAGE_SIZE, 0);
      close(fd);
    }
  };
  const stat = (i: number): number => statx(folder, nameOf(i), 0, STATX_BASIC_STATS, out.bytes);
  const isContent = (i: number, length: number): boolean =>
    data[0] === byteOf(i % count) && data[length - 1] === byteOf(i % count);
  switch (operation) {
    case 'absent':
      return { send: stat, isRight: (_, status) => status === -ENOENT };
    case 'stat':
      makeFiles();
      return { send: stat, isRight: (_, status) => status === 0 && out.size === PAGE_SIZE };
    case 'read':
      makeFiles();
      return {
        send: (i) => readFile(folder, nameOf(i), data),
        isRight: (i, status) => status === PAGE_SIZE && isContent(i, PAGE_SIZE),
      };
    case 'create':
    case 'small':
      return {
        send(i) {
          const fd = create(i);
          if (fd < 0) return fd;
          const length = operation === 'small' ? pwrite(fd, data, PAGE_SIZE, 0) : PAGE_SIZE;
          return close(fd) < 0 || length < PAGE_SIZE ? -1 : unlinkFile(folder, nameOf(i));
        },
        isRight: (_, status) => status === 0,
      };
    case 'write':
      return {
        send(i) {
          const fd = create(i);
          if (fd < 0) return fd;
          const length = pwrite(fd, data, PAGE_SIZE, 0);
          return close(fd) < 0 ? -1 : length;
        },
        isRight: (i, status) => unlinkFile(folder, nameOf(i)) === 0 && status === PAGE_SIZE,
      };
    case 'pread': {
      makeFiles();
      const fds = names.map((name) =>
        callOrThrow(openat(folder, name, O_RDONLY | O_DIRECT, 0), 'open'),
      );
      stat(0);
      const { size } = out;
      return {
        send: (i) => pread(fds[i % count]!, data, size, 0),
        isRight: (i, status) => status === size && isContent(i, size),
        close: () => fds.forEach((fd) => void close(fd)),
      };
    }
    case 'names':
    case 'list':
      makeFiles();
      return makeListing(folder, count, operation === 'list');
  }
}

/**
 * Lists the directory. With details as `ls -l`, it asks for the attributes of each name, and whether it has an ACL,
 * until the answer is that the file system has none.
 */
function makeListing(folder: number, count: number, hasDetails: boolean): Call {
  const entries = new Dirents();
  const out = new Statx();
  let found = 0;
  const asksAcl = (name: Uint8Array): boolean =>
    ![-EOPNOTSUPP, -ENOSYS, -EINVAL].includes(getxattr(name, ACL, out.bytes, 0));
  const readDetails = (name: Uint8Array): void => {
    const status = statx(folder, name, 0, STATX_BASIC_STATS, out.bytes);
    const isFile = (out.mode & constants.S_IFMT) === constants.S_IFREG;
    if (status === 0 && isFile && out.size === PAGE_SIZE) found++;
  };
  return {
    send() {
      const fd = openat(folder, DOT, O_RDONLY | O_DIRECTORY, 0);
      if (fd < 0) return fd;
      found = 0;
      let asks = hasDetails && asksAcl(DOT);
      let length = getdents64(fd, entries.bytes, entries.bytes.length);
      for (; length > 0; length = getdents64(fd, entries.bytes, entries.bytes.length)) {
        entries.start(length);
        while (entries.next()) {
          if (!hasDetails) {
            found++;
            continue;
          }
          const name = entries.bytes.subarray(entries.nameStart, entries.nameEnd + 1);
          readDetails(name);
          if (asks) asks = asksAcl(name);
        }
      }
      return close(fd) < 0 ? -1 : length;
    },
    isRight: (_, status) => status === 0 && found === (hasDetails ? count : count + 2),
  };
}

/** Opens the calls of `OPERATION FILES`. */
function openCalls(workload: string, { root }: WorkloadSetting): BlockingRequests {
  const [operation, files] = workload.split(' ') as [Operation, string];
  if (!existsSync(root)) mkdirSync(root);
  // So that the kernel looks up the last name alone where a call takes a path.
  process.chdir(root);
  const folder = openFolder(root);
  const { send, isRight, close: closeFiles } = makeCall(operation, folder, Number(files));
  return {
    send,
    check: (i, status) =>
      isRight(i, status)
        ? null
        : `${operation} of name-${i % Number(files)}: ${describeStatus(status)}`,
    close() {
      closeFiles?.();
      process.chdir('/');
      close(folder);
    },
  };
}

serveRequests({ open: openCalls, handlers: {} });
