/** A raw RPC connection to a brick: sends a test's records unchanged. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { readTexts, writeTexts } from '../../gluster/rpc/dict.ts';
import { readFields, writeFields } from '../../gluster/rpc/fields.ts';
import { findWireFop, type WireFop } from '../../gluster/rpc/fops4.ts';
import {
  AUTH_V3,
  CALL,
  type Caller,
  readCall,
  SELF_CALLER,
  writeCall,
} from '../../gluster/rpc/message.ts';
import {
  FOPS4,
  HANDSHAKE,
  HANDSHAKE_PROCEDURES,
  type Program,
} from '../../gluster/rpc/programs.ts';
import { newGfid } from '../../runtime/core/context.ts';
import { Dict } from '../../runtime/core/dict.ts';
import { makeRecordMark, RecordReader } from '../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';

const MARK_SIZE = 4;
const DENIED = 1;

/** A reply's header and body. */
export interface RawReply {
  /** `accept_stat`; -1 when the call was denied. */
  readonly accept: number;
  /** At the results. */
  readonly r: XdrReader;
}

/** The answer to a fop. */
export interface FopAnswer {
  readonly accept: number;
  readonly opRet: number;
  readonly opErrno: number;
  /** Values by field names; data under `data`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A call of the brick's. */
export interface Notification {
  readonly procedure: number;
  readonly r: XdrReader;
}

const random = { random: (out: Uint8Array) => void crypto.getRandomValues(out) };
export const makeGfid = (): string => newGfid(random as never);

export class RawPeer {
  readonly socket: Socket;
  /** The brick's notifications, in order. */
  readonly notices: Notification[] = [];
  isClosed = false;
  private readonly records = new RecordReader();
  private readonly waiting = new Map<number, (answer: RawReply) => void>();
  private xid = 1;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Uint8Array) => this.records.append(chunk, () => this.takeRecords()));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  static async connect(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  close(): void {
    this.socket.destroy();
  }

  private takeRecords(): boolean {
    while (this.records.findNext()) {
      const { bytes, start, end } = this.records;
      const r = new XdrReader(bytes.slice(start, end));
      const xid = r.u32();
      if (r.u32() === CALL) this.notices.push({ procedure: readCall(r, xid).procedure, r });
      else {
        const isDenied = r.u32() === DENIED;
        if (!isDenied) r.skip(8);
        const accept = isDenied ? -1 : r.u32();
        this.waiting.get(xid)?.({ accept, r });
        this.waiting.delete(xid);
      }
    }
    return true;
  }

  /** The bytes of a call, mark and all, and its number. */
  encodeCall(
    { number: program, version }: Program,
    procedure: number,
    write: (w: XdrWriter) => void,
    caller: Caller = SELF_CALLER,
    data: Uint8Array = new Uint8Array(),
  ): { readonly bytes: Uint8Array; readonly xid: number } {
    this.xid += 1;
    const w = new XdrWriter(4096);
    w.u32(0);
    writeCall(w, { xid: this.xid, program, version, procedure }, AUTH_V3, caller);
    write(w);
    w.fixed(data);
    w.patch(0, makeRecordMark(w.position - MARK_SIZE));
    return { bytes: w.writtenBytes.slice(), xid: this.xid };
  }

  /** Waits for the reply to the request with this xid. */
  awaitReply(xid: number): Promise<RawReply> {
    return new Promise((resolve) => this.waiting.set(xid, resolve));
  }

  call(...args: Parameters<RawPeer['encodeCall']>): Promise<RawReply> {
    const { bytes, xid } = this.encodeCall(...args);
    this.socket.write(bytes);
    return this.awaitReply(xid);
  }

  async callFop(
    fop: WireFop['fop'],
    values: readonly unknown[],
    { data, caller }: { readonly data?: Uint8Array; readonly caller?: Caller } = {},
  ): Promise<FopAnswer> {
    const wire = findWireFop(fop);
    const write = (w: XdrWriter): void => writeFields(w, wire.call, values);
    const { accept, r } = await this.call(FOPS4, wire.procedure, write, caller, data);
    if (accept !== 0) return { accept, opRet: -1, opErrno: 0, values: {} };
    const opRet = r.i32();
    const opErrno = r.i32();
    const read = readFields(r, wire.reply);
    const named = wire.reply.namedFields.map(({ name }, at) => [name, read[at]] as const);
    return {
      ...{ accept, opRet, opErrno },
      values: { ...Object.fromEntries(named), data: r.fixed(r.remaining).slice() },
    };
  }

  /** SETVOLUME. */
  async setVolume(texts: Readonly<Record<string, string>> = {}): Promise<{
    readonly opRet: number;
    readonly opErrno: number;
    readonly texts: ReadonlyMap<string, string> | null;
  }> {
    const all = { 'remote-subvolume': 'brick', 'process-uuid': makeGfid(), ...texts };
    const entries = new Map(Object.entries({ 'fops-version': String(FOPS4.number), ...all }));
    for (const [key, value] of entries) if (value === '') entries.delete(key);
    return this.setVolumeRaw((w) => writeTexts(w, entries));
  }

  async setVolumeRaw(write: (w: XdrWriter) => void): ReturnType<RawPeer['setVolume']> {
    const { r } = await this.call(HANDSHAKE, HANDSHAKE_PROCEDURES.SETVOLUME, write);
    return { opRet: r.i32(), opErrno: r.i32(), texts: readTexts(r) };
  }

  /** Makes a file. @returns its gfid, and the brick's number of the open file */
  async create(name: string): Promise<{ readonly gfid: string; readonly fd: number }> {
    const gfid = makeGfid();
    const xdata = new Dict().setGfid('gfid-req', gfid);
    const reply = await this.callFop('create', [ROOT, 2, 0o100644, 0, name, xdata]);
    if (reply.opRet < 0) throw new Error(`create ${name}: ${reply.opErrno}`);
    return { gfid, fd: reply.values.fd as number };
  }
}

export const ROOT = '00000000-0000-0000-0000-000000000001';
