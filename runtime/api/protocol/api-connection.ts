/**
 * Serves a client's connection: the greeting, then requests, which may be under way at the same time. The transport
 * receives into `records` and sends `out`. docs/reference/api-protocol.md describes the messages.
 */

import { EAGAIN, EINTR, EINVAL, ENOSYS } from '../../core/errno.ts';
import type { ConnectionTransport, ServedConnection } from '../../wire/connection.ts';
import { type Loan, makeRecordMark, RecordError, RecordReader } from '../../wire/record.ts';
import { XdrReader, XdrWriter } from '../../wire/xdr.ts';
import type { Caller } from '../driver-steps.ts';
import { type Steps, StepsRunner } from '../steps.ts';
import { writeFailure } from './failures.ts';
import { DATA_MAX } from './handle-operations.ts';
import { Identities } from './identities.ts';
import type { IdentityRequest, Operation } from './operation.ts';
import { operationByNumber, PROTOCOL_VERSION } from './operations.ts';
import type {
  ApiVolume,
  LongRequest,
  RequestConnection,
  RequestContext,
} from './request-context.ts';
import { INVALID, isVariable, type Listing, readers, writers } from './values.ts';

/** Bytes of receive room, and of the longest message, before the greeting and after it. */
const GREETING_LIMITS = { room: 4096, most: 65_536 } as const;
const REQUEST_LIMITS = { room: 65_536, most: DATA_MAX + 65_536 } as const;
/** The most requests of a connection under way. Beyond them the server stops reading. */
export const REQUESTS_MAX = 1024;
/** The same for those that may take long, such as the wait for a lock: further ones fail. */
const LONG_REQUESTS_MAX = 4096;
/** As REQUESTS_MAX, in bytes: of requests under way with what they read, and of replies that wait to be sent. */
export const BYTES_MAX = 8 * 2 ** 20;
/** Bytes of id, operation and identity. */
const REQUEST_HEAD = 12;

const GREETING = new TextEncoder().encode('glossa\0');

/** The server of a connection. */
export interface ApiHost {
  /** The members of the greeting. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Opens the volume for one connection. */
  openVolume(): ApiVolume;
  reload(): Promise<void>;
  /** The 16 bytes of the volume's id. @throws {FopError} ENODATA */
  volumeId(): Promise<Uint8Array>;
  /** @throws {FopError} EINVAL, EACCES */
  setLog(level: number, file: string): void;
  /** Logs a mistake of a client. */
  log(text: string): void;
  /** Logs that a client is refused. */
  logRefusal(text: string): void;
}

export class ApiConnection implements RequestConnection, ServedConnection {
  readonly records = new RecordReader(GREETING_LIMITS.room, GREETING_LIMITS.most);
  readonly out = new XdrWriter();
  private readonly host: ApiHost;
  private readonly caller: Caller;
  private readonly transport: ConnectionTransport;
  private readonly r = new XdrReader();
  private volume: ApiVolume | null = null;
  private identities: Identities | null = null;
  /** Requests that wait, by id. */
  private readonly requests = new Map<number, ApiRequest>();
  /** Requests under way, without the long ones, which would keep a client from cancelling them. */
  private requestCount = 0;
  private longCount = 0;
  private requestBytes = 0;
  private isServing = false;
  private isClosed = false;
  private wasPaused = false;

  /** @param caller the client's process, and its default identity @param transport not called by the constructor */
  constructor(host: ApiHost, caller: Caller, transport: ConnectionTransport) {
    this.host = host;
    this.caller = caller;
    this.transport = transport;
  }

  /** Whether it takes requests. */
  get hasBegun(): boolean {
    return this.identities !== null;
  }

  get isPaused(): boolean {
    const { requestCount, requestBytes, transport, out } = this;
    return (
      requestCount >= REQUESTS_MAX || requestBytes + transport.queuedBytes + out.at > BYTES_MAX
    );
  }

  get isBusy(): boolean {
    return this.volume?.isBusy ?? false;
  }

  serveMessages(): void {
    if (this.isServing || this.isClosed) return;
    this.isServing = true;
    const { records } = this;
    try {
      while (!this.isClosed && !this.isPaused && records.findNext()) {
        this.r.begin(records.bytes, records.start, records.end);
        if (this.identities === null) this.greet();
        else this.serve(this.identities);
      }
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.fail(error.message);
    }
    this.isServing = false;
    this.noteAllSent();
  }

