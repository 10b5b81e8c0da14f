/**
 * Writes notices on a thread, one per mount, started for the first notice: a write may wait in the kernel for a lock
 * that a lookup holds. The thread has its own descriptor table, without the mount's descriptor, so that a killed server
 * does not leave its connection open (docs/how-it-works/mechanisms.md).
 *
 * Sources: Linux fs/fuse/dev.c (fuse_dev_release), fs/fuse/dir.c (fuse_reverse_inval_entry).
 */

import { constants } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { F_DUPFD_CLOEXEC, O_CLOEXEC } from '../../sys/constants.ts';
import { koffiPath } from '../../sys/koffi.ts';
import { close, fcntl, ioctl, open } from '../../sys/libc.ts';
import { toCString } from '../../sys/struct.ts';
import { systemCalls } from '../../sys/system-calls.ts';
import { startOrphanShell } from './orphan-shell.ts';
import { DEV_IOC_CLONE } from './protocol.ts';

/**
 * The shell's program; `$1` is the server's pid.
 * - Of a killed server, two threads remain: the main thread, until the parent reaps it, and the notifier's thread,
 *   which waits in the kernel. So the loop ends when one thread is left.
 * - `dd` reads a whole request, so its block has room for the largest. Without a request it fails, because the device
 *   is nonblocking. `od` prints the first 16 bytes: the unique number begins at byte 8.
 * - `printf` writes struct fuse_out_header: the length, -107 (ENOTCONN), the unique number. For a FORGET, which takes
 *   no reply, the kernel refuses it, and the loop continues.
 */
const SCRIPT = `
server=$1
while set -- /proc/$server/task/*; [ $# -gt 1 ]; do
  set -- $(dd bs=2097152 count=1 <&3 | od -An -to1 -N16)
  if [ $# -eq 16 ]; then
    shift 8
    printf '\\20\\0\\0\\0\\225\\377\\377\\377'"\\\\$1\\\\$2\\\\$3\\\\$4\\\\$5\\\\$6\\\\$7\\\\$8" >&3
  else
    sleep 0.1 || sleep 1
  fi
done`;

/**
 * Starts the responder, which replies to requests that a killed server leaves behind: a shell (`orphan-shell.ts`), which has a `/dev/fuse` descriptor of its own. It replies ENOTCONN to every
 * request until the notifier's thread has ended. Otherwise the thread, and clients, could wait forever for a reply of
 * the killed server (docs/how-it-works/mechanisms.md).
 *
 * Sources: Linux fs/fuse/dev.c (fuse_dev_release ends what was read from a device), proc(5) (task).
 * @param fd the mounted descriptor of `/dev/fuse`
 * @returns a function that ends the responder
 */
