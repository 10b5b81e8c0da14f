/**
 * Implements the functions of the host (`GuestHost`) in a guest's own thread. Those without a
 * result become commands, which the main thread carries out when the call has ended; for others the
 * thread asks the main thread and waits (`query`), unless the call brought the value along.
 */
import type { Dict } from '../../runtime/core/dict.ts';
import type { FopRow } from '../../runtime/core/fops.ts';
import type { LogSource } from '../../runtime/core/log.ts';
import type { GuestMessage } from '../host/crossing/decision.ts';
import { MessageError, unpackFetchedDict } from '../host/crossing/message.ts';
import type { Scalar } from '../host/guest.ts';
import type { CrossedRecord, GuestHost } from '../host/guest-host.ts';
import type { MemoryTools } from '../host/machine.ts';
import type { HostedRequest } from '../host/requests/hosted-request.ts';
import { MessageWriter } from './message-bytes.ts';
import { checkMessage } from './message-check.ts';
import {
  COMMANDS,
  type CrossingValue,
  LINES,
  MAX_VALUE_INDEX,
  ROOT_BIT,
  TO_MAIN,
  writeOptionalText,
} from './messages.ts';
import type { QueryName } from './thread-requests.ts';

/** Bytes of commands that a call may always have, even at the memory limit. */
const MIN_COMMAND_BYTES = 64 * 1024 * 1024;
/** The most bytes of commands of one call: they are one message (channel.ts). */
const MAX_COMMAND_BYTES = 200 * 1024 * 1024;
/** Maximum number of messages of one call, as in the host's queue (requests/decision-queue.ts). */
const MAX_MESSAGES = 16_384;
/** Bytes of memory that a byte array takes besides its content. */
const BYTE_ARRAY_OVERHEAD_BYTES = 100;

/** The thread's connection, as the host functions use it. */
export interface HostConnection {
  /** Asks the main thread, and waits for the answer. */
  query(name: string, a?: number, b?: number, c?: number, text?: string): CrossingValue;
  /** Sends what the writer has, without waking the main thread. */
  sendLine(message: MessageWriter): void;
  now(): number;
  readonly logLevel: number;
  readonly freeBytes: number;
}

/** The call that runs. */
export interface RunningCall {
  /** The number of its request; 0 for a hook. */
  readonly id: number;
  readonly row: FopRow | undefined;
  /** The wind that it has the reply to; -1 for the request itself. */
  readonly wind: number;
  /** The fop whose reply it is; null for the request itself. */
  readonly replyRow: FopRow | null;
  /** The fop of the entry. */
  readonly entryRow: FopRow;
  readonly scalars: readonly Scalar[];
  readonly maxOpRet: number;
}

export class ThreadHost implements GuestHost {
  /** The call that runs; null for a hook. */
  call: RunningCall | null = null;
  /** Values that the call has brought along, by index. */
  readonly values: CrossingValue[] = [];
  /** The request's own fields, if the call has brought them along. */
  rootJson: string | undefined;
  record: CrossedRecord | null = null;
  /** The replies of a child, which the notice `below` brings. */
  childReplies: Uint8Array | undefined;
  /** The values that the call has read: bits by index, and ROOT_BIT. */
  readSet = 0;
  commandCount = 0;
  readonly commands = new MessageWriter();
  private readonly connection: HostConnection;
  private readonly lines = new MessageWriter();
  private readonly childCount: number;
  private readonly memory: MemoryTools;
  private byteArrays: Uint8Array[] = [];
  private pendingByteCount = 0;
  private messageCount = 0;

  constructor(connection: HostConnection, childCount: number, memory: MemoryTools) {
    this.connection = connection;
    this.childCount = childCount;
    this.memory = memory;
    this.commands.begin(0);
  }

  /** Begins the next call, without its values. */
  beginCall(call: RunningCall | null): void {
    this.call = call;
    this.values.length = 0;
    this.rootJson = undefined;
    this.record = null;
    this.readSet = 0;
    this.messageCount = 0;
    this.dropBytes();
  }

  /** Writes the commands of the call, and drops them. */
  takeCommands(to: MessageWriter): void {
    to.writeU32(this.commandCount).append(this.commands);
    this.commands.begin(0);
    this.commandCount = 0;
  }

