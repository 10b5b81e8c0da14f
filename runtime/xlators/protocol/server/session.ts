/**
 * One connection of a client to a server: it is asked who it is, and then its fops are served.
 *
 * Source: GlusterFS 10 `xlators/protocol/server/src/{server-handshake,server-rpc-fops_v2}.c`,
 * `rpc/rpc-lib/src/rpcsvc.c`.
 */
import type { Client } from '../../../core/client.ts';
import { EACCES, EINVAL, ENOENT, ENOSYS } from '../../../core/errno.ts';
import type { Graph } from '../../../core/graph.ts';
import type { Initiator } from '../../../core/initiator.ts';
import type { Child } from '../../../core/xlator.ts';
import { readTexts, writeTexts } from '../../../rpc/dict.ts';
import { type Fields, readFields, writeFields } from '../../../rpc/fields.ts';
import {
  ACCEPT,
  CALL,
  type ReadCall,
  readCall,
  writeDenied,
  writeReply,
} from '../../../rpc/message.ts';
import {
  commonReply,
  DUMP,
  DUMP_PROGRAM,
  FOPS4,
  getspecReply,
  HAND,
  HANDSHAKE,
  setLkVerCall,
  setLkVerReply,
  writePrograms,
} from '../../../rpc/programs.ts';
import { markOf, type Records } from '../../../rpc/record.ts';
import { XdrReader, XdrWriter } from '../../../rpc/xdr.ts';
import type { Comer, Given } from './auth.ts';
import { mayEnter } from './auth.ts';
import { type Asker, ServerCall } from './call.ts';
import { unmarshals } from './unmarshal.ts';

const RELEASE = 41;
const RELEASEDIR = 42;
const NONE = new Uint8Array();

export interface SessionSettings {
  readonly initiator: Initiator<unknown>;
  readonly graph: Graph;
  readonly given: Given;
  /** Where the client is. */
  readonly peer: Pick<Comer, 'address' | 'port'>;
  /** Of this server's process. */
  readonly uuid: string;
  /** The volumes that clients may use, by name. */
  linksTo(volume: string): Child | undefined;
  send(bytes: Uint8Array): void;
  log(text: string): void;
}

export class Session {
  private readonly settings: SessionSettings;
  private readonly reader = new XdrReader();
  private readonly out = new XdrWriter(65_536);
  private asks: Asker | null = null;

  constructor(settings: SessionSettings) {
    this.settings = settings;
  }

  get client(): Client | null {
    return this.asks?.client ?? null;
  }

  /** Serves all messages that are whole. @throws {RecordError} */
  take(records: Records): void {
    const r = this.reader;
    while (records.next()) {
      r.begin(records.bytes, records.start, records.end);
      const xid = r.u32();
      if (r.u32() === CALL && !r.short) this.serve(readCall(r, xid), r);
    }
  }

  /** The client has gone. */
  close(): void {
    this.asks?.client.disconnect();
    this.asks = null;
  }

  private serve(call: ReadCall, r: XdrReader): void {
    const { program, version, xid, refused } = call;
    if (refused === 'owner') this.send((w) => writeDenied(w, xid));
    else if (refused === 'mismatch') this.status(0, ACCEPT.GARBAGE_ARGS);
    else if (program === DUMP_PROGRAM.number) this.dump(call);
    else if (program === HANDSHAKE.number) this.hand(call, r);
    else if (program !== FOPS4.number) this.status(xid, ACCEPT.PROG_UNAVAIL);
    else if (version !== FOPS4.version) this.status(xid, ACCEPT.PROG_MISMATCH);
    else this.fop(call, r);
  }

  private dump({ xid, procedure }: ReadCall): void {
    const programs = [FOPS4, DUMP_PROGRAM, HANDSHAKE];
    if (procedure === DUMP.DUMP) this.reply(xid, (w) => writePrograms(w, programs));
    else if (procedure === DUMP.PING || procedure === DUMP.NULL) this.common(xid);
    else this.status(xid, ACCEPT.PROC_UNAVAIL);
  }

  private hand({ xid, procedure }: ReadCall, r: XdrReader): void {
    switch (procedure) {
      case HAND.NULL:
      case HAND.PING:
        this.common(xid);
        return;
      case HAND.SETVOLUME:
        this.setVolume(xid, r);
        return;
      case HAND.GETSPEC:
        this.fields(xid, getspecReply, [
          -1,
          ENOSYS,
          'ask the management daemon for volfiles',
          NONE,
        ]);
        return;
      case HAND.SET_LK_VER: {
        const [, version] = readFields(r, setLkVerCall);
        this.fields(xid, setLkVerReply, [0, 0, version]);
        return;
      }
      default:
        this.status(xid, ACCEPT.PROC_UNAVAIL);
    }
  }

