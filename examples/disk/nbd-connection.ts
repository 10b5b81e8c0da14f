/** Serves one connection of an NBD client: negotiation, then requests, each on its own. */
import type { Socket } from 'node:net';
import type { Disk } from 'glossa/chunks';
import {
  COMMAND,
  encodeExport,
  encodeGreeting,
  encodeInfos,
  encodeListEntry,
  encodeOptionReply,
  encodeReply,
  FUA,
  MAX_DATA_BYTES,
  NO_ZEROES,
  OPTION,
  OPTION_REPLY,
  type Option,
  type Parsed,
  ProtocolError,
  parseClientFlags,
  parseExportName,
  parseOption,
  parseRequest,
  type Request,
} from './nbd-codec.ts';

/** Bytes of data of requests under way, beyond which no further requests are read. */
const MAX_BYTES_UNDER_WAY = 2 * MAX_DATA_BYTES;
/** Bytes that follow the reply to EXPORT_NAME for old clients. */
const RESERVED_BYTES = 124;
const EIO = 5;
const EINVAL = 22;
/** Errnos that the protocol knows; any other is EIO. */
const KNOWN_ERRNOS: ReadonlySet<number> = new Set([1, EIO, 12, EINVAL, 28, 75, 95, 108]);

export class NbdConnection {
  /** Resolves when the client has disconnected and its requests have ended. */
  readonly ended: Promise<void>;
  private readonly socket: Socket;
  private readonly disk: Disk;
  private received: Buffer[] = [];
  private receivedBytes = 0;
  /** Bytes that the next message needs. */
  private neededBytes = 0;
  /** Handles the next message of the received bytes. @returns its bytes, and whether they were enough */
  private handleNext: (bytes: Buffer) => { readonly isWhole: boolean; readonly byteCount: number };
  private omitsZeros = false;
  private bytesUnderWay = 0;
  private readonly underWay = new Set<Promise<void>>();

  constructor(socket: Socket, disk: Disk) {
    this.socket = socket;
    this.disk = disk;
    this.handleNext = this.expect(parseClientFlags, (flags) => this.beginOptions(flags));
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
    socket.on('error', () => socket.destroy());
    this.ended = new Promise<void>((resolve) => socket.on('close', resolve)).then(async () => {
      await Promise.all(this.underWay);
    });
    socket.write(encodeGreeting());
  }

