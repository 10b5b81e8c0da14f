/**
 * The server's end of looking at a mount while it is served. Root and the user who mounted are told,
 * by an extended attribute of the mount's root, where the server listens and what to say there: it is
 * a socket without a file (unix(7), "abstract"), to which anybody can connect. Who says the word, and
 * what is to be recorded, in a line of JSON, is answered by a line, `{"head": …}` or `{"error": …}`,
 * and the events (docs/recording.md), until either end closes the connection. So an asker that is
 * killed is noticed at once, and the mount goes on unobserved.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { encodeName } from '../../runtime/core/bytes.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { RootAction } from '../../runtime/mount/root-xattrs.ts';
import { writeHead } from '../../runtime/observe/head.ts';
import { startRecorder, type Wanted } from '../recording.ts';
import { EventStream } from './stream.ts';

export const LIVE = 'glossa.live';

/** What the attribute has, as JSON. */
export interface Invitation {
  /** The name of the socket. */
  readonly socket: string;
  readonly word: string;
}

/** What the asker says. */
export interface Ask extends Wanted {
  readonly word: string;
}

/** Bytes that an asker may say: a filter may have many long paths. */
const ASK_MAX = 2 ** 18;
/** Anybody can connect: so many at once, and so long until the word is said. */
const CONNECTIONS = 64;
const ASK_MS = 30_000;
/** Bytes of secrets: nobody guesses them. */
const SECRET = 16;
const NEWLINE = 10;
/** How long who looks may take to read the last that there is. */
const FAREWELL_MS = 5000;

export class LiveHost {
  /** For the root of the mount: the invitation. */
  readonly invite: RootAction = async () => {
    this.listening ??= this.listen();
    try {
      await this.listening;
    } catch (error) {
      // Whoever asks next tries again.
      this.listening = null;
      throw error;
    }
    return encodeName(JSON.stringify(this.invitation));
  };
  private readonly graph: Graph;
  private readonly invitation: Invitation = {
    socket: `\0glossa-${process.pid}-${randomBytes(SECRET).toString('hex')}`,
    word: randomBytes(SECRET).toString('hex'),
  };
  private listening: Promise<void> | null = null;
  private readonly server: Server = createServer({ allowHalfOpen: true }, (socket) =>
    this.hear(socket),
  );
  private readonly sockets = new Set<Socket>();
  private readonly streams = new Set<EventStream>();

  constructor(graph: Graph) {
    this.graph = graph;
    this.server.maxConnections = CONNECTIONS;
    this.server.unref();
  }

  /** Whoever looks is sent what there still is, and no more. */
  async close(): Promise<void> {
    if (this.listening === null) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const stream of this.streams) stream.close();
    // Nobody waits for who does not read, or has not asked.
    const late = setTimeout(() => this.dismiss(), FAREWELL_MS);
    for (const socket of this.sockets) if (!socket.writableEnded) socket.destroy();
    await closed;
    clearTimeout(late);
  }

  private dismiss(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.invitation.socket, () => {
        // From now on it is a connection that fails, for want of descriptors: its client's affair.
        this.server.off('error', reject).on('error', () => {});
        resolve();
      });
    });
  }

  private hear(socket: Socket): void {
    this.sockets.add(socket);
    let asked = Buffer.alloc(0);
    let end = (): void => {};
    const late = setTimeout(() => socket.destroy(), ASK_MS).unref();
    const hear = (bytes: Buffer): void => {
      asked = Buffer.concat([asked, bytes]);
      if (asked.length > ASK_MAX) socket.destroy();
      if (!asked.includes(NEWLINE)) return;
      clearTimeout(late);
      // There is nothing more to say than the first line.
      socket.off('data', hear).resume();
      end = this.answer(socket, asked.toString('utf8'));
    };
    socket.on('data', hear);
    // Who says that it wants no more gets what there still is.
    socket.once('end', () => {
      end();
      socket.end();
    });
    // What is said of it is that it is closed.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(late);
      this.sockets.delete(socket);
      end();
    });
  }

  /** Lets it see what it asks for; the result ends that. */
  private answer(socket: Socket, line: string): () => void {
    const stream = new EventStream(socket);
    try {
      const { word, ...wanted } = JSON.parse(line) as Ask;
      if (!this.isWord(word)) throw new Error('the word is not the one that was given');
      const end = startRecorder(this.graph, wanted, (head) => {
        // A head is JSON in one line.
        socket.write(`{"head":${writeHead(head)}}\n`);
        return stream;
      });
      this.streams.add(stream);
      return () => {
        end();
        stream.close();
        this.streams.delete(stream);
      };
    } catch (error) {
      const { message } = error as Error;
      socket.end(`${JSON.stringify({ error: message })}\n`);
      return () => {};
    }
  }

  private isWord(word: string): boolean {
    const [given, expected] = [encodeName(String(word)), encodeName(this.invitation.word)];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