  private dropBytes(): void {
    if (this.pendingByteCount === 0) return;
    this.byteArrays = [];
    this.pendingByteCount = 0;
  }

  private addCommand(kind: number): MessageWriter {
    this.commandCount += 1;
    return this.commands.writeU8(kind);
  }

  // -- messages ----------------------------------------------------------------------------------

  pushMessage(id: number, message: GuestMessage): void {
    const { byteArrays, commands } = this;
    const text = typeof message === 'string' ? message : JSON.stringify(message, replaceNonFinite);
    try {
      this.checkMessage(id, message, text);
    } catch (error) {
      this.logInvalidMessage(undefined, (error as Error).message);
      this.dropBytes();
      throw error;
    }
    this.addCommand(COMMANDS.MESSAGE).writeNumber(id).writeText(text).writeU32(byteArrays.length);
    for (const bytes of byteArrays) commands.writeData(bytes);
    this.dropBytes();
  }

  /** @throws {MessageError} */
  private checkMessage(id: number, message: GuestMessage, text: string): void {
    this.messageCount += 1;
    if (this.messageCount > MAX_MESSAGES)
      throw new MessageError(
        `more than ${MAX_MESSAGES} winds or requests at once: await some before the next`,
      );
    this.checkBytes(text.length);
    const { call } = this;
    const isCurrent = call !== null && call.id === id;
    if (isCurrent) {
      const { row, wind, replyRow, entryRow, scalars, maxOpRet } = call;
      const args = replyRow === null ? entryRow.args : entryRow.reply;
      const offset = replyRow === null ? 1 : 4;
      const known = { row, wind, args, replyRow, scalars, offset, maxOpRet };
      if (checkMessage(message, known, this.childCount, this.byteArrays, this.memory)) return;
    }
    const why = this.connection.query('check', id, 0, 0, text);
    if (why !== undefined) throw new MessageError(String(why));
  }

  putBytes(bytes: Uint8Array): number {
    this.checkBytes(bytes.length);
    this.pendingByteCount += bytes.length + BYTE_ARRAY_OVERHEAD_BYTES;
    return this.byteArrays.push(bytes) - 1;
  }

  lendBytes(bytes: Uint8Array): undefined {
    // They go with a message: the main thread has no others.
    this.pushMessage(this.call!.id, ['return', ['data', this.putBytes(bytes.slice())]]);
  }

  /** Refuses more bytes than the module's memory limit leaves. @throws {MessageError} */
  private checkBytes(bytes: number): void {
    const total = this.commands.length + this.pendingByteCount + bytes;
    if (total <= MIN_COMMAND_BYTES) return;
    if (total <= MAX_COMMAND_BYTES && total <= this.connection.freeBytes) return;
    throw new MessageError(
      'what the host is to keep for the module is more than its memory (option memory-limit)',
    );
  }

