/**
 * Writes notices on a thread, one per mount, started for the first notice: a write may wait in the kernel for a lock
 * that a lookup holds. The thread has its own descriptor table, without the mount's descriptor, so that a killed server
 * does not leave its connection open (docs/how-it-works/mechanisms.md).
 *
 * Sources: Linux fs/fuse/dev.c (fuse_dev_release), fs/fuse/dir.c (fuse_reverse_inval_entry).
 */

import { Worker } from 'node:worker_threads';
import { F_DUPFD_CLOEXEC } from '../../sys/constants.ts';
import { koffiPath } from '../../sys/koffi.ts';
import { close, fcntl } from '../../sys/libc.ts';
import { systemCalls } from '../../sys/system-calls.ts';

/** The thread's program. Its constants are the flags of close_range(2) and unshare(2). */
const WORKER_PROGRAM = `
const fs = require('node:fs');
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
const koffi = require(workerData.koffi);
const { messageCount, hasStarted } = workerData;
const libc = koffi.load(null);
const CLOSE_RANGE = ${systemCalls.close_range}, UNSHARE = 2, BEYOND_ALL = 0x7ffffff0, CLONE_FILES = 0x400;

// Gives the thread a descriptor table of its own. The range lies beyond all descriptors, so none is closed.
function unshareDescriptorTable() {
  const syscall = libc.func('long syscall(long number, uint32 first, uint32 last, uint32 flags)');
  if (syscall(CLOSE_RANGE, BEYOND_ALL, BEYOND_ALL, UNSHARE) === 0) return true;
  return libc.func('int unshare(int flags)')(CLONE_FILES) === 0;
}

// Closes the other files of the copied table, among them the mount's device, and the socket to the broker.
function closeOthers({ fd, brokerFd }) {
  for (const name of fs.readdirSync('/proc/thread-self/fd')) {
    try {
      const openFd = Number(name);
      const path = fs.readlinkSync('/proc/thread-self/fd/' + name);
      if (openFd === brokerFd || (openFd > 2 && openFd !== fd && path.startsWith('/')))
        fs.closeSync(openFd);
    } catch {} // the descriptor of the listing itself
  }
}

const device = workerData.fd;
const hasOwnTable = unshareDescriptorTable();
if (hasOwnTable) closeOthers(workerData);
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

/** A `/dev/fuse` for notices, and the socket that tells the broker of the server's end. */
export interface NoticeDevice {
  /** A clone of the mounted descriptor: a killed server's thread may hold it open. */
  readonly noticeFd: number;
  readonly broker?: { readonly fd: number };
}

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
  private isClosed = false;
  /** A duplicate of the mount's descriptor for the thread, as the mount may end meanwhile; -1 when closed. */
  private passedFd: number;

  constructor({ noticeFd, broker }: NoticeDevice, events: NotifierEvents) {
    this.passedFd = fcntl(noticeFd, F_DUPFD_CLOEXEC, 0);
    const workerData = {
      fd: this.passedFd,
      brokerFd: broker?.fd ?? -1,
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
      if (message === 'ready') this.closePassedFd();
      else if (!this.isClosed) events.onWritten();
    });
    this.worker.on('error', (error) => {
      this.hasStarted[0] = 1;
      events.onBroken(String(error));
    });
    this.worker.on('exit', () => this.closePassedFd());
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
    // Terminating a thread while it loads native code aborts the process (SIGABRT).
    Atomics.wait(this.hasStarted, 0, 0, START_TIMEOUT_MS);
    void this.worker.terminate();
  }
}
