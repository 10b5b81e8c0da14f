/**
 * Answers the questions of commands, such as `glossa stats`, over the server's control socket
 * (`control-socket.ts`), which accepts the server's own user and root.
 *
 * A question is a line of JSON, `{"ask": NAME, "argument": …}`; its answer is another line,
 * `{"value": …}` or `{"error": TEXT}`. A handler may hold the connection (`Connection.hold`), and
 * send more after the answer until either end closes it.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../../runtime/core/log.ts';
import { messages } from '../../runtime/core/messages.ts';
import { formatReason } from '../../terminal/exit.ts';
import type { Shutdown } from '../shutdown.ts';
import { bindSpareSocket } from '../wall/server-wall.ts';
import { makeSocketName, readPeer, type ServerKind } from './control-socket.ts';

/** The most connections at a time. */
const CONNECTIONS_MAX = 256;
/** The most bytes of a question: a filter may have many long paths. */
const QUESTION_BYTES_MAX = 2 ** 18;
/** The time limit for a client to send its question. */
const QUESTION_TIMEOUT_MS = 30_000;
/** The time limit for clients to read their last answers when the server ends. */
const CLOSE_TIMEOUT_MS = 5000;
/** The byte that ends a question. */
const NEWLINE = 10;

/** The answer of a server without a mount to the question `about`. */
export interface ServerDescription {
  readonly what: 'api' | 'brick' | 'volfile-server';
  /** The absolute path of the volfile; for a volfile server, of its folder. */
  readonly volfile: string;
  readonly listens: readonly Listener[];
}

/** An address at which a server listens for clients. */
export interface Listener {
  readonly address: string;
  /** The names of the volumes that clients may use there. */
  readonly bricks: readonly string[];
}

/** The connection over which a question arrived. */
export interface Connection {
  readonly socket: Socket;
  /**
   * Keeps the connection open after the answer; `end` is called when the client closes it or dies.
   */
  hold(end: () => void): void;
}

/**
 * Answers a question by a value for JSON, or a promise of one. If it throws, the message is sent.
 */
export type QuestionHandler = (argument: unknown, connection: Connection) => unknown;
/** The handlers by the question's name. */
export type QuestionHandlers = Readonly<Record<string, QuestionHandler>>;

/**
 * Makes the handlers that all servers without a mount have: `about` describes the server, and `end`
 * ends it as SIGTERM does.
 */
export function makeCommonHandlers(
  about: () => ServerDescription,
  shutdown: Shutdown,
): QuestionHandlers {
  let isEnding = false;
  return {
    about,
    end() {
      // A second request would make the server exit at once.
      if (!isEnding) setImmediate(() => shutdown.request('asked by glossa umount'));
      isEnding = true;
      return null;
    },
  };
}

/** The control socket of this server. */
export class ControlHost {
  private readonly handlers: QuestionHandlers;
  private readonly server: Server = createServer({ allowHalfOpen: true }, (socket) =>
    this.accept(socket),
  );
  /**
   * The open connections. Each has the function that was passed to `hold`, null if it is not held.
   */
  private readonly connections = new Map<Socket, (() => void) | null>();

  private constructor(handlers: QuestionHandlers) {
    this.handlers = handlers;
    this.server.maxConnections = CONNECTIONS_MAX;
    this.server.unref();
  }

  /** Starts answering. A failure is logged, and the server serves without a control socket. */
  static async open(kind: ServerKind, handlers: QuestionHandlers, log: Log): Promise<ControlHost> {
    const host = new ControlHost(handlers);
    const { server } = host;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(bindSpareSocket(makeSocketName(kind)), resolve);
      });
    } catch (error) {
      const cause = `commands cannot ask this server: ${formatReason(error)}`;
      log.warning(cause, { msgid: messages.commandSocketMissing.id });
    }
    // A later error, such as too few descriptors, concerns one connection, whose client sees it.
    server.removeAllListeners('error').on('error', () => {});
    return host;
  }

  /**
   * Closes the socket, and resolves when clients have read their answers, or after
   * CLOSE_TIMEOUT_MS.
   */
  async close(): Promise<void> {
    const { server, connections } = this;
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const [socket, end] of connections) {
      if (end !== null) end();
      // A client that has not got an answer yet does not delay the end.
      else if (!socket.writableEnded) socket.destroy();
    }
    const timer = setTimeout(() => {
      for (const socket of connections.keys()) socket.destroy();
    }, CLOSE_TIMEOUT_MS);
    await closed;
    clearTimeout(timer);
  }

  /** Reads a client's question; closes connections of other users. */
  private accept(socket: Socket): void {
    const { connections } = this;
    const uid = readPeer(socket)?.uid;
    // Node emits `close` after an error; that is handled below.
    socket.on('error', () => {});
    if (uid !== 0 && uid !== process.geteuid!()) return void socket.destroy();
    connections.set(socket, null);
    const timer = setTimeout(() => socket.destroy(), QUESTION_TIMEOUT_MS).unref();
    let input = Buffer.alloc(0);
    const receive = (bytes: Buffer): void => {
      input = Buffer.concat([input, bytes]);
      const newlineAt = input.indexOf(NEWLINE);
      if (newlineAt < 0 && input.length > QUESTION_BYTES_MAX) socket.destroy();
      if (newlineAt < 0) return;
      clearTimeout(timer);
      // Bytes after the question are dropped.
      socket.off('data', receive).resume();
      void this.answer(socket, input.toString('utf8', 0, newlineAt));
    };
    socket.on('data', receive);
    // Calls the function that a handler has passed to `hold`, if any.
    const endQuestion = (): void => connections.get(socket)?.();
    socket.once('end', () => {
      endQuestion();
      if (input.length === 0) socket.end();
    });
    socket.once('close', () => {
      clearTimeout(timer);
      endQuestion();
      connections.delete(socket);
    });
  }

  /** Answers a question. @param line the question's JSON, without a newline */
  private async answer(socket: Socket, line: string): Promise<void> {
    const { handlers, connections } = this;
    const hold = (end: () => void): void => void connections.set(socket, end);
    try {
      const { ask, argument } = JSON.parse(line) as { ask: string; argument: unknown };
      const handler = Object.hasOwn(handlers, ask) ? handlers[ask] : undefined;
      if (handler === undefined) throw new Error(`this server does not answer '${ask}'`);
      const value = await handler(argument, { socket, hold });
      // A handler that holds the connection has sent the answer itself.
      if (connections.get(socket) === null) socket.end(`${JSON.stringify({ value })}\n`);
    } catch (error) {
      socket.end(`${JSON.stringify({ error: formatReason(error) })}\n`);
    }
  }
}
