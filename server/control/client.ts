/**
 * The command's end of the control channel: `ask` for one answer, `Conversation` where more follows it
 * (`attach.ts`). Messages name the server as the user did.
 */
import { connect, type Socket } from 'node:net';
import { findMount } from '../../runtime/mount/mountinfo.ts';
import { Failure } from '../../terminal/exit.ts';
import type { WholeDump } from '../statedump/whole.ts';

/** A server that can be asked. */
export interface Served {
  /** As its user named it, for messages. */
  readonly given: string;
  /** The name of its control socket. */
  readonly socket: string;
  /** Absolute; undefined of a server without a mount. */
  readonly mountpoint?: string;
}

const NEWLINE = 10;

/** A connection on which one question is asked. */
export class Conversation {
  /** The answer's value. @throws {Failure} */
  readonly value: Promise<unknown>;
  readonly ended: Promise<void>;
  readonly socket: Socket;
  /** Bytes that came behind the answer, so far. */
  rest: Buffer = Buffer.alloc(0);

  constructor(served: Served, ask: string, argument: unknown = null) {
    const socket = connect(served.socket);
    this.socket = socket;
    socket.write(`${JSON.stringify({ ask, argument })}\n`);
    // An error of the connection means what its end means.
    socket.on('error', () => {});
    this.ended = new Promise((resolve) => void socket.once('close', () => resolve()));
    this.value = new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const hear = (bytes: Buffer): void => {
        chunks.push(bytes);
        if (!bytes.includes(NEWLINE)) return;
        socket.off('data', hear).pause();
        const all = Buffer.concat(chunks);
        const end = all.indexOf(NEWLINE);
        this.rest = all.subarray(end + 1);
        const answer = JSON.parse(all.toString('utf8', 0, end)) as Answer;
        if ('error' in answer) reject(new Failure(answer.error));
        else resolve(answer.value);
      };
      socket.on('data', hear);
      this.ended.then(() => reject(gone(served)));
    });
    // A caller that no longer waits for it is not told.
    this.value.catch(() => {});
  }
}

type Answer = { readonly value: unknown } | { readonly error: string };

/** @param signal no longer waits for the answer. @throws {Failure} */
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

/** That its server has ended. */
export function gone({ given, mountpoint }: Pick<Served, 'given' | 'mountpoint'>): Failure {
  if (mountpoint !== undefined && findMount(mountpoint) === null) {
    return new Failure(`${given} was unmounted`);
  }
  const cure = mountpoint === undefined ? '' : `; 'glossa umount ${given}' takes it away`;
  return new Failure(`the server of ${given} is no more${cure}`);
}

/** A whole statedump. @throws {Failure} */
export const readWhole = async (served: Served): Promise<WholeDump> =>
  (await ask(served, 'statedump')) as WholeDump;
