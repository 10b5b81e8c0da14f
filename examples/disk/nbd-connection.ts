/** Serves one connection of an NBD client: negotiation, then requests, each on its own. */
import type { Socket } from 'node:net';
import type { MemoryPool, PoolMember } from 'glossa';
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

/** Requests under way, and bytes of their data, from which on no further request is read. */
const MAX_REQUESTS_UNDER_WAY = 128;
const MAX_BYTES_UNDER_WAY = MAX_DATA_BYTES;
/** Bytes of an incomplete message for which no memory is taken. */
const SMALL_MESSAGE_BYTES = 64 * 1024;
/** Bytes of replies that are sent together. */
const BATCH_BYTES = 64 * 1024;
/** Bytes that follow the reply to EXPORT_NAME for old clients. */
const RESERVED_BYTES = 124;
const EIO = 5;
const EINVAL = 22;
/** Errnos that the protocol knows; any other is EIO. */
const KNOWN_ERRNOS: ReadonlySet<number> = new Set([1, EIO, 12, EINVAL, 28, 75, 95, 108]);

/** Replies that are sent together. */
class Batch {
  readonly parts: Uint8Array[] = [];
  partBytes = 0;
  /** Requests that end when the kernel has taken the replies, and bytes of their data. */
  requestCount = 0;
  dataBytes = 0;
}

export class NbdConnection implements PoolMember {
  /** Resolves when the client has disconnected and its requests have ended. */
  readonly ended: Promise<void>;
  private readonly socket: Socket;
  private readonly disk: Disk;
  private readonly memory: MemoryPool;
  /** Memory for the message that has not come whole. */
  private reservedBytes = 0;
  /** Goes on when there is memory; null unless the connection waits for some. */
  private proceed: (() => void) | null = null;
  /** Bytes that were sent and received when others began to wait for memory; -1 for one that had none yet. */
  private progressAtStart = -1;
  readonly isIdle = false;
  /** Requests that the disk executes. */
  private executing = 0;
  private received: Buffer[] = [];
  private receivedBytes = 0;
  /** Bytes that the next message needs. */
  private neededBytes = 0;
  /** Handles the next message of the received bytes. @returns its bytes, and whether they were enough */
  private handleNext: (bytes: Buffer) => { readonly isWhole: boolean; readonly byteCount: number };
  private omitsZeros = false;
  private hasReceivedAll = false;
  private hasDisconnected = false;
  /**
   * A request is under way until the kernel has taken its reply. So a client that sends requests and does not read the
   * replies reaches the limits, and its further requests stay in its own socket.
   */
  private requestsUnderWay = 0;
  private bytesUnderWay = 0;
  private readonly onIdle: (() => void)[] = [];
  private batch = new Batch();

  constructor(socket: Socket, disk: Disk, memory: MemoryPool) {
    this.socket = socket;
    this.disk = disk;
    this.memory = memory;
    this.handleNext = this.expect(parseClientFlags, (flags) => this.beginOptions(flags));
    socket.on('data', (bytes: Buffer) => {
      this.received.push(bytes);
      this.receivedBytes += bytes.length;
      this.handleReceived();
    });
    socket.on('end', () => {
      this.hasReceivedAll = true;
      this.handleReceived();
    });
    socket.on('error', () => socket.destroy());
    this.ended = new Promise<void>((resolve) => socket.on('close', resolve)).then(async () => {
      this.proceed = null;
      await this.awaitIdle();
      memory.leave(this);
    });
    socket.write(encodeGreeting());
  }

  private get canBegin(): boolean {
    if (this.hasDisconnected || this.socket.destroyed || this.proceed !== null) return false;
    return (
      this.requestsUnderWay < MAX_REQUESTS_UNDER_WAY && this.bytesUnderWay < MAX_BYTES_UNDER_WAY
    );
  }

  // -- memory ----------------------------------------------------------------------------------

  private get progress(): number {
    const { bytesRead, bytesWritten, writableLength } = this.socket;
    return bytesRead + bytesWritten - writableLength;
  }

  startMeasuring(): void {
    this.progressAtStart = this.progress;
  }

  /** Ends the connection of a client that only asks, or does not send the rest of a message. */
  closeIfSlow(): void {
    if (this.executing === 0 && this.progress === this.progressAtStart) this.socket.destroy();
  }

  releaseMemory(): void {}

  onGrant(): void {
    const { proceed } = this;
    this.proceed = null;
    this.progressAtStart = -1;
    proceed?.();
    this.handleReceived();
  }

  /** Takes memory, some of which may be reserved; then, or as soon as there is enough, calls `proceed`. */
  private takeMemory(bytes: number, proceed: () => void): void {
    const more = bytes - this.reservedBytes;
    const use = (): void => {
      this.reservedBytes = 0;
      proceed();
    };
    if (more <= 0) {
      use();
      this.memory.giveBack(this, -more);
    } else if (this.memory.take(this, more)) use();
    else this.proceed = use;
  }

