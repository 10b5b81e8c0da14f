/** What a lookup and its answer cost as bytes, on the client's side: no socket, and no mount. */

import { readFields, writeFields } from '../../gluster/rpc/fields.ts';
import { wireFop } from '../../gluster/rpc/fops4.ts';
import { Link, type Waiter } from '../../gluster/rpc/link.ts';
import { ACCEPT, AUTH_V3, type Caller, writeReply } from '../../gluster/rpc/message.ts';
import { FOPS4 } from '../../gluster/rpc/programs.ts';
import { markOf, Records } from '../../gluster/rpc/record.ts';
import { type XdrReader, XdrWriter } from '../../gluster/rpc/xdr.ts';
import { gfidFromBytes, NULL_GFID, ROOT_GFID } from '../../runtime/core/gfid.ts';
import { Iatt } from '../../runtime/core/iatt.ts';
import type { Bench } from './bench.ts';
import type { Bar } from './figures.ts';
import { figureOf, type Report, roundsText } from './table.ts';

const FULL = { rounds: 21, count: 50_000 };
const QUICK = { rounds: 5, count: 10_000 };
const BAR: Bar = { limit: 3, aim: 1.5 };
/** Where a message's number is, behind its mark. */
const XID_AT = 4;

const lookup = wireFop('lookup');
const caller: Caller = {
  ...{ pid: 4242, uid: 1000, gid: 1000, groups: [1000], lkOwner: '' },
  ...{ flags: 0, ctime: 0, ctimeNsec: 0 },
};
const gfidOf = (n: number): string => gfidFromBytes(new Uint8Array(16).fill(n + 1));

/** The answer to a call, as a brick sends it: its number is filled in. */
function answer(): Uint8Array {
  const w = new XdrWriter();
  const iatt = (gfid: string): Iatt =>
    Object.assign(new Iatt(), {
      ...{ iaGfid: gfid, iaType: 1, iaProt: 0o644, iaNlink: 1, iaSize: 4096, iaBlocks: 8 },
      ...{ iaMtime: 1.7e9, iaMtimeNsec: 123_456_789, iaCtime: 1.7e9, iaCtimeNsec: 5 },
    });
  w.u32(0);
  writeReply(w, 0, ACCEPT.SUCCESS);
  w.i32(0);
  w.i32(0);
  writeFields(w, lookup.reply, [null, iatt(gfidOf(7)), iatt(ROOT_GFID)]);
  w.patch(0, markOf(w.at - 4));
  return w.written.slice();
}

/** One lookup after the other; µs of each, in rounds. */
function measure({ rounds, count }: typeof FULL): readonly number[] {
  let seen = 0;
  const waiter: Waiter = {
    at: 0,
    xid: 0,
    answered(r: XdrReader) {
      seen += r.i32() + r.i32() + readFields(r, lookup.reply).length;
    },
    lost() {},
  };
  const link = new Link({ now: () => 0, called() {}, unknown() {} });
  link.connected({ send: (_bytes, length) => length });
  const records = new Records();
  const reply = answer();
  const xidOf = new DataView(reply.buffer);
  let xid = 2;
  const once = (): void => {
    const w = link.begin(FOPS4, lookup.procedure, AUTH_V3, caller, waiter);
    writeFields(w, lookup.call, [NULL_GFID, ROOT_GFID, 'some-file.php', null]);
    link.end();
    link.flush();
    xidOf.setUint32(XID_AT, xid);
    xid += 1;
    const room = records.room();
    room.set(reply);
    records.received(reply.length);
    link.take(records);
  };
  const round = (): number => {
    const begun = performance.now();
    for (let n = 0; n < count; n++) once();
    return ((performance.now() - begun) * 1000) / count;
  };
  // Until its code is compiled.
  for (let n = 0; n < 4; n++) round();
  const taken = Array.from({ length: rounds }, round);
  const fields = lookup.reply.named.length;
  if (seen !== (rounds + 4) * count * fields) throw new Error('not every lookup was answered');
  return taken;
}

export async function wire(bench: Bench): Promise<Report> {
  bench.say('a lookup and its answer as bytes');
  const load = bench.quick ? QUICK : FULL;
  const taken = measure(load);
  return {
    sections: [
      {
        title: `as bytes: µs, mean of ${load.count} in each of ${load.rounds} rounds [lowest – highest]`,
        columns: [],
        rows: [{ title: 'a lookup and its answer, client', cells: [roundsText(taken)] }],
      },
    ],
    figures: [figureOf('XDR of a lookup and its answer', ['µs', BAR], taken, (all) => all)],
    raw: { ...load, taken },
  };
}
