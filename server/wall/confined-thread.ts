/**
 * The thread that starts a server inside the wall: it waits for the request, enters the wall, starts the server, and tells
 * its end. `confined-child.ts` has the other side. The thread loads what calls the kernel, while the command reads the
 * volfile.
 */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { strerror } from '../../runtime/core/errno.ts';
import type { Reach } from '../../runtime/core/reach.ts';
import { prctl } from '../../runtime/sys/libc.ts';
import { makeSocketpair } from '../../runtime/sys/socket.ts';
import { enterWall, findLandlock } from './confinement.ts';

/** The data of the thread. Words of the gate: 1 once a start is requested; the process, or -1; own ends of sockets. */
export interface ThreadData {
  readonly gate: Int32Array;
  readonly port: MessagePort;
}

/** The things that a confined server may reach. */
export interface Confinement {
  readonly reach: readonly Reach[];
  readonly abi: number;
  readonly makesDevices: boolean;
}

/** A request to start Node with arguments; `pipe` and `ipc` in `stdio` become sockets. */
export interface StartRequest extends Confinement {
  readonly args: readonly string[];
  readonly stdio: readonly ('ignore' | 'inherit' | 'pipe' | 'ipc' | number)[];
  readonly env: NodeJS.ProcessEnv;
}

/** A message of the thread: the first has the ABI of Landlock or an error text, the last the end of the server. */
export type ThreadMessage =
  | { readonly landlock: number | string }
  | { readonly status: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly error: string; readonly code?: string | undefined };

const PR_SET_DUMPABLE = 4;

const { gate, port } = workerData as ThreadData;
port.postMessage({ landlock: findLandlock() } satisfies ThreadMessage);
Atomics.wait(gate, 0, 0);
const request = receiveMessageOnPort(port)!.message as StartRequest;

function end(message: ThreadMessage): void {
  port.postMessage(message);
  port.close();
}

/** Starts the server; returns its process. @throws {Error} if the kernel refuses */
function start({ reach, abi, makesDevices, args, stdio, env }: StartRequest): number {
  const passed: number[] = [];
  const items = stdio.map((item, i) => {
    if (item !== 'pipe' && item !== 'ipc') return item === 'inherit' ? i : item;
    const pair = makeSocketpair();
    if (typeof pair === 'number') throw new Error(`socketpair: ${strerror(-pair)}`);
    gate[2 + i] = pair[0];
    passed.push(pair[1]);
    return pair[1];
  });
  // The server has the restrictions of this thread, whose memory and files it could open otherwise.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  enterWall(reach, abi, makesDevices);
  const child = spawn(process.execPath, args, { detached: true, stdio: items, env });
  for (const fd of passed) closeSync(fd);
  child.once('error', ({ message, code }: NodeJS.ErrnoException) => end({ error: message, code }));
  child.once('exit', (status, signal) => end({ status, signal }));
  return child.pid ?? -1;
}

let pid = -1;
try {
  pid = start(request);
} catch (error) {
  end({ error: `the server cannot be confined: ${error}` });
}
Atomics.store(gate, 1, pid);
Atomics.notify(gate, 1);