  /** Resumes or pauses reading, after a send or the end of a request. */
  noteAllSent(): void {
    if (this.isClosed || this.isPaused === this.wasPaused) return;
    this.wasPaused = !this.wasPaused;
    this.transport.updateFlow();
    // Complete messages may have been received before the pause.
    if (!this.wasPaused) this.serveMessages();
  }

  /** Logs the reason, and closes the connection at once. */
  private fail(reason: string): void {
    this.host.log(`process ${this.caller.pid} is disconnected: ${reason}`);
    this.close();
    this.transport.destroy();
  }

  /** Ends all requests, and closes all handles; does not close the transport. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const request of [...this.requests.values()]) request.abandon();
    void this.volume?.close();
  }

  /** Refuses the client: replies with the reason, and ends the connection. */
  refuse(reason: string): void {
    this.host.logRefusal(`process ${this.caller.pid} is refused: ${reason}`);
    this.writeGreeting({ error: reason });
    this.close();
    this.transport.end();
  }

  private greet(): void {
    const { r, host } = this;
    const magic = r.fixed(GREETING.length);
    if (magic.length === 0 || GREETING.some((byte, at) => byte !== magic[at])) {
      this.fail('its first message is no greeting of this protocol');
      return;
    }
    const [version = 0] = r.fixed(1);
    if (version !== PROTOCOL_VERSION) {
      const versions = `version ${version} of the protocol, and the server version ${PROTOCOL_VERSION}`;
      this.refuse(`the client speaks ${versions}`);
      return;
    }
    this.begin();
    this.writeGreeting({ ...host.facts, dataMax: DATA_MAX, requestsMax: REQUESTS_MAX });
    this.transport.send();
  }

