/** A client of the protocol of `glossa api` for tests: it writes requests by the table, and reads replies. */

import type { Socket } from 'node:net';
import type { Operation } from '../../runtime/api/protocol/operation.ts';
import { operationGroups, PROTOCOL_VERSION } from '../../runtime/api/protocol/operations.ts';
import { isVariable } from '../../runtime/api/protocol/values.ts';
import { concatBytes, decodeName, encodeName } from '../../runtime/core/bytes.ts';
import { makeRecordMark, RecordReader } from '../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';

export const OPERATIONS: Readonly<Record<string, Operation>> = Object.assign(
  {},
  ...Object.values(operationGroups),
);

/** An argument: a number, a name, a gfid, or data. */
export type ApiValue = number | string | Uint8Array;

export const toBytes = (value: ApiValue): Uint8Array =>
  typeof value === 'string' ? encodeName(value) : (value as Uint8Array);

/** The bytes of a message. */
export function makeMessage(...parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(parts);
  const mark = new XdrWriter();
  mark.u32(makeRecordMark(body.length));
  return concatBytes([mark.writtenBytes, body]);
}

export const makeGreeting = (version = PROTOCOL_VERSION): Uint8Array =>
  makeMessage(encodeName('glossa\0'), Uint8Array.of(version), encodeName('{}'));

/** The bytes of a request. @param name an operation, or the number of one */
export function makeRequest(
  id: number,
  name: string | number,
  values: readonly ApiValue[] = [],
  identity = 0,
): Uint8Array {
  const operation = typeof name === 'number' ? undefined : OPERATIONS[name]!;
  const w = new XdrWriter();
  w.u32(id);
  w.u32(operation?.number ?? (name as number));
  w.u32(identity);
  const rest: Uint8Array[] = [];
  for (const [at, { type }] of (operation?.args ?? []).entries()) {
    const value = values[at]!;
    if (isVariable(type)) {
      rest.push(toBytes(value));
      w.u32(rest.at(-1)!.length);
    } else if (type === 'u32') w.u32(value as number);
    else if (type === 'gfid') w.gfid(value as string);
    else w.i64(value as number);
  }
  return makeMessage(w.writtenBytes, ...rest);
}

export interface ApiReply {
  readonly id: number;
  readonly errno: number;
  /** The result, or path and message of a failure. */
  readonly body: Uint8Array;
}

/** Collects received bytes, and finds the replies in them. */
export class ReplyReader {
  private readonly records = new RecordReader();

  add(bytes: Uint8Array): void {
    this.records.append(bytes, () => true);
  }

  /** The complete messages so far. */
  *takeMessages(): Generator<Uint8Array> {
    const { records } = this;
    while (records.findNext()) yield records.bytes.slice(records.start, records.end);
  }
}

export function readReply(message: Uint8Array): ApiReply {
  const r = new XdrReader(message);
  return { id: r.u32(), errno: r.u32(), body: r.fixed(r.remaining) };
}

export const readU32 = ({ body }: ApiReply, at = 0): number =>
  new DataView(body.buffer, body.byteOffset).getUint32(at);

/** A client over a socket. */
export class SocketClient {
  /** The object of the server's greeting. */
  facts: Readonly<Record<string, unknown>> = {};
  private readonly socket: Socket;
  private readonly reader = new ReplyReader();
  private readonly waiting = new Map<number, (reply: ApiReply) => void>();
  private id = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Greets the server, and waits for its greeting. */
  static async greet(socket: Socket): Promise<SocketClient> {
    const client = new SocketClient(socket);
    await new Promise<void>((resolve, reject) => {
      const refuse = (): void => reject(new Error('the server has closed the connection'));
      socket.once('close', refuse);
      socket.on('data', (bytes) => {
        client.reader.add(bytes);
        for (const message of client.reader.takeMessages()) {
          if (decodeName(message.subarray(0, 7)) === 'glossa\0') {
            client.facts = JSON.parse(decodeName(message.subarray(8)));
            resolve();
          } else client.settle(readReply(message));
        }
      });
      socket.write(makeGreeting());
    });
    return client;
  }

  /** Sends a request, and waits for its reply. */
  call(name: string | number, values: readonly ApiValue[] = [], identity = 0): Promise<ApiReply> {
    this.id += 1;
    const { id } = this;
    this.socket.write(makeRequest(id, name, values, identity));
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  /** The same. @throws {Error} if it fails */
  async do(name: string, values: readonly ApiValue[] = [], identity = 0): Promise<ApiReply> {
    const reply = await this.call(name, values, identity);
    if (reply.errno !== 0) throw new Error(`${name}: errno ${reply.errno}`);
    return reply;
  }

  private settle(reply: ApiReply): void {
    this.waiting.get(reply.id)?.(reply);
    this.waiting.delete(reply.id);
  }
}
