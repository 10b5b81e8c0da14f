/**
 * Answers the calls of a peer: finds the program and procedure of each call and sends the results, or the reason for
 * a refusal. Callers pass programs as tables of procedures; the answerer adds DUMP, which lists them.
 * Source: GlusterFS 10 `rpc/rpc-lib/src/rpcsvc.c`, `rpcsvc_program_actor`.
 */
import { type Fields, writeFields } from './fields.ts';
import {
  ACCEPT,
  AUTH_NULL,
  CALL,
  type ReadCall,
  readCall,
  writeCall,
  writeDenied,
  writeReply,
} from './message.ts';
import { commonReply, DUMP, DUMP_PROGRAM, type Program, writePrograms } from './programs.ts';
import { markOf, type Records } from './record.ts';
import { XdrReader, type XdrWriter } from './xdr.ts';

/** Writes the results of a call. */
export type Results = (w: XdrWriter) => void;

/**
 * Reads the arguments and performs the call. Returns a writer of the results, a code of `ACCEPT`
 * for a refused call, or undefined when it calls `reply` later.
 */
export type Procedure = (r: XdrReader, call: ReadCall) => Results | number | undefined;

export interface ServedProgram extends Program {
  /** Procedures by their numbers. */
  readonly procedures: Pick<ReadonlyMap<number, Procedure>, 'get'>;
}

export interface AnswererSettings {
  readonly programs: readonly ServedProgram[];
  /** Programs that are served without being listed by DUMP. */
  readonly unlisted?: readonly ServedProgram[];
  /** Replies and calls are written here, one behind the other. */
  readonly out: XdrWriter;
  /** Called after each message that was written to `out`. */
  written(): void;
  /** Whether the answerer should stop reading calls for now. */
  isFull(): boolean;
}

const NOTHING = new Uint8Array();

export const results =
  (fields: Fields, ...values: readonly unknown[]): Results =>
  (w) =>
    writeFields(w, fields, values);

/** Replies success without results: for NULL and PING. */
export const succeed: Procedure = () => results(commonReply, 0, 0, NOTHING);

export class Answerer {
  bytesIn = 0;
  bytesOut = 0;
  isTaking = false;
  private readonly settings: AnswererSettings;
  private readonly programs: readonly ServedProgram[];
  private readonly reader = new XdrReader();
  /** The xid of the last call that this side made. */
  private xid = 0;

  constructor(settings: AnswererSettings) {
    this.settings = settings;
    const { programs, unlisted = [] } = settings;
    const dump: Procedure = () => (w) => writePrograms(w, [...programs, DUMP_PROGRAM]);
    const procedures = new Map([
      [DUMP.NULL, succeed],
      [DUMP.DUMP, dump],
      [DUMP.PING, succeed],
    ]);
    this.programs = [...programs, { ...DUMP_PROGRAM, procedures }, ...unlisted];
  }

  /** Serves the complete messages. @returns their number. @throws {RecordError} */
  take(records: Records): number {
    const r = this.reader;
    let count = 0;
    this.isTaking = true;
    try {
      while (!this.settings.isFull() && records.next()) {
        count += 1;
        this.bytesIn += records.end - records.start;
        r.begin(records.bytes, records.start, records.end);
        const xid = r.u32();
        // Replies to our own calls carry no results.
        if (r.u32() === CALL && !r.short) this.serve(readCall(r, xid), r);
      }
    } finally {
      this.isTaking = false;
    }
    return count;
  }

  /** Calls the peer, which does not reply. */
  call(
    { number: program, version }: Program,
    procedure: number,
    write: (w: XdrWriter) => void = () => {},
  ): void {
    this.xid = (this.xid + 1) >>> 0;
    const { xid } = this;
    this.send((w) => {
      writeCall(w, { xid, program, version, procedure }, AUTH_NULL, null);
      write(w);
    });
  }

  /** @param data bytes that follow the results */
  reply(xid: number, write: Results, data: Uint8Array | null = null): void {
    this.send((w) => {
      writeReply(w, xid, ACCEPT.SUCCESS);
      write(w);
      if (data !== null) w.fixed(data);
    });
  }

  /** Refuses a call with a code of `ACCEPT`. */
  private refuse(xid: number, accept: number): void {
    this.send((w) => writeReply(w, xid, accept));
  }

  private serve(call: ReadCall, r: XdrReader): void {
    const { xid, refused } = call;
    if (refused === 'owner') this.send((w) => writeDenied(w, xid));
    // GlusterFS replies with xid 0 here, which matches no call of the client.
    else if (refused === 'mismatch') this.refuse(0, ACCEPT.GARBAGE_ARGS);
    else {
      const found = this.find(call);
      const write = typeof found === 'number' ? found : found(r, call);
      if (typeof write === 'number') this.refuse(xid, write);
      else if (write !== undefined) this.reply(xid, write);
    }
  }

  /** Finds the procedure of a call, or the code of `ACCEPT` that refuses it. */
  private find({ program, version, procedure }: ReadCall): Procedure | number {
    let accept: number = ACCEPT.PROG_UNAVAIL;
    for (const each of this.programs) {
      if (each.number !== program) continue;
      if (each.version === version) return each.procedures.get(procedure) ?? ACCEPT.PROC_UNAVAIL;
      accept = ACCEPT.PROG_MISMATCH;
    }
    return accept;
  }

  private send(write: Results): void {
    const { out } = this.settings;
    const mark = out.at;
    out.u32(0);
    write(out);
    out.patch(mark, markOf(out.at - mark - 4));
    this.bytesOut += out.at - mark;
    this.settings.written();
  }
}
