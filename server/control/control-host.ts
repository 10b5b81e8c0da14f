/**
 * The server's end of the control channel, by which commands ask it: a socket (`socket.ts`) at which
 * it answers its own user and root.
 *
 * A question is a line of JSON, `{"ask": NAME, "argument": …}`, and its answer another: `{"value": …}`,
 * or `{"error": TEXT}`. A question may go on (`Connection.hold`): what follows its answer is its own
 * affair, until either end closes the connection.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../../runtime/core/log.ts';
import { messages } from '../../runtime/core/messages.ts';
import { reason } from '../../terminal/reason.ts';
import type { Ending } from '../ending.ts';
import { newName, peerOf, type ServerKind } from './socket.ts';

/** Connections at a time. */
const CONNECTIONS = 256;
/** Bytes of a question: a filter may have many long paths. */
const QUESTION_MAX = 2 ** 18;
/** The longest time that a client may take to ask. */
const QUESTION_MS = 30_000;
/** The longest time that a client may take to read the last answer. */
const FAREWELL_MS = 5000;
const NEWLINE = 10;

/** The description that a server without a mount gives of itself. */
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

/** The connection that a question came by. */
export interface Connection {
  readonly socket: Socket;
  /** Keeps it open behind the answer; `end` runs when the client wants no more, or is gone. */
  hold(end: () => void): void;
}

/** Returns or resolves to the answer's value, which JSON can carry. What it throws is told in words. */
export type Question = (argument: unknown, connection: Connection) => unknown;
export type Questions = Readonly<Record<string, Question>>;

/** The questions that both kinds of servers answer: `about`, and `end`, which ends as SIGTERM does. */
export function ownQuestions(about: () => AboutRunning, ending: Ending): Questions {
  let isEnding = false;
  return {
    about,
    end() {
      // A second request would not be waited for.
      if (!isEnding) setImmediate(() => ending.request('asked by glossa umount'));
      isEnding = true;
      return null;
    },
  };
}

export class ControlHost {
  private readonly questions: Questions;
  private readonly server: Server = createServer({ allowHalfOpen: true }, (socket) =>
    this.accept(socket),
  );
  /** The connections, each with what ends its question. */
  private readonly held = new Map<Socket, (() => void) | null>();

  private constructor(questions: Questions) {
    this.questions = questions;
    this.server.maxConnections = CONNECTIONS;
    this.server.unref();
  }

  /** Answers from now on, or says in the log why not: what is served is served all the same. */
  static async open(kind: ServerKind, questions: Questions, log: Log): Promise<ControlHost> {
    const host = new ControlHost(questions);
    const { server } = host;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(newName(kind), resolve);
      });
    } catch (error) {
      const why = `commands cannot ask this server: ${reason(error)}`;
      log.warning(why, { msgid: messages.notAsked.id });
    }
    // From now on it is a connection that fails, for want of descriptors: its client's affair.
    server.removeAllListeners('error').on('error', () => {});
    return host;
  }

  async close(): Promise<void> {
    const { server, held } = this;
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const [socket, end] of held) {
      if (end !== null) end();
      // A client that has not asked yet is not waited for.
      else if (!socket.writableEnded) socket.destroy();
    }
    const late = setTimeout(() => {
      for (const socket of held.keys()) socket.destroy();
    }, FAREWELL_MS);
    await closed;
    clearTimeout(late);
  }

  private accept(socket: Socket): void {
    const { held } = this;
    const uid = peerOf(socket)?.uid;
    // An error is followed by `close`, which is listened to.
    socket.on('error', () => {});
    if (uid !== 0 && uid !== process.geteuid!()) return void socket.destroy();
    held.set(socket, null);
    const late = setTimeout(() => socket.destroy(), QUESTION_MS).unref();
    let asked = Buffer.alloc(0);
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
    const over = (): void => held.get(socket)?.();
    socket.once('end', () => {
      over();
      if (asked.length === 0) socket.end();
    });
    socket.once('close', () => {
      clearTimeout(late);
      over();
      held.delete(socket);
    });
  }

  private async answer(socket: Socket, line: string): Promise<void> {
    const { questions, held } = this;
    const hold = (end: () => void): void => void held.set(socket, end);
    try {
      const { ask, argument } = JSON.parse(line) as { ask: string; argument: unknown };
      const question = Object.hasOwn(questions, ask) ? questions[ask] : undefined;
      if (question === undefined) throw new Error(`this server does not answer '${ask}'`);
      const value = await question(argument, { socket, hold });
      if (held.get(socket) === null) socket.end(`${JSON.stringify({ value })}\n`);
    } catch (error) {
      socket.end(`${JSON.stringify({ error: reason(error) })}\n`);
    }
  }
}
