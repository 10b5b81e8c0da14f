/**
 * The asker's end of looking at a mount, or a brick, while it is served (`host.ts`):
 *
 *   const live = await attach(MNT, { filter, filterText, dataMax, redact });
 *   const goesOn = await live.follow((events) => …);   // until `live.close()`, or the mount is gone
 */
import { connect, type Socket } from 'node:net';
import { ECONNRESET, EPERM, strerror } from '../../runtime/core/errno.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { readHead } from '../../runtime/observe/head.ts';
import { wholeEvents } from '../../runtime/observe/store.ts';
import { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';
import { findServed } from '../control/find.ts';
import { askJson, isUnknown, type Served } from '../control/served.ts';
import type { Wanted } from '../recording.ts';
import { untold } from '../statedump/reader.ts';
import { type Ask, type Invitation, LIVE } from './host.ts';

const NEWLINE = 10;
/** How long a server may take to send the rest. */
const FAREWELL_MS = 5000;

export interface Attached {
  /** Of the recording that its events are of. */
  readonly head: Head;
  readonly served: Served;
  /**
   * Hands on events as they come: whole ones, one behind the other, as a recording has them.
   * Resolves when there are no more: true after `close`, false when the server has ended.
   */
  follow(onEvents: (events: Uint8Array) => void): Promise<boolean>;
  /** The server is to observe no more; what it has seen by then still comes, unless asked twice. */
  close(): void;
}

/**
 * Lets the server of a mount observe what is wanted from now on, until `close`, or this process ends
 * however it does.
 * @param given the mount, for messages too
 * @throws {Failure} when it is none, may not be looked at, or has not what is wanted
 */
export async function attach(given: string, wanted: Wanted): Promise<Attached> {
  const served = await findServed(given);
  const { socket: name, word } = (await askJson(served, LIVE, (errno) => {
    if (errno === EPERM) {
      return new Failure(`only root and the user who mounted ${given} may see its requests`);
    }
    if (!isUnknown(errno)) return untold(served, errno);
    return new Failure(`the server of ${given} cannot be looked at: it tells of no requests`);
  })) as Invitation;
  const socket = connect(name);
  const ask: Ask = { ...wanted, word };
  socket.write(`${JSON.stringify(ask)}\n`);
  const connection = new Connection(socket);
  const line = await connection.line.catch((error) => {
    throw new Failure(`cannot reach the server of ${given}: ${reason(error)}`);
  });
  const answer = JSON.parse(line) as { readonly error?: string; readonly head?: object };
  if (answer.error !== undefined) throw new Failure(answer.error);
  return {
    head: readHead(JSON.stringify(answer.head)),
    served,
    follow: (onEvents) => connection.follow(onEvents),
    close: () => connection.close(),
  };
}

/** A connection to a server: a line of it, then events. */
class Connection {
  readonly line: Promise<string>;
  private readonly socket: Socket;
  private rest: Buffer = Buffer.alloc(0);
  private closed = false;
  private readonly ended: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    let trouble: Error = new Error(strerror(ECONNRESET));
    socket.on('error', (error) => {
      trouble = error;
    });
    this.ended = new Promise((resolve) => void socket.once('close', () => resolve()));
    this.line = new Promise((resolve, reject) => {
      this.ended.then(() => reject(trouble));
      const hear = (bytes: Buffer): void => {
        this.rest = Buffer.concat([this.rest, bytes]);
        const end = this.rest.indexOf(NEWLINE);
        if (end < 0) return;
        socket.off('data', hear).pause();
        const line = this.rest.toString('utf8', 0, end);
        this.rest = this.rest.subarray(end + 1);
        resolve(line);
      };
      socket.on('data', hear);
    });
  }

  async follow(onEvents: (events: Uint8Array) => void): Promise<boolean> {
    const hear = (bytes: Buffer): void => {
      this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
      const whole = wholeEvents(this.rest);
      if (whole === 0) return;
      const events = this.rest.subarray(0, whole);
      this.rest = this.rest.subarray(whole);
      onEvents(events);
    };
    hear(Buffer.alloc(0));
    this.socket.on('data', hear).resume();
    await this.ended;
    return this.closed;
  }

  close(): void {
    // Who says so again does not wait.
    if (this.closed) this.socket.destroy();
    this.closed = true;
    this.socket.end();
    // Nor does anybody for a server that hangs.
    setTimeout(() => this.socket.destroy(), FAREWELL_MS).unref();
  }
}
