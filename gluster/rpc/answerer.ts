/**
 * The side of a connection that is asked, where every call is answered at once: its programs are
 * tables of procedures. Which programs there are, it tells by itself.
 *
 * Source: GlusterFS 10 `rpc/rpc-lib/src/rpcsvc.c`.
 */

import { findProgram } from './dispatch.ts';
import { type Fields, writeFields } from './fields.ts';
import {
  ACCEPT,
  AUTH_NULL,
  CALL,
  type ReadCall,
  readCall,
  writeCall,
  writeReply,
} from './message.ts';
import { commonReply, DUMP, DUMP_PROGRAM, type Program, writePrograms } from './programs.ts';
import { markOf, type Records } from './record.ts';
import { XdrReader, XdrWriter } from './xdr.ts';

/** What writes the results of a call. */
export type Results = (w: XdrWriter) => void;

/** Reads the arguments, and does it; without results they were none. */
export type Procedure = (r: XdrReader) => Results | null;

export interface Served extends Program {
  /** By their numbers. */
  readonly procedures: ReadonlyMap<number, Procedure>;
}

export interface AnswererSettings {
  readonly programs: readonly Served[];
  /** Sends bytes that are written over afterwards. */
  send(bytes: Uint8Array): void;
  /** Whether nothing more should be answered for now. */
  isFull(): boolean;
}

const NOTHING = new Uint8Array();

export const results =
  (fields: Fields, ...values: readonly unknown[]): Results =>
  (w) =>
    writeFields(w, fields, values);

/** Of calls that want to know whether somebody is there. */
export const yes: Procedure = () => results(commonReply, 0, 0, NOTHING);

export class Answerer {
  private readonly settings: AnswererSettings;
  private readonly programs: readonly Served[];
  private readonly reader = new XdrReader();
  private readonly out = new XdrWriter();
  /** Of its own calls. */
  private xid = 0;

  constructor(settings: AnswererSettings) {
    this.settings = settings;
    const dump: Procedure = () => (w) => writePrograms(w, this.programs);
    const procedures = new Map([
      [DUMP.NULL, yes],
      [DUMP.DUMP, dump],
      [DUMP.PING, yes],
    ]);
    this.programs = [...settings.programs, { ...DUMP_PROGRAM, procedures }];
  }

  /** Answers the messages that are whole. @returns how many there were. @throws {RecordError} */
  take(records: Records): number {
    const r = this.reader;
    let count = 0;
    while (!this.settings.isFull() && records.next()) {
      count += 1;
      r.begin(records.bytes, records.start, records.end);
      const xid = r.u32();
      // An answer to a call of ours says nothing.
      if (r.u32() === CALL && !r.short) this.answer(readCall(r, xid), r);
    }
    return count;
  }

  /** Asks the peer for what has neither arguments nor an answer. */
  call({ number: program, version }: Program, procedure: number): void {
    this.xid = (this.xid + 1) >>> 0;
    const { xid } = this;
    this.send((w) => writeCall(w, { xid, program, version, procedure }, AUTH_NULL, null));
  }

  private answer(call: ReadCall, r: XdrReader): void {
    const found = findProgram(call, this.programs);
    if (typeof found === 'function') {
      this.send(found);
      return;
    }
    const does = found.procedures.get(call.procedure);
    if (does === undefined) this.status(call.xid, ACCEPT.PROC_UNAVAIL);
    else this.reply(call.xid, does(r));
  }

  private reply(xid: number, write: Results | null): void {
    if (write === null) this.status(xid, ACCEPT.GARBAGE_ARGS);
    else {
      this.send((w) => {
        writeReply(w, xid, ACCEPT.SUCCESS);
        write(w);
      });
    }
  }

  private status(xid: number, accept: number): void {
    this.send((w) => writeReply(w, xid, accept));
  }

  private send(write: Results): void {
    const { out } = this;
    out.at = 0;
    out.u32(0);
    write(out);
    out.patch(0, markOf(out.at - 4));
    this.settings.send(out.written);
  }
}