  /** Takes requests from here on. Called in place of a greeting by a host that knows its client. */
  begin(): void {
    this.volume = this.host.openVolume();
    this.identities = new Identities(this, this.volume, this.caller);
    this.records.setLimits(REQUEST_LIMITS.room, REQUEST_LIMITS.most);
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

  private serve(identities: Identities): void {
    const { r } = this;
    const size = r.remaining;
    const [id, number, identity] = [r.u32(), r.u32(), r.u32()];
    const operation = operationByNumber[number];
    if (size < REQUEST_HEAD) this.fail(`a request of ${size} bytes`);
    else if (operation === undefined) this.replyFailure(id, ENOSYS);
    else this.serveOperation(id, operation, identities.find(identity), size);
  }

  private serveOperation(
    id: number,
    operation: Operation,
    context: RequestContext | undefined,
    size: number,
  ): void {
    const { r } = this;
    const areValid = readArguments(r, operation);
    if (r.isMalformed || r.remaining > 0) {
      this.fail(`the arguments of operation ${operation.number} do not fill ${size} bytes`);
    } else if (areValid && context !== undefined) this.run(id, operation, context, size);
    else this.replyFailure(id, EINVAL);
  }

  private run(id: number, operation: Operation, context: RequestContext, size: number): void {
    const { kind, sizeIndex } = operation;
    if (kind === 'immediate') {
      try {
        this.reply(id, operation, call(operation, context));
      } catch (error) {
        this.replyFailure(id, error);
      }
      return;
    }
    if (kind === 'long' && this.longCount >= LONG_REQUESTS_MAX) {
      this.replyFailure(id, EAGAIN);
      return;
    }
    const long = kind === 'long' ? context.forLongRequest() : null;
    const wanted = sizeIndex < 0 ? 0 : Math.min(values[sizeIndex] as number, DATA_MAX);
    let steps: Steps<unknown>;
    try {
      steps = call(operation, long?.context ?? context) as Steps<unknown>;
    } catch (error) {
      this.replyFailure(id, error);
      return;
    }
    const request = new ApiRequest(this, id, operation, steps, size + wanted);
    if (long === null) this.requestCount += 1;
    else this.longCount += 1;
    this.requestBytes += request.bytes;
    if (long === null) request.advance();
    else request.runAbortably(long);
    if (request.isEnded) return;
    // Its data stays in the memory of the message.
    if (operation.hasData) request.loan = this.records.lend();
    this.requests.set(id, request);
  }

  /** Called once at the end of a request. */
  noteEnd(request: ApiRequest): void {
    if (request.isLong) this.longCount -= 1;
    else this.requestCount -= 1;
    this.requestBytes -= request.bytes;
    if (this.requests.get(request.id) === request) this.requests.delete(request.id);
    if (!this.isServing) this.noteAllSent();
  }

  reply(id: number, { result }: Operation, value: unknown): void {
    if (this.isClosed) return;
    const { out } = this;
    const mark = out.at;
    out.zeros(4);
    out.u32(id);
    out.u32(0);
    try {
      (writers[result] as (w: XdrWriter, value: unknown) => void)(out, value);
    } catch (error) {
      out.at = mark;
      this.replyFailure(id, error);
      return;
    }
    out.patch(mark, makeRecordMark(out.at - mark - 4));
    this.transport.send();
  }

  /** @param failure an errno, or a thrown value */
  replyFailure(id: number, failure: unknown): void {
    if (this.isClosed) return;
    const { out } = this;
    const mark = out.at;
    out.zeros(4);
    out.u32(id);
    if (!writeFailure(out, failure)) this.host.log(`unexpected error: ${describe(failure)}`);
    out.patch(mark, makeRecordMark(out.at - mark - 4));
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

  volumeId(): Promise<Uint8Array> {
    return this.host.volumeId();
  }

  setLog(level: number, file: string): void {
    this.host.setLog(level, file);
  }

  /** Closes what a request has opened whose client does not wait any more. */
  releaseResult({ result }: Operation, value: unknown): void {
    // Operations that return a u32, and wait, open a file.
    if (result === 'u32') this.volume!.handles.release(value as number);
    if (result === 'listing') this.volume!.handles.release((value as Listing).handle);
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** The arguments of the request that is being read: one array for all, as they are passed on at once. */
const values: unknown[] = [];
const lengths: number[] = [];

/** Reads the arguments into `values`. @returns false if the operation accepts one of them by no means */
function readArguments(r: XdrReader, { args }: Operation): boolean {
  let areValid = true;
  for (let at = 0; at < args.length; at++) {
    const { type } = args[at]!;
    if (isVariable(type)) lengths[at] = r.u32();
    else values[at] = readers[type](r, 0);
  }
  for (let at = 0; at < args.length; at++) {
    const { type } = args[at]!;
    if (isVariable(type)) values[at] = readers[type](r, lengths[at]!);
    if (values[at] === INVALID) areValid = false;
  }
  return areValid;
}

/** Calls an operation with the arguments in `values`, without an array for each request. */
function call(operation: Operation, context: RequestContext): unknown {
  return operation.run(context, values[0], values[1], values[2], values[3], values[4], values[5]);
}

/** A request under way. */
class ApiRequest extends StepsRunner<unknown> {
  readonly id: number;
  /** Bytes of its message, and of the data that it reads. */
  readonly bytes: number;
  loan: Loan | null = null;
  isEnded = false;
  /** Whether the client has its reply, or has gone. */
  private hasReplied = false;
  private readonly connection: ApiConnection;
  private readonly operation: Operation;
  private abort: (() => void) | null = null;

  get isLong(): boolean {
    return this.operation.kind === 'long';
  }

  constructor(
    connection: ApiConnection,
    id: number,
    operation: Operation,
    steps: Steps<unknown>,
    bytes: number,
  ) {
    super(steps);
    this.connection = connection;
    this.id = id;
    this.operation = operation;
    this.bytes = bytes;
  }

  /** Runs as a long request, whose own requests are interrupted when it is cancelled. */
  runAbortably({ context, abort }: LongRequest): void {
    this.abort = abort;
    context.volume.run(this.steps).then(
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

  /** Ends without a reply. */
  abandon(): void {
    this.hasReplied = true;
    this.abort?.();
  }

  private finish(): void {
    this.isEnded = true;
    this.hasReplied = true;
    if (this.loan !== null) this.loan.count -= 1;
    this.loan = null;
    this.connection.noteEnd(this);
  }
}