function startOrphanResponder(fd: number): () => void {
  const { O_NONBLOCK, O_RDWR } = constants;
  const deviceFd = open(toCString('/dev/fuse'), O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
  const fdArgument = new Uint8Array(Uint32Array.of(fd).buffer);
  const isCloned = deviceFd >= 0 && ioctl(deviceFd, DEV_IOC_CLONE, fdArgument) === 0;
  const stop = isCloned
    ? startOrphanShell('orphan-responder', SCRIPT, [String(process.pid)], deviceFd)
    : (): void => {};
  if (deviceFd >= 0) close(deviceFd);
  return stop;
}

/** The thread's program. Its constants are the flags of close_range(2) and unshare(2). */
const WORKER_PROGRAM = `
const fs = require('node:fs');
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
const koffi = require(workerData.koffi);
const { messageCount, hasStarted } = workerData;
const libc = koffi.load(null);
const CLOSE_RANGE = ${systemCalls.close_range}, UNSHARE = 2, BEYOND_ALL = 0x7ffffff0, CLONE_FILES = 0x400;
const DEV_IOC_CLONE = ${DEV_IOC_CLONE};

// Gives the thread a descriptor table of its own. The range lies beyond all descriptors, so none is closed.
function unshareDescriptorTable() {
  const syscall = libc.func('long syscall(long number, uint32 first, uint32 last, uint32 flags)');
  if (syscall(CLOSE_RANGE, BEYOND_ALL, BEYOND_ALL, UNSHARE) === 0) return true;
  return libc.func('int unshare(int flags)')(CLONE_FILES) === 0;
}

// Closes the other descriptors of the copied table, and returns a descriptor of the thread's own for the connection.
function openOwnDevice(fd) {
  for (const name of fs.readdirSync('/proc/thread-self/fd')) {
    try {
      const openFd = Number(name);
      const path = fs.readlinkSync('/proc/thread-self/fd/' + name);
      if (openFd > 2 && openFd !== fd && path.startsWith('/')) fs.closeSync(openFd);
    } catch {} // the descriptor of the listing itself
  }
  try {
    const clone = fs.openSync('/dev/fuse', 'r+');
    const ioctl = libc.func('int ioctl(int fd, uint64 request, void *argument)');
    if (ioctl(clone, DEV_IOC_CLONE, Uint32Array.of(fd)) === 0) {
      fs.closeSync(fd);
      return clone;
    }
    fs.closeSync(clone);
  } catch {} // without a device of its own, it writes to the mount's
  return fd;
}

const hasOwnTable = unshareDescriptorTable();
const device = hasOwnTable ? openOwnDevice(workerData.fd) : workerData.fd;
if (hasOwnTable) parentPort.postMessage('ready');
Atomics.store(hasStarted, 0, 1);
Atomics.notify(hasStarted, 0);
for (;;) {
  const countBefore = Atomics.load(messageCount, 0);
  for (let received; (received = receiveMessageOnPort(parentPort)) !== undefined; ) {
    try {
      fs.writeSync(device, received.message);
    } catch {} // the kernel does not know the inode or name, or the mount has ended: nothing is cached
    parentPort.postMessage('written');
  }
  Atomics.wait(messageCount, 0, countBefore);
}
`;

/** Milliseconds that `close` waits for the thread's start, which takes far less. */
const START_TIMEOUT_MS = 5000;

/** The callbacks of a notifier's owner. */
export interface NotifierEvents {
  /** Called when the kernel has handled the oldest message. */
  onWritten(): void;
  /** Called when the thread has failed, after which it writes no messages. */
  onBroken(reason: string): void;
}

export class Notifier {
  private readonly worker: Worker;
  /** Counts the messages sent; the thread sleeps until it changes. */
  private readonly messageCount = new Int32Array(new SharedArrayBuffer(4));
  /** 1 when the thread has finished loading native code. */
  private readonly hasStarted = new Int32Array(new SharedArrayBuffer(4));
  /** Ends the orphan responder (`startOrphanResponder`). */
  private stopResponder: () => void = () => {};
  private isClosed = false;
  /** A duplicate of the mount's descriptor for the thread, as the mount may end meanwhile; -1 when closed. */
  private passedFd: number;

  /** @param fd the mounted descriptor of `/dev/fuse` */
  constructor(fd: number, events: NotifierEvents) {
    this.passedFd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    const workerData = {
      fd: this.passedFd,
      koffi: koffiPath,
      messageCount: this.messageCount,
      hasStarted: this.hasStarted,
    };
    this.worker = new Worker(WORKER_PROGRAM, {
      eval: true,
      workerData,
      execArgv: [],
      name: 'notices',
    });
    this.worker.unref();
    this.worker.on('message', (message) => {
      if (message === 'ready') this.startResponder();
      else if (!this.isClosed) events.onWritten();
    });
    this.worker.on('error', (error) => {
      this.hasStarted[0] = 1;
      events.onBroken(String(error));
    });
    this.worker.on('exit', () => this.closePassedFd());
  }

  /** Starts the orphan responder, once the thread has a descriptor table of its own. */
  private startResponder(): void {
    if (!this.isClosed) this.stopResponder = startOrphanResponder(this.passedFd);
    this.closePassedFd();
  }

  /** Closes the duplicate: the thread has its own copy, or has ended. */
  private closePassedFd(): void {
    if (this.passedFd >= 0) close(this.passedFd);
    this.passedFd = -1;
  }

  /** Queues a message; messages are written in order. */
  write(message: Uint8Array): void {
    this.worker.postMessage(message);
    Atomics.add(this.messageCount, 0, 1);
    Atomics.notify(this.messageCount, 0);
  }

  /** Ends the thread, and drops unwritten messages. */
  close(): void {
    this.isClosed = true;
    this.stopResponder();
    // Terminating a thread while it loads native code aborts the process (SIGABRT).
    Atomics.wait(this.hasStarted, 0, 0, START_TIMEOUT_MS);
    void this.worker.terminate();
  }
}