  private setVolume(xid: number, r: XdrReader): void {
    const texts = readTexts(r);
    const verdict = this.introduce(texts);
    this.reply(xid, (w) => {
      w.i32(verdict.errno === 0 ? 0 : -1);
      w.i32(verdict.errno);
      writeTexts(
        w,
        new Map([
          ['ERROR', verdict.text],
          ['process-uuid', this.settings.uuid],
          ['child_up', '1'],
        ]),
      );
    });
  }

  private introduce(texts: Map<string, string> | null): { errno: number; text: string } {
    const { settings } = this;
    const refuse = (errno: number, text: string) => {
      settings.log(`a client from ${settings.peer.address} is refused: ${text}`);
      return { errno, text };
    };
    if (texts === null)
      return refuse(EINVAL, 'Internal error: failed to unserialize request dictionary');
    const volume = texts.get('remote-subvolume');
    if (volume === undefined) return refuse(EINVAL, 'No remote-subvolume option specified');
    const links = settings.linksTo(volume);
    if (links === undefined) return refuse(ENOENT, 'Brick not found');
    const uid = texts.get('process-uuid');
    if (uid === undefined) return refuse(EINVAL, 'UUID not specified');
    const fops = texts.get('fops-version');
    if (fops !== String(FOPS4.number)) {
      return refuse(EINVAL, `version mismatch: client(${fops}) - client-mgmt(-1)`);
    }
    const comer: Comer = {
      ...settings.peer,
      ...{ volume, subdir: texts.get('subdir-mount') ?? '/' },
      ...{ username: texts.get('username'), password: texts.get('password') },
    };
    if (!mayEnter(settings.given, comer)) return refuse(EACCES, 'Authentication failed');
    const client = settings.initiator.connect(uid);
    this.asks = {
      ...{ client, links, fds: client.fds, inodes: settings.graph.inodes },
      answer: (xid, write, data) => this.reply(xid, write, data),
    };
    return { errno: 0, text: 'Success' };
  }

  private fop(call: ReadCall, r: XdrReader): void {
    const { xid, procedure, caller } = call;
    const { asks } = this;
    // Without credentials nobody is root.
    if (asks === null || caller === null) this.status(xid, ACCEPT.GARBAGE_ARGS);
    else if (procedure === 0) this.common(xid);
    else if (procedure === RELEASE || procedure === RELEASEDIR) this.release(xid, r, asks);
    else if (unmarshals[procedure] === undefined) this.status(xid, ACCEPT.PROC_UNAVAIL);
    else {
      const plan = unmarshals[procedure];
      const values = readFields(r, plan.wire.call);
      // Whoever keeps it keeps it longer than the message is there.
      const data = plan.wire.data === 'call' ? r.fixed(r.left).slice() : NONE;
      if (r.short) this.status(xid, ACCEPT.GARBAGE_ARGS);
      else new ServerCall(asks, xid, plan, values, data, caller).run();
    }
  }

  private release(xid: number, r: XdrReader, { client }: Asker): void {
    r.skip(16);
    client.fds.release(r.i64());
    this.reply(xid, (w) => {
      w.zeros(8);
      w.u32(0);
      w.i32(-1);
      w.u32(0);
    });
  }

  // ---- answers

  private common(xid: number): void {
    this.fields(xid, commonReply, [0, 0, NONE]);
  }

  private fields(xid: number, fields: Fields, values: readonly unknown[]): void {
    this.reply(xid, (w) => writeFields(w, fields, values));
  }

  private status(xid: number, accept: number): void {
    this.send((w) => writeReply(w, xid, accept));
  }

  private reply(xid: number, write: (w: XdrWriter) => void, data: Uint8Array | null = null): void {
    this.send((w) => {
      writeReply(w, xid, ACCEPT.SUCCESS);
      write(w);
      if (data !== null) w.fixed(data);
    });
  }

  private send(write: (w: XdrWriter) => void): void {
    const { out } = this;
    out.at = 0;
    out.u32(0);
    write(out);
    out.patch(0, markOf(out.at - 4));
    this.settings.send(out.written);
  }
}
