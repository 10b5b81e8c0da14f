/**
 * Records between GlusterFS 10.3 clients and bricks, captured on the wire: each is read to its last
 * byte and written again as the same bytes.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Iatt } from '../../runtime/core/iatt.ts';
import { RecordReader } from '../../runtime/wire/record.ts';
import { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { readTexts, writeTexts } from './dict.ts';
import { type Fields, parseFields, readFields, writeFields } from './fields.ts';
import { fops4 } from './fops4.ts';
import { writeOldIatt } from './iatt.ts';
import {
  ACCEPT_STATUS,
  CALL,
  type CallHeader,
  readCall,
  readReply,
  writeCall,
  writeReply,
} from './message.ts';
import {
  CALLBACK,
  CALLBACK_PROCEDURES,
  commonReply,
  DUMP_PROCEDURES,
  DUMP_PROGRAM,
  FOPS4,
  getspecCall,
  getspecReply,
  HANDSHAKE,
  HANDSHAKE_PROCEDURES,
  inodelkContention,
  readPrograms,
  setLkVerCall,
  setLkVerReply,
  writePrograms,
} from './programs.ts';

interface CapturedRecord {
  readonly name: string;
  readonly step: string;
  readonly bytes: string;
}

const captured = readFileSync(new URL('testdata/records.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as CapturedRecord);

/** Reads a body, and writes the result again. */
type Copy = (r: XdrReader, w: XdrWriter) => void;

const fields =
  (row: Fields): Copy =>
  (r, w) =>
    writeFields(w, row, readFields(r, row));
const data: Copy = (r, w) => w.fixed(r.fixed(r.remaining));
const both =
  (...copies: readonly Copy[]): Copy =>
  (r, w) => {
    for (const copy of copies) copy(r, w);
  };
const nothing: Copy = () => {};

/** Reads the layout of releases before 4: seconds of 32 bits, each beside its nanoseconds. */
function readOldIatt(r: XdrReader): Iatt {
  const iatt = new Iatt();
  iatt.iaGfid = r.gfid();
  r.skip(8);
  iatt.iaDev = r.u64();
  iatt.mode = r.u32();
  iatt.iaNlink = r.u32();
  iatt.iaUid = r.u32();
  iatt.iaGid = r.u32();
  iatt.iaRdev = r.u64();
  iatt.iaSize = r.u64();
  iatt.iaBlksize = r.u32();
  iatt.iaBlocks = r.u64();
  for (const time of ['iaAtime', 'iaMtime', 'iaCtime'] as const) {
    iatt[time] = r.u32();
    iatt[`${time}Nsec`] = r.u32();
  }
  return iatt;
}
const dict: Copy = (r, w) => {
  const texts = readTexts(r);
  if (texts === null) r.markMalformed();
  else writeTexts(w, texts);
};
const result = fields(parseFields('op_ret:i32 op_errno:i32'));
const invalidation = both(
  fields(parseFields('gfid:string event_type:u32 flags:u32 expire_time:u32')),
  ...[1, 2, 3].map((): Copy => (r, w) => writeOldIatt(w, readOldIatt(r))),
  fields(parseFields('xdata:opaque')),
);

/** Programs without fops: how to copy a call and a reply. */
const OTHERS: Readonly<Record<string, readonly [call: Copy, reply: Copy]>> = {
  [`${DUMP_PROGRAM.number}/${DUMP_PROCEDURES.DUMP}`]: [
    fields(parseFields('gfs_id:u64')),
    (r, w) => writePrograms(w, readPrograms(r)!),
  ],
  [`${DUMP_PROGRAM.number}/${DUMP_PROCEDURES.PING}`]: [nothing, fields(commonReply)],
  [`${HANDSHAKE.number}/${HANDSHAKE_PROCEDURES.NULL}`]: [nothing, fields(commonReply)],
  [`${HANDSHAKE.number}/${HANDSHAKE_PROCEDURES.PING}`]: [nothing, fields(commonReply)],
  [`${HANDSHAKE.number}/${HANDSHAKE_PROCEDURES.SETVOLUME}`]: [dict, both(result, dict)],
  [`${HANDSHAKE.number}/${HANDSHAKE_PROCEDURES.GETSPEC}`]: [
    fields(getspecCall),
    fields(getspecReply),
  ],
  [`${HANDSHAKE.number}/${HANDSHAKE_PROCEDURES.SET_LK_VER}`]: [
    fields(setLkVerCall),
    fields(setLkVerReply),
  ],
  [`${CALLBACK.number}/${CALLBACK_PROCEDURES.CACHE_INVALIDATION}`]: [invalidation, nothing],
  [`${CALLBACK.number}/${CALLBACK_PROCEDURES.INODELK_CONTENTION}`]: [
    fields(inodelkContention),
    nothing,
  ],
};

