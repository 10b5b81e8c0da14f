/**
 * Asks a server over its control channel: `ask` gets one answer, `Conversation` also the bytes that
 * follow it (`live-trace.ts`). Messages name the server as the user did.
 */
import { connect, type Socket } from 'node:net';
import { findMount } from '../../runtime/mount/mountinfo.ts';
import { Failure } from '../../terminal/exit.ts';
import type { WholeDump } from '../statedump/whole-dump.ts';

/** The control socket of a server. */
export interface NamedServer {
  /** The server as the user named it, for messages. */
  readonly operand: string;
  /** The name of its control socket. */
  readonly socket: string;
  /** Absolute; undefined for a server without a mount. */
  readonly mountpoint?: string;
}

const NEWLINE = 10;

/** A connection for one question. */
export class Conversation {
  /** The answer's value. @throws {Failure} */
  readonly value: Promise<unknown>;
  readonly whenClosed: Promise<void>;
  readonly socket: Socket;
  /** The bytes received behind the answer so far. */
  rest: Buffer = Buffer.alloc(0);

  constructor(server: NamedServer, ask: string, argument: unknown = null) {
    const socket = connect(server.socket);
    this.socket = socket;
    socket.write(`${JSON.stringify({ ask, argument })}\n`);
    // The end of the connection follows its error.
    socket.on('error', () => {});
    this.whenClosed = new Promise((resolve) => void socket.once('close', () => resolve()));
    this.value = new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const receive = (bytes: Buffer): void => {
        chunks.push(bytes);
        if (!bytes.includes(NEWLINE)) return;
        socket.off('data', receive).pause();
        const all = Buffer.concat(chunks);
        const end = all.indexOf(NEWLINE);
        this.rest = all.subarray(end + 1);
        const answer = JSON.parse(all.toString('utf8', 0, end)) as Answer;
        if ('error' in answer) reject(new Failure(answer.error));
        else resolve(answer.value);
      };
      socket.on('data', receive);
      this.whenClosed.then(() => reject(makeServerGoneError(server)));
    });
    // A caller that no longer waits needs no rejection.
    this.value.catch(() => {});
  }
}

type Answer = { readonly value: unknown } | { readonly error: string };

/** Asks one question. @param signal ends the wait. @throws {Failure} */
export async function ask(
  server: NamedServer,
  question: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const conversation = new Conversation(server, question);
  signal?.addEventListener('abort', () => conversation.socket.destroy(), { once: true });
  try {
    return await conversation.value;
  } finally {
    conversation.socket.destroy();
  }
}

/** The error for a server that has ended. */
export function makeServerGoneError({
  operand,
  mountpoint,
}: Pick<NamedServer, 'operand' | 'mountpoint'>): Failure {
  if (mountpoint !== undefined && findMount(mountpoint) === null) {
    return new Failure(`${operand} was unmounted`);
  }
  const cure = mountpoint === undefined ? '' : `; 'glossa umount ${operand}' unmounts it`;
  return new Failure(`the server of ${operand} has ended${cure}`);
}

/** Fetches a whole statedump. @throws {Failure} */
export const fetchStatedump = async (server: NamedServer): Promise<WholeDump> =>
  (await ask(server, 'statedump')) as WholeDump;