  private receive(bytes: Buffer): void {
    this.received.push(bytes);
    this.receivedBytes += bytes.length;
    if (this.receivedBytes < this.neededBytes) return;
    let rest = this.received.length === 1 ? bytes : Buffer.concat(this.received);
    try {
      for (;;) {
        const { isWhole, byteCount } = this.handleNext(rest);
        this.neededBytes = byteCount;
        if (!isWhole || this.socket.destroyed) break;
        rest = rest.subarray(byteCount);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.socket.destroy();
    }
    this.received = [rest];
    this.receivedBytes = rest.length;
  }

  /** Makes the function that handles messages of one kind. */
  private expect<T>(parse: (bytes: Buffer) => Parsed<T>, handle: (value: T) => void) {
    return (bytes: Buffer): { readonly isWhole: boolean; readonly byteCount: number } => {
      const { value, byteCount } = parse(bytes);
      if (value !== null) handle(value);
      return { isWhole: value !== null, byteCount };
    };
  }

  // -- negotiation -----------------------------------------------------------------------------

  private beginOptions(flags: number): void {
    this.omitsZeros = (flags & NO_ZEROES) !== 0;
    this.handleNext = this.expect(parseOption, (option) => this.answer(option));
  }

  private answer(option: Option): void {
    const replies = this.listReplies(option);
    if (replies === null) this.socket.destroy();
    else for (const reply of replies) this.socket.write(reply);
    if (option.number === OPTION.ABORT) this.socket.end();
  }

  /** Returns the replies to an option; null if it ends the connection. After GO, requests follow. */
  private listReplies({ number, data }: Option): Buffer[] | null {
    const { disk } = this;
    const ack = encodeOptionReply(number, OPTION_REPLY.ACK);
    const isOurs = (name: string): boolean => name === '' || name === disk.name;
    switch (number) {
      case OPTION.EXPORT_NAME: {
        if (!isOurs(data.toString())) return null;
        this.beginTransmission();
        const zeros = Buffer.alloc(this.omitsZeros ? 0 : RESERVED_BYTES);
        return [encodeExport(disk.size, disk.isReadOnly), zeros];
      }
      case OPTION.GO:
      case OPTION.INFO: {
        const name = parseExportName(data);
        if (name === null) return [encodeOptionReply(number, OPTION_REPLY.INVALID)];
        if (!isOurs(name)) return [encodeOptionReply(number, OPTION_REPLY.UNKNOWN_EXPORT)];
        if (number === OPTION.GO) this.beginTransmission();
        const infos = encodeInfos(disk.size, disk.isReadOnly);
        return [...infos.map((info) => encodeOptionReply(number, OPTION_REPLY.INFO, info)), ack];
      }
      case OPTION.LIST:
        if (data.length > 0) return [encodeOptionReply(number, OPTION_REPLY.INVALID)];
        return [encodeOptionReply(number, OPTION_REPLY.SERVER, encodeListEntry(disk.name)), ack];
      case OPTION.ABORT:
        return [ack];
      default:
        return [encodeOptionReply(number, OPTION_REPLY.UNSUPPORTED)];
    }
  }

  // -- requests --------------------------------------------------------------------------------

  private beginTransmission(): void {
    this.handleNext = this.expect(parseRequest, (request) => this.start(request));
  }

  private start(request: Request): void {
    if (request.command === COMMAND.DISCONNECT) {
      // The replies of the requests before it are still sent.
      void Promise.all(this.underWay).then(() => this.socket.end());
      return;
    }
    const bytes = request.command === COMMAND.FLUSH ? 0 : Math.min(request.length, MAX_DATA_BYTES);
    this.bytesUnderWay += bytes;
    if (this.bytesUnderWay > MAX_BYTES_UNDER_WAY) this.socket.pause();
    const running = this.serve(request).finally(() => {
      this.underWay.delete(running);
      this.bytesUnderWay -= bytes;
      if (this.bytesUnderWay <= MAX_BYTES_UNDER_WAY) this.socket.resume();
    });
    this.underWay.add(running);
  }

  private async serve(request: Request): Promise<void> {
    let data: Uint8Array | null = null;
    let errno = 0;
    try {
      data = await this.execute(request);
    } catch (error) {
      const number = Math.abs((error as { errno?: number }).errno ?? EIO);
      errno = KNOWN_ERRNOS.has(number) ? number : EIO;
    }
    if (this.socket.destroyed) return;
    this.socket.cork();
    this.socket.write(encodeReply(request.cookie, errno));
    if (data !== null) this.socket.write(data);
    this.socket.uncork();
  }

  /** Executes a request. @returns the data of a read */
  private async execute({
    command,
    flags,
    offset,
    length,
    data,
  }: Request): Promise<Uint8Array | null> {
    const { disk } = this;
    const start = Number(offset);
    if (command !== COMMAND.FLUSH && offset + BigInt(length) > BigInt(disk.size))
      throw Object.assign(new RangeError('beyond the end of the disk'), { errno: EINVAL });
    switch (command) {
      case COMMAND.READ:
        if (length > MAX_DATA_BYTES) throw Object.assign(new RangeError(), { errno: EINVAL });
        return disk.read(start, length);
      case COMMAND.WRITE:
        // The bytes belong to the buffer of the socket, which is not used again.
        await disk.write(start, data);
        break;
      case COMMAND.TRIM:
      case COMMAND.ZERO:
        await disk.clear(start, length);
        break;
      case COMMAND.FLUSH:
        await disk.flush();
        return null;
      default:
        throw Object.assign(new Error('unknown command'), { errno: EINVAL });
    }
    if ((flags & FUA) !== 0) await disk.flush();
    return null;
  }
}
