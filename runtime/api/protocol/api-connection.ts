/**
 * Serves one client connection of `glossa api`: the greeting, then requests, several of which may be under way. The
 * transport receives into `records` and sends `out`. docs/reference/api-protocol.md describes the messages.
 */

import { EAGAIN, EINTR, EINVAL, ENOSYS } from '../../core/errno.ts';
import type { ConnectionTransport, ServedConnection } from '../../wire/connection.ts';
import { type Loan, makeRecordMark, RecordError, RecordReader } from '../../wire/record.ts';
import type { MemoryShare, Receiver, RecordMemory } from '../../wire/record-memory.ts';
import { type ReplyMemory, ReplyShare } from '../../wire/reply-memory.ts';
import { XdrReader, XdrWriter } from '../../wire/xdr.ts';
import type { Caller } from '../driver-steps.ts';
import { releaseUnused, type Steps, StepsRunner } from '../steps.ts';
import { writeFailure } from './failures.ts';
import { DATA_MAX } from './handle-operations.ts';
import { Identities } from './identities.ts';
import type { Operation } from './operation.ts';
import { operationByNumber, PROTOCOL_VERSION } from './operations.ts';
import type {
  AbortableRequest,
  ApiVolume,
  RequestConnection,
  RequestContext,
} from './request-context.ts';
import type { IdentityRequest, Listing } from './values.ts';
import { argumentReaders, INVALID, isVariable, resultWriters } from './values.ts';

/** The bytes of the first receive buffer, and of the longest message: until the greeting, and for requests. */
const GREETING_LIMITS = { initialBytes: 4096, maxBytes: 65_536 } as const;
const REQUEST_LIMITS = { initialBytes: 65_536, maxBytes: DATA_MAX + 65_536 } as const;
/** The most requests of a connection under way, except long ones. At this number the server stops reading. */
export const REQUESTS_MAX = 1024;
/** The most long requests of a connection under way, such as waits for locks. A further one fails with EAGAIN. */
const LONG_REQUESTS_MAX = 4096;
/** The most bytes of requests under way, of data that they read, and of unsent replies; beyond it reading stops. */
export const BYTES_MAX = 8 * 2 ** 20;
/** The bytes of a request's id, operation and identity, before its arguments. */
const REQUEST_HEAD_BYTES = 12;

/** The bytes with which the greeting of either side begins. */
const GREETING = new TextEncoder().encode('glossa\0');

/** The functions of the server that a connection calls. */
export interface ApiHost {
  /** The members of the greeting's JSON. */
  readonly greetingFacts: Readonly<Record<string, unknown>>;
  /** The memory of all connections for incomplete messages, and for replies. */
  readonly recordMemory: RecordMemory;
  readonly replyMemory: ReplyMemory;
  /** Opens the volume for one connection. */
  openVolume(): ApiVolume;
  /** Reads the volfile again. */
  reload(): Promise<void>;
  /** Returns the 16 bytes of the volume's id. @throws {FopError} ENODATA */
  findVolumeId(): Promise<Uint8Array>;
  /** Sets the level of the log and its file. @throws {FopError} EINVAL, EACCES */
  setLog(level: number, file: string): void;
  /** Logs an error of a client, or an unexpected one. */
  log(text: string): void;
  /** Logs that a client is refused. */
  logRefusal(text: string): void;
}

/** One client's connection to a volume. */
export class ApiConnection implements RequestConnection, ServedConnection, Receiver {
  readonly records = new RecordReader(GREETING_LIMITS.initialBytes, GREETING_LIMITS.maxBytes);
  readonly out = new XdrWriter();
  private readonly host: ApiHost;
  private readonly caller: Caller;
  private readonly transport: ConnectionTransport;
  private readonly recordShare: MemoryShare;
  private readonly replyShare: ReplyShare;
  private readonly reader = new XdrReader();
  private volume: ApiVolume | null = null;
  private identities: Identities | null = null;
  /** Requests that have no reply yet, by id. */
  private readonly requests = new Map<number, ApiRequest>();
  /** Requests under way except long ones: those do not pause reading, so that a client can cancel them. */
  private requestCount = 0;
  private longRequestCount = 0;
  /** The sum of `bytes` of all requests under way. */
  private requestBytes = 0;
  private isServing = false;
  private isClosed = false;
  /** Whether reading was paused at the last `updateFlow`. */
  private wasPaused = false;

