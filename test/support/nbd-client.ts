/** A client of NBD for tests, which waits for each reply. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { COMMAND, OPTION } from '../../examples/disk/nbd-codec.ts';

/** A client that negotiates, and waits for each reply. */
export class NbdClient {
  private readonly socket: Duplex;
  private received = Buffer.alloc(0);
  private isEnded = false;
  private wake = (): void => {};
  private cookie = 0n;

  private constructor(socket: Duplex) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isEnded = true;
      this.wake();
    });
  }

  /** Whether the connection has ended. */
  get hasEnded(): boolean {
    return this.isEnded;
  }

  static async open(path: string): Promise<NbdClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    return NbdClient.over(socket);
  }

  /** Greets the server at the other end of a stream. */
  static async over(stream: Duplex): Promise<NbdClient> {
    const client = new NbdClient(stream);
    const greeting = (await client.take(18)).toString('latin1', 0, 16);
    if (greeting !== 'NBDMAGICIHAVEOPT') throw new Error(`no server of NBD: ${greeting}`);
    client.send(Buffer.from([0, 0, 0, 3]));
    return client;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Takes received bytes. @throws {Error} when the server ends the connection before */
  async take(count: number): Promise<Buffer> {
    while (this.received.length < count) {
      if (this.isEnded) throw new Error('the connection has ended');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const bytes = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return bytes;
  }

  /** Sends an option. @returns the types of its replies, with their data */
  async ask(option: number, data: Buffer): Promise<[type: number, data: Buffer][]> {
    const header = Buffer.alloc(16);
    header.write('IHAVEOPT', 'latin1');
    header.writeUInt32BE(option, 8);
    header.writeUInt32BE(data.length, 12);
    this.send(Buffer.concat([header, data]));
    const replies: [number, Buffer][] = [];
    for (;;) {
      const reply = await this.take(20);
      const type = reply.readUInt32BE(12);
      replies.push([type, await this.take(reply.readUInt32BE(16))]);
      if (type === 1 || type >= 0x8000_0000) return replies;
    }
  }

  /** Chooses an export, after which commands follow. */
  async go(name: string): Promise<[type: number, data: Buffer][]> {
    const data = Buffer.alloc(6 + name.length);
    data.writeUInt32BE(name.length);
    data.write(name, 4);
    return this.ask(OPTION.GO, data);
  }

  /** Sends a command, and waits for its reply. @returns its errno, and the data of a read */
  async command(
    command: number,
    offset: number,
    length: number,
    { data = Buffer.alloc(0), flags = 0 } = {},
  ): Promise<[errno: number, data: Buffer]> {
    this.sendCommand(command, offset, length, { data, flags });
    const [errno, cookie] = await this.takeReplyHead();
    if (cookie !== this.cookie) throw new Error('a reply to another command');
    return [errno, await this.take(errno === 0 && command === COMMAND.READ ? length : 0)];
  }

  /** Sends a command without a wait for its reply. */
  sendCommand(
    command: number,
    offset: number,
    length: number,
    { data = Buffer.alloc(0), flags = 0 } = {},
  ): void {
    const header = Buffer.alloc(28);
    this.cookie += 1n;
    header.writeUInt32BE(0x25609513);
    header.writeUInt16BE(flags, 4);
    header.writeUInt16BE(command, 6);
    header.writeBigUInt64BE(this.cookie, 8);
    header.writeBigUInt64BE(BigInt(offset), 16);
    header.writeUInt32BE(length, 24);
    this.send(Buffer.concat([header, data]));
  }

  /** Takes a reply without its data. */
  async takeReplyHead(): Promise<[errno: number, cookie: bigint]> {
    const reply = await this.take(16);
    return [reply.readUInt32BE(4), reply.readBigUInt64BE(8)];
  }

  /** Reads nothing from the server until `resume`. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Sends nothing more; replies can still be taken. */
  end(): void {
    this.socket.end();
  }

  close(): void {
    this.socket.destroy();
  }
}
