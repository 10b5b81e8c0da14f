/** Asking a server, by the names of `answers.ts`: the asker's end. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { decodeName } from '../../runtime/core/bytes.ts';
import {
  ECONNABORTED,
  ENODATA,
  ENOTCONN,
  EOPNOTSUPP,
  EPERM,
  strerror,
} from '../../runtime/core/errno.ts';
import { XATTR_SIZE_MAX } from '../../runtime/core/limits.ts';
import { getxattr } from '../../runtime/sys/libc.ts';
import { cstring } from '../../runtime/sys/struct.ts';
import { Failure } from '../../terminal/exit.ts';
import { TOLD, type ToldName } from '../statedump/pages.ts';
import type { WholeDump } from '../statedump/whole.ts';
import { HEAD_SIZE, ROOM } from './host.ts';

/** Who is asked: a mount, or a server at its socket. Plain data, for another process too. */
export type Served = MountServed | SocketServed;

export interface MountServed {
  /** As its user named it, for messages. */
  readonly given: string;
  /** Absolute. */
  readonly mountpoint: string;
}

export interface SocketServed {
  readonly given: string;
  /** Absolute. */
  readonly socket: string;
}

/** The value of an answer; or the errno, negative. */
export type Answer = Uint8Array | number;

export const isMount = (served: Served): served is MountServed => 'mountpoint' in served;

/** Waits for the answer, in this thread for a mount's. */
export const ask = async (served: Served, name: string): Promise<Answer> =>
  isMount(served) ? askMount(served.mountpoint, name) : askSocket(served.socket, name);

/** An extended attribute of a mount's root. */
export function askMount(mountpoint: string, name: string): Answer {
  const value = new Uint8Array(XATTR_SIZE_MAX);
  const length = getxattr(cstring(mountpoint), cstring(name), value, value.length);
  return length < 0 ? length : value.subarray(0, length);
}

/** ENOTCONN where nobody listens any more, or the server has ended before it was done. */
export function askSocket(path: string, name: string, signal?: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, ...(signal && { signal }) });
    const chunks: Buffer[] = [];
    socket.write(`${name}\n`);
    socket.on('data', (bytes) => void chunks.push(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) reject(error);
      const { errno = -ENOTCONN } = error;
      resolve(['ENOENT', 'ECONNREFUSED'].includes(error.code ?? '') ? -ENOTCONN : errno);
    });
    socket.once('close', () => resolve(answerIn(Buffer.concat(chunks))));
  });
}

function answerIn(bytes: Buffer): Answer {
  if (bytes.length < HEAD_SIZE) return -ENOTCONN;
  const [errno, length] = [bytes.readInt32BE(0), bytes.readUInt32BE(4)];
  if (errno !== 0) return -errno;
  const value = bytes.subarray(HEAD_SIZE);
  return value.length === length ? value : -ENOTCONN;
}

/** What is wrong, by the errno. */
export type Refusal = (errno: number) => Failure;

/** An answer that is JSON. @throws {Failure} */
export const askJson = async (served: Served, name: string, refusal: Refusal): Promise<unknown> =>
  jsonIn(await ask(served, name), refusal);

/** @throws {Failure} */
export function jsonIn(answer: Answer, refusal: Refusal): unknown {
  if (typeof answer === 'number') throw refusal(-answer);
  return JSON.parse(decodeName(answer, 0, answer.length));
}

/** That nobody serves it any more. */
export function gone(served: Served): Failure {
  const { given } = served;
  const cure = isMount(served) ? `; 'glossa umount ${given}' takes it away` : '';
  return new Failure(`the server of ${given} is no more${cure}`);
}

export const isGone = (errno: number): boolean => errno === ENOTCONN || errno === ECONNABORTED;
/** Whether a server does not know what it was asked. */
export const isUnknown = (errno: number): boolean => errno === ENODATA || errno === EOPNOTSUPP;

/** A whole statedump. @throws {Failure} */
export const readWhole = async (served: Served): Promise<WholeDump> =>
  (await readPages(served, 'glossa.statedump')) as WholeDump;

/** What is told page by page (`statedump/pages.ts`): JSON. @throws {Failure} */
export async function readPages(served: Served, what: ToldName): Promise<unknown> {
  const id = randomBytes(8).toString('hex');
  const room = isMount(served) ? XATTR_SIZE_MAX : ROOM;
  const pages: Uint8Array[] = [];
  for (;;) {
    const page = await ask(served, `${what}.${id}.${pages.length}`);
    if (typeof page === 'number') throw untoldPages(served, -page, what);
    pages.push(page);
    if (page.length < room) break;
  }
  return jsonIn(Buffer.concat(pages), () => gone(served));
}

function untoldPages(served: Served, errno: number, what: ToldName): Failure {
  const { given } = served;
  if (isGone(errno)) return gone(served);
  if (errno === EPERM) {
    return new Failure(`only root and the user who mounted ${given} may see ${TOLD[what]}`);
  }
  const why = isUnknown(errno) ? `its server does not tell ${TOLD[what]}` : strerror(errno);
  return new Failure(`${given} has told nothing: ${why}`);
}
