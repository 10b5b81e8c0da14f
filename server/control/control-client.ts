/**
 * Asks a running server over its control socket. `ask` returns the answer; a `ControlQuery` also
 * gives the bytes that follow it, to `live-trace.ts`. Errors name the server as the user did.
 */
import { connect, type Socket } from 'node:net';
import { findMount } from '../../runtime/mount/mountinfo.ts';
import { Failure } from '../../terminal/exit.ts';
import type { WholeDump } from '../statedump/whole-dump.ts';

/** A running server that a user named, and its control socket. */
export interface NamedServer {
  /** The server as the user named it, for messages. */
  readonly operand: string;
  /** The name of its control socket. */
  readonly socket: string;
  /** The absolute mount point; undefined for a server without a mount. */
  readonly mountpoint?: string;
}

/** The byte that ends an answer. */
const NEWLINE = 10;

/** A connection for one question, and for the bytes that may follow its answer. */
export class ControlQuery {
  /** The answer's value. @throws {Failure} */
  readonly value: Promise<unknown>;
  /** Resolves when the connection is closed. */
  readonly whenClosed: Promise<void>;
  readonly socket: Socket;
  /** The bytes received after the answer; the paused socket has the later ones. */
  restBytes: Buffer = Buffer.alloc(0);

  constructor(server: NamedServer, question: string, argument: unknown = null) {
    const socket = connect(server.socket);
    this.socket = socket;
    socket.write(`${JSON.stringify({ ask: question, argument })}\n`);
    // Node closes the socket after an error: `whenClosed` covers both.
    socket.on('error', () => {});
    this.whenClosed = new Promise((resolve) => void socket.once('close', () => resolve()));
    this.value = new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const receive = (bytes: Buffer): void => {
        chunks.push(bytes);
        if (!bytes.includes(NEWLINE)) return;
        socket.off('data', receive).pause();
        const receivedBytes = Buffer.concat(chunks);
        const newlineAt = receivedBytes.indexOf(NEWLINE);
        this.restBytes = receivedBytes.subarray(newlineAt + 1);
        const answer = JSON.parse(receivedBytes.toString('utf8', 0, newlineAt)) as Answer;
        if ('error' in answer) reject(new Failure(answer.error));
        else resolve(answer.value);
      };
      socket.on('data', receive);
      this.whenClosed.then(() => reject(makeServerGoneError(server)));
    });
    // Prevents an unhandled rejection when no caller waits for the value.
    this.value.catch(() => {});
  }
}

/** The answer of a server: a value, or the message of an error. */
type Answer = { readonly value: unknown } | { readonly error: string };

/**
 * Asks one question, and resolves to the answer's value.
 * @param signal ends the wait when it aborts
 * @throws {Failure}
 */
export async function ask(
  server: NamedServer,
  question: string,
  signal?: AbortSignal,
): Promise<unknown> {
  signal?.throwIfAborted();
  const query = new ControlQuery(server, question);
  const end = (): void => void query.socket.destroy();
  signal?.addEventListener('abort', end);
  try {
    return await query.value;
  } finally {
    signal?.removeEventListener('abort', end);
    query.socket.destroy();
  }
}

/** Makes the error for a server that has ended; it says how to unmount the mount that it left. */
export function makeServerGoneError({
  operand,
  mountpoint,
}: Pick<NamedServer, 'operand' | 'mountpoint'>): Failure {
  if (mountpoint !== undefined && findMount(mountpoint) === null) {
    return new Failure(`${operand} was unmounted`);
  }
  const hint = mountpoint === undefined ? '' : `; 'glossa umount ${operand}' unmounts it`;
  return new Failure(`the server of ${operand} has ended${hint}`);
}

/** Fetches a whole statedump. @throws {Failure} */
export const fetchStatedump = async (server: NamedServer): Promise<WholeDump> =>
  (await ask(server, 'statedump')) as WholeDump;