  invalidate(message: GuestMessage): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const why = this.connection.query('checkUpcall', 0, 0, 0, text);
    if (why !== undefined) {
      const refusal = String(why);
      this.logRefusal(undefined, `refused: a message: ${refusal}`);
      throw new MessageError(refusal);
    }
    this.checkBytes(text.length);
    this.addCommand(COMMANDS.INVALIDATE).writeText(text);
  }

  declareUp(isUp: number): void {
    this.addCommand(COMMANDS.DECLARE_UP).writeU8(isUp);
  }

  setTimer(ms: number): void {
    this.addCommand(COMMANDS.SET_TIMER).writeNumber(ms);
  }

  reportLostRequest(id: number): void {
    this.addCommand(COMMANDS.LOST).writeNumber(id);
  }

  // -- values ------------------------------------------------------------------------------------

  private fetch(id: number, wind: number, index: number): CrossingValue {
    const { call } = this;
    if (call !== null && call.id === id && call.wind === wind && index <= MAX_VALUE_INDEX) {
      this.readSet |= 1 << index;
      if (index in this.values) return this.values[index];
    }
    return this.connection.query('fetch', id, wind, index);
  }

  fetchJson(id: number, wind: number, index: number): string | undefined {
    const value = this.fetch(id, wind, index);
    return typeof value === 'string' ? value : undefined;
  }

  fetchDict(id: number, wind: number, index: number): Dict | undefined {
    const json = this.fetchJson(id, wind, index);
    return json === undefined ? undefined : unpackFetchedDict(json, this.memory);
  }

  fetchBytes(id: number, wind: number, index: number): Uint8Array | undefined {
    const value = this.fetch(id, wind, index);
    return value instanceof Uint8Array ? value : undefined;
  }

  private readonly makeQuery =
    <N extends QueryName>(name: N) =>
    (id: number) =>
      this.connection.query(name, id) as ReturnType<GuestHost[N]>;

  readonly readInodeJson = this.makeQuery('readInodeJson');
  readonly readFdJson = this.makeQuery('readFdJson');
  readonly readClientUid = this.makeQuery('readClientUid');
  readonly subscribeForget = this.makeQuery('subscribeForget');
  readonly subscribeRelease = this.makeQuery('subscribeRelease');
  readonly closeFd = this.makeQuery('closeFd');
  readonly isChildUp = this.makeQuery('isChildUp');
  private readonly queryRequestJson = this.makeQuery('readRequestJson');
  private readonly queryAlive = this.makeQuery('isAlive');

  readRequestJson(id: number): string | undefined {
    if (this.call?.id === id) {
      this.readSet |= ROOT_BIT;
      if (this.rootJson !== undefined) return this.rootJson;
    }
    return this.queryRequestJson(id);
  }

  isAlive(id: number): number {
    return this.call?.id === id ? 1 : this.queryAlive(id);
  }

  /** Returns the request as far as a guest with a record reads it. */
  findRequest(id: number): HostedRequest | undefined {
    if (this.isAlive(id) === 0) return undefined;
    const isCurrent = this.call?.id === id;
    const name = isCurrent ? (this.call?.row?.name ?? 'a request of its own') : 'a request';
    return { id, name, isAnswered: false, failureSource: null } as HostedRequest;
  }

  /** Never called: the main thread has written the client's number. */
  exposeClient(): number {
    return 0;
  }

  // -- the library for files ---------------------------------------------------------------------

  connectChildren(): void {
    this.addCommand(COMMANDS.CONNECT_CHILDREN);
  }

  sendToChild(child: number, bytes: Uint8Array): number {
    this.checkBytes(bytes.length);
    this.addCommand(COMMANDS.SEND_TO_CHILD).writeNumber(child).writeData(bytes);
    return child >= 0 && child < this.childCount ? 1 : 0;
  }

  takeChildReplies(): Uint8Array | undefined {
    const replies = this.childReplies;
    this.childReplies = undefined;
    return replies;
  }

  // -- the log and the clock ---------------------------------------------------------------------

  now(): number {
    return Math.round(this.connection.now() * 1000);
  }

  get level(): number {
    return this.connection.logLevel;
  }

  isLogged(level: number): number {
    return level <= this.connection.logLevel ? 1 : 0;
  }

  log(level: number, source: LogSource, text: string): void {
    this.connection.sendLine(
      writeSource(this.lines.begin(TO_MAIN.LOG).writeNumber(level), source).writeText(text),
    );
  }

  logRefusal(source: LogSource | undefined, text: string): void {
    this.sendLine(LINES.REFUSAL, source, text);
  }

  logInvalidMessage(source: LogSource | undefined, why: string): void {
    this.sendLine(LINES.INVALID_MESSAGE, source, why);
  }

  /** Sends a line of the host about the guest. @param kind one of LINES */
  sendLine(kind: number, source: LogSource | undefined, text: string): void {
    this.connection.sendLine(
      writeSource(this.lines.begin(TO_MAIN.LINE).writeU8(kind), source).writeText(text),
    );
  }
}

/** Replaces numbers that JSON cannot represent by their texts (crossing/message.ts). */
const replaceNonFinite = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

function writeSource(to: MessageWriter, source: LogSource | undefined): MessageWriter {
  writeOptionalText(to, source?.file);
  return to.writeNumber(source?.line ?? 0).writeText(source?.func ?? '-');
}
