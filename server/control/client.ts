/**
 * Asks a server over its control channel: `ask` gets one answer, `Conversation` also the bytes that
 * follow it (`attach.ts`). Messages name the server as the user did.
 */
import { connect, type Socket } from 'node:net';
import { findMount } from '../../runtime/mount/mountinfo.ts';
import { Failure } from '../../terminal/exit.ts';
import type { WholeDump } from '../statedump/whole-dump.ts';

/** The control socket of a server. */
export interface Served {
  /** The server as the user named it, for messages. */
  readonly given: string;
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
  readonly ended: Promise<void>;
  readonly socket: Socket;
  /** The bytes received behind the answer so far. */
  rest: Buffer = Buffer.alloc(0);

  constructor(served: Served, ask: string, argument: unknown = null) {
    const socket = connect(served.socket);
    this.socket = socket;
    socket.write(`${JSON.stringify({ ask, argument })}\n`);
    // The end of the connection follows its error.
    socket.on('error', () => {});
    this.ended = new Promise((resolve) => void socket.once('close', () => resolve()));
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
      this.ended.then(() => reject(serverGone(served)));
    });
    // A caller that no longer waits needs no rejection.
    this.value.catch(() => {});
  }
}

type Answer = { readonly value: unknown } | { readonly error: string };

/** Asks one question. @param signal ends the wait. @throws {Failure} */
export async function ask(
  served: Served,
  question: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const conversation = new Conversation(served, question);
  signal?.addEventListener('abort', () => conversation.socket.destroy(), { once: true });
  try {
    return await conversation.value;
  } finally {
    conversation.socket.destroy();
  }
}

/** The error for a server that has ended. */
export function serverGone({ given, mountpoint }: Pick<Served, 'given' | 'mountpoint'>): Failure {
  if (mountpoint !== undefined && findMount(mountpoint) === null) {
    return new Failure(`${given} was unmounted`);
  }
  const cure = mountpoint === undefined ? '' : `; 'glossa umount ${given}' unmounts it`;
  return new Failure(`the server of ${given} has ended${cure}`);
}

/** Fetches a whole statedump. @throws {Failure} */
export const fetchStatedump = async (served: Served): Promise<WholeDump> =>
  (await ask(served, 'statedump')) as WholeDump;