  /** @param caller the client's process, which is its default identity */
  constructor(host: ApiHost, caller: Caller, transport: ConnectionTransport) {
    this.host = host;
    this.caller = caller;
    this.transport = transport;
    this.recordShare = host.recordMemory.makeShare(this);
    this.replyShare = new ReplyShare(host.replyMemory, this, this.out, transport);
  }

  /** Whether the greeting was exchanged, so that messages are requests. */
  get hasBegun(): boolean {
    return this.identities !== null;
  }

  get isPaused(): boolean {
    const { requestBytes, transport, out, records } = this;
    return (
      this.isAtLimit ||
      requestBytes + transport.queuedBytes + out.position > BYTES_MAX ||
      records.lentBytes > BYTES_MAX ||
      this.recordShare.isWaiting
    );
  }

  /** Whether requests under way, or other connections, keep it from being read. */
  get isAtLimit(): boolean {
    const { requestCount, requestBytes, replyShare } = this;
    return requestCount >= REQUESTS_MAX || requestBytes > BYTES_MAX || replyShare.isWaiting;
  }

  get mayNeedEventLoop(): boolean {
    return this.volume?.isBusy ?? false;
  }

  serveMessages(): void {
    if (this.isServing || this.isClosed) return;
    this.isServing = true;
    const { records } = this;
    let hasServed = false;
    try {
      while (!this.isClosed && !this.isPaused && records.findNext()) {
        hasServed = true;
        this.reader.begin(records.bytes, records.start, records.end);
        if (this.identities === null) this.greet();
        else this.serveRequest(this.identities);
      }
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.disconnect(error.message);
    }
    this.isServing = false;
    if (!this.isClosed) this.recordShare.adjust(hasServed);
    this.updateFlow();
  }

  noteAllSent(): void {
    if (this.isClosed) return;
    this.replyShare.settle(0);
    this.updateFlow();
  }

  onGrant(): void {
    this.updateFlow();
  }

  fail(reason: string): void {
    this.disconnect(reason);
  }

  /** Resumes or pauses reading, after a send, the end of a request, or a change of the memory. */
  private updateFlow(): void {
    if (this.isServing) return;
    if (this.isClosed || this.isPaused === this.wasPaused) return;
    this.wasPaused = !this.wasPaused;
    this.transport.updateFlow();
    // Complete messages may have been received before the pause.
    if (!this.wasPaused) this.serveMessages();
  }

  /** Logs the reason, and closes the connection at once. */
  private disconnect(reason: string): void {
    this.host.log(`process ${this.caller.pid} is disconnected: ${reason}`);
    this.close();
    this.transport.destroy();
  }

  /** Ends all requests, and closes all handles; does not close the transport. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const request of [...this.requests.values()]) request.abandon();
    this.recordShare.close();
    this.replyShare.close();
    void this.volume?.close();
  }

  /** Refuses the client: replies with the reason, and ends the connection. */
  refuse(reason: string): void {
    this.host.logRefusal(`process ${this.caller.pid} is refused: ${reason}`);
    this.writeGreeting({ error: reason });
    this.close();
    this.transport.end();
  }

  /** Checks the client's greeting, and replies with the server's. */
  private greet(): void {
    const { reader, host } = this;
    const magic = reader.fixed(GREETING.length);
    if (magic.length === 0 || GREETING.some((byte, index) => byte !== magic[index])) {
      this.disconnect('its first message is no greeting of this protocol');
      return;
    }
    const [version = 0] = reader.fixed(1);
    if (version !== PROTOCOL_VERSION) {
      const versions = `version ${version} of the protocol, and the server version ${PROTOCOL_VERSION}`;
      this.refuse(`the client speaks ${versions}`);
      return;
    }
    this.begin();
    this.writeGreeting({ ...host.greetingFacts, dataMax: DATA_MAX, requestsMax: REQUESTS_MAX });
    this.transport.send();
  }

  /** Accepts requests from here on. A host that knows its client calls it instead of a greeting. */
  begin(): void {
    this.volume = this.host.openVolume();
    this.identities = new Identities(this, this.volume, this.caller);
    this.records.setLimits(REQUEST_LIMITS.initialBytes, REQUEST_LIMITS.maxBytes);
  }

  private writeGreeting(facts: Readonly<Record<string, unknown>>): void {
    const { out } = this;
    const text = new TextEncoder().encode(JSON.stringify(facts));
    out.u32(makeRecordMark(GREETING.length + 1 + text.length));
    out.fixed(GREETING);
    out.fixed(Uint8Array.of(PROTOCOL_VERSION));
    out.fixed(text);
  }