  // -- messages --------------------------------------------------------------------------------

  /** Handles the messages that have been received, within the limits. */
  private handleReceived(): void {
    if (this.receivedBytes >= this.neededBytes) {
      let rest = this.received.length === 1 ? this.received[0]! : Buffer.concat(this.received);
      try {
        while (this.canBegin) {
          const { isWhole, byteCount } = this.handleNext(rest);
          this.neededBytes = isWhole ? 0 : byteCount;
          if (!isWhole) break;
          rest = rest.subarray(byteCount);
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.socket.destroy();
      }
      this.received = [rest];
      this.receivedBytes = rest.length;
      const { neededBytes } = this;
      if (neededBytes > SMALL_MESSAGE_BYTES && this.reservedBytes < neededBytes && this.canBegin)
        this.takeMemory(neededBytes, () => {
          this.reservedBytes = neededBytes;
        });
    }
    if (!this.canBegin) this.socket.pause();
    else if (this.hasReceivedAll) this.disconnect();
    else this.socket.resume();
  }

  /** Makes the function that handles messages of one kind. */
  private expect<T>(parse: (bytes: Buffer) => Parsed<T>, handle: (value: T) => void) {
    return (bytes: Buffer): { readonly isWhole: boolean; readonly byteCount: number } => {
      const { value, byteCount } = parse(bytes);
      if (value !== null) handle(value);
      return { isWhole: value !== null, byteCount };
    };
  }

  // -- replies ---------------------------------------------------------------------------------

  /** Sends the reply to a request, together with others that are ready. @param dataBytes those of the request */
  private reply(parts: readonly Uint8Array[], dataBytes: number): void {
    const { batch } = this;
    if (batch.requestCount === 0) process.nextTick(() => this.sendBatch(batch));
    batch.requestCount += 1;
    batch.dataBytes += dataBytes;
    for (const part of parts) {
      batch.parts.push(part);
      batch.partBytes += part.length;
    }
    if (batch.partBytes >= BATCH_BYTES) this.sendBatch(batch);
  }

  private sendBatch(batch: Batch): void {
    if (batch !== this.batch) return;
    this.batch = new Batch();
    const { socket } = this;
    const last = batch.parts.pop()!;
    socket.cork();
    for (const part of batch.parts) socket.write(part);
    socket.write(last, () => this.end(batch));
    socket.uncork();
  }

  private end({ requestCount, dataBytes }: Batch): void {
    this.requestsUnderWay -= requestCount;
    this.bytesUnderWay -= dataBytes;
    this.memory.giveBack(this, dataBytes);
    if (this.requestsUnderWay === 0) for (const resolve of this.onIdle.splice(0)) resolve();
    this.handleReceived();
  }

  private async awaitIdle(): Promise<void> {
    if (this.requestsUnderWay > 0) await new Promise<void>((resolve) => this.onIdle.push(resolve));
  }

  /** Ends the connection after the replies to the requests so far. */
  private disconnect(): void {
    this.hasDisconnected = true;
    void this.awaitIdle().then(() => this.socket.destroy());
  }

  // -- negotiation -----------------------------------------------------------------------------

  private beginOptions(flags: number): void {
    this.omitsZeros = (flags & NO_ZEROES) !== 0;
    this.handleNext = this.expect(parseOption, (option) => this.answer(option));
  }

  private answer(option: Option): void {
    const replies = this.listReplies(option);
    if (replies === null) {
      this.socket.destroy();
      return;
    }
    this.requestsUnderWay += 1;
    this.reply(replies, 0);
    if (option.number === OPTION.ABORT) this.disconnect();
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
    const { command, length } = request;
    if (command === COMMAND.DISCONNECT) {
      this.disconnect();
      return;
    }
    const hasData = command === COMMAND.READ || command === COMMAND.WRITE;
    const dataBytes = hasData ? Math.min(length, MAX_DATA_BYTES) : 0;
    this.takeMemory(dataBytes, () => {
      this.requestsUnderWay += 1;
      this.bytesUnderWay += dataBytes;
      void this.serve(request, dataBytes);
    });
  }

  private async serve(request: Request, dataBytes: number): Promise<void> {
    let data: Uint8Array | null = null;
    let errno = 0;
    this.executing += 1;
    try {
      data = await this.execute(request);
    } catch (error) {
      const number = Math.abs((error as { errno?: number }).errno ?? EIO);
      errno = KNOWN_ERRNOS.has(number) ? number : EIO;
    }
    this.executing -= 1;
    const head = encodeReply(request.cookie, errno);
    this.reply(data === null ? [head] : [head, data], dataBytes);
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
