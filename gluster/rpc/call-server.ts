/**
 * Serves the calls of a client: finds the program and procedure of each call and sends the results, or the reason for
 * a refusal. Callers pass programs as tables of procedures. The program GF-DUMP, which lists them, is added here.
 * Source: GlusterFS 10 `rpc/rpc-lib/src/rpcsvc.c`, `rpcsvc_program_actor`.
 */

import { makeRecordMark, type RecordReader } from '../../runtime/wire/record.ts';
import { XdrReader, type XdrWriter } from '../../runtime/wire/xdr.ts';
import { type Fields, writeFields } from './fields.ts';
import {
  ACCEPT_STATUS,
  AUTH_NULL,
  CALL,
  type ReceivedCall,
  readCall,
  writeCall,
  writeDenied,
  writeReply,
} from './message.ts';
import {
  commonReply,
  DUMP_PROCEDURES,
  DUMP_PROGRAM,
  type Program,
  writePrograms,
} from './programs.ts';

/** Writes the results of a call. */
export type ResultsWriter = (w: XdrWriter) => void;

/**
 * Reads the arguments and performs the call. Returns a writer of the results, a code of `ACCEPT`
 * for a refused call, or undefined when it calls `reply` later.
 */
export type Procedure = (r: XdrReader, call: ReceivedCall) => ResultsWriter | number | undefined;

/** A program that this side serves. */
export interface ServedProgram extends Program {
  /** Procedures by their numbers. */
  readonly procedures: Pick<ReadonlyMap<number, Procedure>, 'get'>;
}

/** The programs and the output of a server. */
export interface CallServerSettings {
  readonly programs: readonly ServedProgram[];
  /** Programs that are served without being listed by DUMP. */
  readonly unlisted?: readonly ServedProgram[];
  /** The buffer to which replies and calls are appended. */
  readonly out: XdrWriter;
  /** Called after each message that was written to `out`. */
  onWritten(): void;
  /** Whether the server should stop reading calls for now. */
  isFull(): boolean;
}

const NO_BYTES = new Uint8Array();
const MARK_BYTES = 4;

/** Makes a writer of results: the values of these fields. */
export const makeResults =
  (fields: Fields, ...values: readonly unknown[]): ResultsWriter =>
  (w) =>
    writeFields(w, fields, values);

/** Replies success without results: for NULL and PING. */
export const replySuccess: Procedure = () => makeResults(commonReply, 0, 0, NO_BYTES);

/** Serves the calls of one connection. */
export class CallServer {
  /** The bytes of all messages received and sent, for statedumps. */
  receivedBytes = 0;
  sentBytes = 0;
  /** Whether `serveAll` is running. */
  isServing = false;
  private readonly settings: CallServerSettings;
  private readonly programs: readonly ServedProgram[];
  private readonly reader = new XdrReader();
  /** The xid of the last call that this side made. */
  private lastXid = 0;

  constructor(settings: CallServerSettings) {
    this.settings = settings;
    const { programs, unlisted = [] } = settings;
    const dump: Procedure = () => (w) => writePrograms(w, [...programs, DUMP_PROGRAM]);
    const procedures = new Map([
      [DUMP_PROCEDURES.NULL, replySuccess],
      [DUMP_PROCEDURES.DUMP, dump],
      [DUMP_PROCEDURES.PING, replySuccess],
    ]);
    this.programs = [...programs, { ...DUMP_PROGRAM, procedures }, ...unlisted];
  }

  /** Serves all complete messages. @returns their number. @throws {RecordError} */
  serveAll(records: RecordReader): number {
    const r = this.reader;
    let count = 0;
    this.isServing = true;
    try {
      while (!this.settings.isFull() && records.findNext()) {
        count += 1;
        this.receivedBytes += records.end - records.start;
        r.begin(records.bytes, records.start, records.end);
        const xid = r.u32();
        // A message that is not a call replies to a call of this side, and has no results.
        if (r.u32() === CALL && !r.isMalformed) this.serve(readCall(r, xid), r);
      }
    } finally {
      this.isServing = false;
    }
    return count;
  }

  /** Calls the peer, which does not reply. */
  call(
    { number: program, version }: Program,
    procedure: number,
    write: (w: XdrWriter) => void = () => {},
  ): void {
    this.lastXid = (this.lastXid + 1) >>> 0;
    const { lastXid: xid } = this;
    this.send((w) => {
      writeCall(w, { xid, program, version, procedure }, AUTH_NULL, null);
      write(w);
    });
  }

  /** Sends the results of a call. @param data bytes that follow the results */
  reply(xid: number, write: ResultsWriter, data: Uint8Array | null = null): void {
    this.send((w) => {
      writeReply(w, xid, ACCEPT_STATUS.SUCCESS);
      write(w);
      if (data !== null) w.fixed(data);
    });
  }

  /** Refuses a call with a code of `ACCEPT`. */
  private refuse(xid: number, acceptStatus: number): void {
    this.send((w) => writeReply(w, xid, acceptStatus));
  }

  private serve(call: ReceivedCall, r: XdrReader): void {
    const { xid, refusal } = call;
    if (refusal === 'owner-too-long') this.send((w) => writeDenied(w, xid));
    // To a malformed header GlusterFS replies with xid 0, which matches no call of the client.
    else if (refusal === 'malformed') this.refuse(0, ACCEPT_STATUS.GARBAGE_ARGS);
    else {
      const handler = this.findProcedure(call);
      const result = typeof handler === 'number' ? handler : handler(r, call);
      if (typeof result === 'number') this.refuse(xid, result);
      else if (result !== undefined) this.reply(xid, result);
    }
  }

  /** Finds the procedure of a call, or the code of `ACCEPT` that refuses it. */
  private findProcedure({ program, version, procedure }: ReceivedCall): Procedure | number {
    let acceptStatus: number = ACCEPT_STATUS.PROG_UNAVAIL;
    for (const each of this.programs) {
      if (each.number !== program) continue;
      if (each.version === version)
        return each.procedures.get(procedure) ?? ACCEPT_STATUS.PROC_UNAVAIL;
      acceptStatus = ACCEPT_STATUS.PROG_MISMATCH;
    }
    return acceptStatus;
  }

  private send(write: ResultsWriter): void {
    const { out } = this.settings;
    const markPosition = out.position;
    out.u32(0);
    write(out);
    out.patch(markPosition, makeRecordMark(out.position - markPosition - MARK_BYTES));
    this.sentBytes += out.position - markPosition;
    this.settings.onWritten();
  }
}