function copyOf({ program, version, procedure }: CallHeader, isCall: boolean): Copy | undefined {
  const row = program === FOPS4.number && version === FOPS4.version ? fops4[procedure] : undefined;
  if (row !== undefined) {
    const body = isCall ? fields(row.call) : both(result, fields(row.reply));
    return row.data === (isCall ? 'call' : 'reply') ? both(body, data) : body;
  }
  return OTHERS[`${program}/${procedure}`]?.[isCall ? 0 : 1];
}

/** The call of each reply, by session and xid. */
const calls = new Map<string, CallHeader>();

/** The record, and its copy; or the reason why it could not be copied. */
function copied({ name, bytes }: CapturedRecord): { first: Buffer; again: Buffer } | string {
  const records = new RecordReader();
  const raw = Buffer.from(bytes, 'base64');
  records.reserveRoom().set(raw);
  records.noteReceived(raw.length);
  if (!records.findNext()) return 'no record';
  const r = new XdrReader();
  r.begin(records.bytes, records.start, records.end);
  const w = new XdrWriter(8);
  const xid = r.u32();
  const session = `${name.split('/')[0]}/${xid}`;
  let copy: Copy | undefined;
  if (r.u32() === CALL) {
    const call = readCall(r, xid);
    if (call.refusal !== null) return call.refusal;
    if (!name.includes('-s2c-')) calls.set(session, call);
    writeCall(w, call, call.flavor, call.caller);
    copy = copyOf(call, true);
  } else {
    const call = calls.get(session);
    if (call === undefined || !readReply(r)) return 'not accepted';
    writeReply(w, xid, ACCEPT_STATUS.SUCCESS);
    copy = copyOf(call, false);
  }
  if (copy === undefined) return 'unknown';
  copy(r, w);
  if (r.isMalformed || r.remaining > 0)
    return r.isMalformed ? 'short' : `${r.remaining} bytes left`;
  return {
    first: Buffer.from(records.bytes.subarray(records.start, records.end)),
    again: Buffer.from(w.writtenBytes),
  };
}

/**
 * Records whose copy differs, and why: numbers above 2^53 that glossa ignores, and deliberately
 * invalid calls.
 */
const OTHERWISE: readonly (readonly [form: RegExp, why: string])[] = [
  [/STATFS-reply/, 'the number of the file system'],
  [
    /READDIRP-reply|minimal-brick.*(LOOKUP|READ)-reply/,
    'a number of an inode that is not its gfid',
  ],
  [/replicate\/.*INODELK-call/, 'a lock that begins at 2^63 - 2'],
  [/direct\/0161-c2s-STAT-call/, 'an unknown flavor of credentials'],
];

const results = captured.map((record) => ({ ...record, copy: copied(record) }));
const sessions = [...new Set(captured.map(({ name }) => name.split('/')[0]!))];

describe('RPC records captured from GlusterFS', () => {
  it.each(sessions)('are decoded and encoded to the same bytes in session %s', (session) => {
    const differences = results.flatMap(({ name, step, copy }) => {
      if (!name.startsWith(`${session}/`) || typeof copy === 'string') return [];
      const { first, again } = copy;
      const isOther = OTHERWISE.some(([form]) => form.test(name));
      const same = isOther ? again.length === first.length : again.equals(first);
      return same ? [] : [`${name} (${step})`];
    });
    expect(differences).toEqual([]);
  });

  it('are decoded, except unknown procedures, malformed calls and refusals', () => {
    const no = results.filter(({ copy }) => typeof copy === 'string');
    expect(no.map(({ name, copy }) => `${name}: ${copy}`)).toMatchInlineSnapshot(`
      [
        "direct/0004-c2s-NULL-call: unknown",
        "direct/0005-s2c-NULL-reply: unknown",
        "direct/0124-s2c-PUT-reply: not accepted",
        "direct/0125-c2s-COMPOUND-call: unknown",
        "direct/0126-s2c-COMPOUND-reply: not accepted",
        "direct/0127-c2s-PROC57-call: unknown",
        "direct/0128-s2c-PROC57-reply: not accepted",
        "direct/0149-c2s-PROC1-call: unknown",
        "direct/0150-s2c-PROC1-reply: not accepted",
        "direct/0151-c2s-STAT-call: unknown",
        "direct/0152-s2c-STAT-reply: not accepted",
        "direct/0153-c2s-LOOKUP-call: short",
        "direct/0154-s2c-LOOKUP-reply: not accepted",
        "direct/0155-c2s-STAT-call: malformed",
        "direct/0156-s2c-UNKNOWN-reply: not accepted",
        "direct/0157-c2s-STAT-call: malformed",
        "direct/0158-s2c-STAT-reply: not accepted",
        "direct/0165-c2s-V330-STAT-call: unknown",
        "direct/0166-s2c-V330-STAT-reply: unknown",
        "direct/0206-s2c-STAT-reply: not accepted",
        "direct/0211-c2s-SETVOLUME-call: short",
      ]
    `);
  });
});
