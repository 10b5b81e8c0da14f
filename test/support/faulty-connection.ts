/**
 * A faulty connection between a client and a brick: it cuts, delays, corrupts or withholds records
 * (`runtime/wire/record.ts`) as a test says.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { makeRecordMark, RecordReader } from '../../runtime/wire/record.ts';

export type Direction = 'call' | 'reply';
/** Bytes that go on in the place of a record, mark and all; null when the line is cut. */
export type MangledRecord = readonly Uint8Array[] | null;
/** Called for each record of one connection, in order on each way. */
export type Mangler = (
  record: Uint8Array,
  direction: Direction,
) => MangledRecord | Promise<MangledRecord>;

/** A connection that a test may cut or continue later. */
export interface CutHandle {
  cut(): void;
  send(direction: Direction, bytes: Uint8Array): void;
}

/** Frames a record as the stream carries it. */
export function frameRecord(record: Uint8Array, length = record.length): Uint8Array {
  const bytes = Buffer.alloc(4 + record.length);
  bytes.writeUInt32BE(makeRecordMark(length));
  bytes.set(record, 4);
  return bytes;
}

export const passUnchanged: Mangler = (record) => [frameRecord(record)];

export class FaultyConnection {
  /** Makes the mangler of the next connection's records. */
  makeMangler: (line: CutHandle) => Mangler = () => passUnchanged;
  /** Connections so far. */
  count = 0;
  private readonly server: Server;
  private readonly to: number;
  private readonly open = new Set<Socket>();

  private constructor(server: Server, to: number) {
    this.server = server;
    this.to = to;
    server.on('connection', (socket) => this.onConnection(socket));
  }

  static async start(to: number): Promise<FaultyConnection> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultyConnection(server, to);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** Cuts every connection that there is. */
  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  async end(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private onConnection(client: Socket): void {
    this.count += 1;
    const brick = connect({ port: this.to, host: '127.0.0.1', noDelay: true });
    const mangle = this.makeMangler({
      cut() {
        client.destroySoon();
        brick.destroySoon();
      },
      send(direction, bytes) {
        const to = direction === 'call' ? brick : client;
        if (!to.destroyed) to.write(bytes);
      },
    });
    this.pass(client, brick, mangle, 'call');
    this.pass(brick, client, mangle, 'reply');
  }

  private pass(from: Socket, to: Socket, mangle: Mangler, direction: Direction): void {
    this.open.add(from);
    const records = new RecordReader();
    let queue: Promise<void> = Promise.resolve();
    from.on('data', (chunk: Uint8Array) => {
      records.append(chunk, () => {
        while (records.findNext()) {
          const record = records.bytes.slice(records.start, records.end);
          queue = queue.then(async () => send(await mangle(record, direction)));
        }
        return true;
      });
    });
    const send = (mangled: MangledRecord): void => {
      for (const bytes of mangled ?? []) if (!to.destroyed) to.write(bytes);
      if (mangled !== null) return;
      from.destroy();
      // Bytes that were written before still arrive.
      to.end();
    };
    // A cut of one side also cuts the other.
    from.on('error', () => {});
    from.on('close', () => {
      this.open.delete(from);
      to.destroySoon();
    });
  }
}