  // -- requests ------------------------------------------------------------------------------

  /** Reads the head of a request, and serves its operation. */
  private serveRequest(identities: Identities): void {
    const { reader } = this;
    const size = reader.remaining;
    const [id, number, identity] = [reader.u32(), reader.u32(), reader.u32()];
    const operation = operationByNumber[number];
    if (size < REQUEST_HEAD_BYTES) this.disconnect(`a request of ${size} bytes`);
    else if (operation === undefined) this.replyFailure(id, ENOSYS);
    else this.serveOperation(id, operation, identities.find(identity), size);
  }

  /** Reads the arguments of a request, and runs its operation. */
  private serveOperation(
    id: number,
    operation: Operation,
    context: RequestContext | undefined,
    size: number,
  ): void {
    const { reader } = this;
    const areValid = readArguments(reader, operation);
    if (reader.isMalformed || reader.remaining > 0) {
      this.disconnect(`the arguments of operation ${operation.number} do not fill ${size} bytes`);
    } else if (areValid && context !== undefined) this.runOperation(id, operation, context, size);
    else this.replyFailure(id, EINVAL);
  }

  /** Runs an operation: an immediate one replies here, any other when its steps have ended. */
  private runOperation(
    id: number,
    operation: Operation,
    context: RequestContext,
    size: number,
  ): void {
    const { kind, sizeArgumentIndex } = operation;
    if (kind === 'immediate') {
      try {
        this.reply(id, operation, callOperation(operation, context));
      } catch (error) {
        this.replyFailure(id, error);
      }
      return;
    }
    if (kind === 'long' && this.longRequestCount >= LONG_REQUESTS_MAX) {
      this.replyFailure(id, EAGAIN);
      return;
    }
    const abortable = kind === 'steps' ? null : context.makeAbortable(kind);
    const requestedBytes =
      sizeArgumentIndex < 0 ? 0 : Math.min(argumentValues[sizeArgumentIndex] as number, DATA_MAX);
    if (!this.replyShare.reserve(requestedBytes)) {
      this.records.putBack();
      return;
    }
    let steps: Steps<unknown>;
    try {
      steps = callOperation(operation, abortable?.context ?? context) as Steps<unknown>;
    } catch (error) {
      this.replyFailure(id, error);
      this.replyShare.settle(requestedBytes);
      return;
    }
    const request = new ApiRequest(this, id, operation, steps, size, requestedBytes);
    if (request.isLong) this.longRequestCount += 1;
    else this.requestCount += 1;
    this.requestBytes += request.bytes;
    request.begin(abortable);
    if (request.isEnded) return;
    // The request's data stays in the memory of its message, which must not be reused before its end.
    if (operation.hasData) request.loan = this.records.lend();
    this.requests.set(id, request);
  }

  /** Called once at the end of a request. */
  handleRequestEnd(request: ApiRequest): void {
    if (request.isLong) this.longRequestCount -= 1;
    else this.requestCount -= 1;
    this.requestBytes -= request.bytes;
    if (this.requests.get(request.id) === request) this.requests.delete(request.id);
    if (this.isClosed) return;
    this.replyShare.settle(request.replyBytes);
    this.updateFlow();
  }

  /** Replies with the result of an operation. */
  reply(id: number, { result }: Operation, value: unknown): void {
    if (this.isClosed) return;
    const { out } = this;
    const markOffset = out.position;
    // The mark is set when the length is known; 0 is the errno of a success.
    out.zeros(4);
    out.u32(id);
    out.u32(0);
    try {
      (resultWriters[result] as (w: XdrWriter, value: unknown) => void)(out, value);
    } catch (error) {
      out.position = markOffset;
      this.replyFailure(id, error);
      return;
    }
    out.patch(markOffset, makeRecordMark(out.position - markOffset - 4));
    this.transport.send();
  }

  /** Replies with a failure. @param failure an errno, or a thrown value */
  replyFailure(id: number, failure: unknown): void {
    if (this.isClosed) return;
    const { out } = this;
    const markOffset = out.position;
    out.zeros(4);
    out.u32(id);
    if (!writeFailure(out, failure)) this.host.log(`unexpected error: ${describeError(failure)}`);
    out.patch(markOffset, makeRecordMark(out.position - markOffset - 4));
    this.transport.send();
  }

