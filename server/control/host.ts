/**
 * How a server without a mount is asked: at a socket in the run folder of its user, to which nobody
 * but that user and root can connect. Who asks says a name in a line, as of `answers.ts`, and is
 * answered by 8 bytes, the errno and the length of the value (big-endian), and the value.
 *
 * The socket is called by the machine and the process, so that each server has its own, and it is
 * seen of those that a killed one has left that they are nobody's: the next server removes them.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { listenForOwner, removeStale } from '../../gluster/volfile-server/owner-socket.ts';
import { encodeName } from '../../runtime/core/bytes.ts';
import { EIO, ENODATA } from '../../runtime/core/errno.ts';
import type { Log } from '../../runtime/core/log.ts';
import { messages } from '../../runtime/core/messages.ts';
import type { RootAction, RootActions } from '../../runtime/mount/root-xattrs.ts';
import { reason } from '../../terminal/reason.ts';
import type { Ending } from '../ending.ts';
import { defaultRunFolder } from '../run-files.ts';

/** What it is, and where it serves. */
export const ABOUT = 'glossa.about';
/** Ends it in order, as SIGTERM does. */
export const END = 'glossa.end';

export const HEAD_SIZE = 8;
/** Bytes that a value may have: more than there is of anything. */
export const ROOM = 2 ** 31 - 1;
/** As many ask at once. */
const CONNECTIONS = 256;
/** Bytes of a question. */
const QUESTION_MAX = 4096;
/** How long one may take to be asked. */
const QUESTION_MS = 30_000;
/** How long who asked may take to read the last answer. */
const FAREWELL_MS = 5000;
/** The kernel takes no longer path of a socket. Source: unix(7). */
const PATH_MAX = 107;
const NEWLINE = 10;

/** What a server tells of itself. */
export interface AboutRunning {
  readonly what: 'brick' | 'volfile-server';
  /** Absolute; of a server of volfiles, its folder. */
  readonly volfile: string;
  readonly listens: readonly Listening[];
}

export interface Listening {
  readonly address: string;
  /** The volumes that clients may use there, by name. */
  readonly bricks: readonly string[];
}

/** What is asked of a server: itself, its end, and what else it answers. */
export interface Hosting {
  about(): AboutRunning;
  readonly answers?: RootActions;
  readonly ending: Ending;
  readonly log: Log;
}

const none: RootActions = { get: () => undefined };

/** Of servers of this machine by their process. */
const socketName = (pid: number): string => `${hostname()}.${pid}.sock`;
export const SOCKET = /\/glossa\/[^/]+\.(\d+)\.sock$/;

export class SocketHost {
  private readonly path = join(defaultRunFolder(), socketName(process.pid));
  private readonly hosting: Hosting;
  private readonly server: Server = createServer((socket) => this.hear(socket));
  private readonly sockets = new Set<Socket>();
  private isListening = false;
  private isEnding = false;

  private constructor(hosting: Hosting) {
    this.hosting = hosting;
    this.server.maxConnections = CONNECTIONS;
    this.server.unref();
  }

  /** Answers from now on, or says in the log why not: what is served is served all the same. */
  static async open(hosting: Hosting): Promise<SocketHost> {
    const host = new SocketHost(hosting);
    try {
      await host.listen();
    } catch (error) {
      const why = `commands cannot ask this server at ${host.path}: ${reason(error)}`;
      hosting.log.warning(why, { msgid: messages.notAsked.id });
    }
    return host;
  }

  async close(): Promise<void> {
    if (!this.isListening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    process.off('exit', this.onExit);
    const late = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, FAREWELL_MS);
    // Who has not asked yet is not waited for.
    for (const socket of this.sockets) if (!socket.writableEnded) socket.destroy();
    await closed;
    clearTimeout(late);
  }

  private async listen(): Promise<void> {
    const { path, server } = this;
    if (Buffer.byteLength(path) > PATH_MAX) throw new Error('the path is too long for a socket');
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await removeLeft(dirname(path));
    await removeStale(path);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).once('listening', resolve);
      listenForOwner(server, path);
    });
    // From now on it is a connection that fails, for want of descriptors: its client's affair.
    server.removeAllListeners('error').on('error', () => {});
    this.isListening = true;
    process.on('exit', this.onExit);
  }

  private readonly onExit = (): void => rmSync(this.path, { force: true });

  private hear(socket: Socket): void {
    this.sockets.add(socket);
    let asked = Buffer.alloc(0);
    const late = setTimeout(() => socket.destroy(), QUESTION_MS).unref();
    const hear = (bytes: Buffer): void => {
      asked = Buffer.concat([asked, bytes]);
      const end = asked.indexOf(NEWLINE);
      if (end < 0 && asked.length > QUESTION_MAX) socket.destroy();
      if (end < 0) return;
      clearTimeout(late);
      // There is nothing more to say than a line.
      socket.off('data', hear).resume();
      void this.answer(socket, asked.toString('utf8', 0, end));
    };
    socket.on('data', hear);
    // What is said of it is that it is closed.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(late);
      this.sockets.delete(socket);
    });
  }

  private async answer(socket: Socket, name: string): Promise<void> {
    const head = new DataView(new ArrayBuffer(HEAD_SIZE));
    let value = new Uint8Array();
    try {
      const action = this.actionOf(name);
      if (action === undefined) head.setInt32(0, ENODATA);
      else value = Uint8Array.from(await action());
    } catch {
      // The mounts' answer to what fails.
      head.setInt32(0, EIO);
    }
    head.setUint32(4, value.length);
    socket.write(new Uint8Array(head.buffer));
    socket.end(value);
  }

  private actionOf(name: string): RootAction | undefined {
    const { about, answers = none } = this.hosting;
    if (name === ABOUT) return async () => encodeName(JSON.stringify(about()));
    if (name === END) return async () => this.end();
    return answers.get(name);
  }

  private end(): Uint8Array {
    // A second request would not be waited for.
    if (!this.isEnding) setImmediate(() => this.hosting.ending.request('asked by glossa umount'));
    this.isEnding = true;
    return new Uint8Array();
  }
}

/** Removes the sockets of this machine's servers that were killed. */
async function removeLeft(folder: string): Promise<void> {
  const own = `${hostname()}.`;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const pid = SOCKET.exec(path)?.[1];
    if (pid === undefined || !name.startsWith(own) || isProcess(Number(pid))) continue;
    // One that somebody listens at, in another container, is none of these.
    await removeStale(path).catch(() => {});
  }
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
