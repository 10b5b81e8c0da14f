/**
 * Finds the program that a call's header asks for, or writes why the call is refused. It reads no arguments.
 *
 * Source: GlusterFS 10 `rpc/rpc-lib/src/rpcsvc.c`, `rpcsvc_program_actor`.
 */
import { ACCEPT, type ReadCall, writeDenied, writeReply } from './message.ts';
import type { Program } from './programs.ts';
import type { XdrWriter } from './xdr.ts';

/** Writes the reply to a refused call. */
export type Refusal = (w: XdrWriter) => void;

export function findProgram<P extends Program>(
  { xid, program, version, refused }: ReadCall,
  programs: readonly P[],
): P | Refusal {
  if (refused === 'owner') return (w) => writeDenied(w, xid);
  // GlusterFS replies with xid 0 here, which matches no call of the client.
  if (refused === 'mismatch') return (w) => writeReply(w, 0, ACCEPT.GARBAGE_ARGS);
  let isKnown = false;
  for (const each of programs) {
    if (each.number !== program) continue;
    if (each.version === version) return each;
    isKnown = true;
  }
  return (w) => writeReply(w, xid, isKnown ? ACCEPT.PROG_MISMATCH : ACCEPT.PROG_UNAVAIL);
}
