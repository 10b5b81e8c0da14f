/**
 * Writes the requests of `floor.c` to a brick: it sends what glossa's client would, and nothing more, which shows the
 * least that a client of one brick takes.
 */
import { writeFileSync } from 'node:fs';
import { makeSetVolumeTexts } from '../../gluster/protocol/client/handshake.ts';
import { writeDict, writeTexts } from '../../gluster/rpc/dict.ts';
import { findWireFop } from '../../gluster/rpc/fops4.ts';
import { AUTH_V3, SELF_CALLER, writeCall } from '../../gluster/rpc/message.ts';
import { FOPS4, HANDSHAKE, HANDSHAKE_PROCEDURES } from '../../gluster/rpc/programs.ts';
import { ROOT_GFID } from '../../runtime/core/gfid.ts';
import { makeRecordMark } from '../../runtime/wire/record.ts';
import { XdrWriter } from '../../runtime/wire/xdr.ts';
import { type Brick, makeClient } from './gluster.ts';

/** The number of the handshake. */
const FIRST_XID = 1;
/** The bytes of a call's number, which floor.c writes. */
const XID_BYTES = 4;

/** Returns the bytes that `write` writes. */
function encode(write: (w: XdrWriter) => void): Uint8Array {
  const w = new XdrWriter();
  write(w);
  return w.writtenBytes.slice();
}

const makeNumber = (value: number): Uint8Array => encode((w) => w.u32(value));

/** Writes the file for a brick; its format is described in floor.c. */
export function writeRelayRequests(path: string, brick: Brick): void {
  const options = new Map(makeClient(brick).options);
  const handshake = encode((w) => {
    const { number: program, version } = HANDSHAKE;
    const procedure = HANDSHAKE_PROCEDURES.SETVOLUME;
    writeCall(w, { xid: FIRST_XID, program, version, procedure }, AUTH_V3, SELF_CALLER);
    writeTexts(w, makeSetVolumeTexts(options, 'relay'));
  });
  const beforeName = encode((w) => {
    const { number: program, version } = FOPS4;
    const { procedure } = findWireFop('lookup');
    writeCall(w, { xid: 0, program, version, procedure }, AUTH_V3, SELF_CALLER);
    // No gfid of the name's own, the directory's, flags.
    w.zeros(16);
    w.gfid(ROOT_GFID);
    w.u32(0);
  });
  const afterName = encode((w) => writeDict(w, null));
  const parts = [
    Buffer.concat([makeNumber(makeRecordMark(handshake.length)), handshake]),
    beforeName.subarray(XID_BYTES),
    afterName,
  ];
  writeFileSync(path, Buffer.concat(parts.flatMap((part) => [makeNumber(part.length), part])));
}