  addIdentity(identity: IdentityRequest): number {
    return this.identities!.add(identity);
  }

  cancel(id: number): void {
    this.requests.get(id)?.cancel();
  }

  reload(): Promise<void> {
    return this.host.reload();
  }

  findVolumeId(): Promise<Uint8Array> {
    return this.host.findVolumeId();
  }

  setLog(level: number, file: string): void {
    this.host.setLog(level, file);
  }

  /** Closes the file or other object that a cancelled request has opened. */
  releaseResult({ result }: Operation, value: unknown): void {
    // All operations that wait and return a u32 return the handle of an object that they opened.
    if (result === 'u32') this.volume!.handles.release(value as number);
    else if (result === 'listing') this.volume!.handles.release((value as Listing).handle);
    else releaseUnused(value);
  }
}

const describeError = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** The arguments of the current request. The arrays are reused, because `callOperation` copies the values at once. */
const argumentValues: unknown[] = [];
const argumentLengths: number[] = [];

/**
 * Reads the arguments into `argumentValues`: first the values of fixed size and the lengths of the others, then the
 * bytes of those.
 * @returns false if a value is out of its type's range
 */
function readArguments(r: XdrReader, { args }: Operation): boolean {
  let areValid = true;
  for (let i = 0; i < args.length; i++) {
    const { type } = args[i]!;
    if (isVariable(type)) argumentLengths[i] = r.u32();
    else argumentValues[i] = argumentReaders[type](r, 0);
  }
  for (let i = 0; i < args.length; i++) {
    const { type } = args[i]!;
    if (isVariable(type)) argumentValues[i] = argumentReaders[type](r, argumentLengths[i]!);
    if (argumentValues[i] === INVALID) areValid = false;
  }
  return areValid;
}

/** Calls an operation with the arguments in `argumentValues`. */
function callOperation(operation: Operation, context: RequestContext): unknown {
  return operation.run(
    context,
    argumentValues[0],
    argumentValues[1],
    argumentValues[2],
    argumentValues[3],
    argumentValues[4],
    argumentValues[5],
  );
}

/** A request under way. */
class ApiRequest extends StepsRunner<unknown> {
  readonly id: number;
  /** The bytes of its message, and of the data that it requests. */
  readonly bytes: number;
  /** The bytes of the data that it requests. */
  readonly replyBytes: number;
  /** The loan of its message's memory, while that has data of the request. */
  loan: Loan | null = null;
  isEnded = false;
  /** Whether the client has its reply, or has disconnected. */
  private hasReplied = false;
  private readonly connection: ApiConnection;
  private readonly operation: Operation;
  /** Ends a long or queued request. */
  private abort: (() => void) | null = null;

  get isLong(): boolean {
    return this.operation.kind === 'long';
  }

  constructor(
    connection: ApiConnection,
    id: number,
    operation: Operation,
    steps: Steps<unknown>,
    messageBytes: number,
    replyBytes: number,
  ) {
    super(steps);
    this.connection = connection;
    this.id = id;
    this.operation = operation;
    this.bytes = messageBytes + replyBytes;
    this.replyBytes = replyBytes;
  }

  /** Runs the steps. The fops of a long request are interrupted when it is cancelled. */
  begin(abortable: AbortableRequest | null): void {
    this.abort = abortable?.abort ?? null;
    if (!this.isLong) {
      this.advance();
      return;
    }
    abortable!.context.volume.run(this.steps).then(
      (result) => this.resolve(result),
      (error) => this.reject(error),
    );
  }

  protected resolve(result: unknown): void {
    const { connection, operation } = this;
    if (this.hasReplied) connection.releaseResult(operation, result);
    else connection.reply(this.id, operation, result);
    this.finish();
  }

  protected reject(error: unknown): void {
    if (!this.hasReplied) this.connection.replyFailure(this.id, error);
    this.finish();
  }

  /** Replies EINTR; the result is released when it comes. */
  cancel(): void {
    if (this.hasReplied) return;
    this.connection.replyFailure(this.id, EINTR);
    this.abandon();
  }

  /** Interrupts the request. Its reply is dropped. */
  abandon(): void {
    this.hasReplied = true;
    this.abort?.();
  }

  private finish(): void {
    this.isEnded = true;
    this.hasReplied = true;
    if (this.loan !== null) this.connection.records.returnLoan(this.loan);
    this.loan = null;
    this.connection.handleRequestEnd(this);
  }
}
