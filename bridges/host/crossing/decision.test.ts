/** Messages of a guest are untrusted: each becomes a valid decision or is refused. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeName } from '../../../runtime/core/bytes.ts';
import { Dict } from '../../../runtime/core/dict.ts';
import { type ArgType, findFop, fops } from '../../../runtime/core/fops.ts';
import { IATT_FIELDS } from '../../../runtime/core/gen/fields.gen.ts';
import { Iatt, Statvfs } from '../../../runtime/core/iatt.ts';
import { Inode, InodeTable } from '../../../runtime/core/inode.ts';
import type { Flock } from '../../../runtime/core/lock.ts';
import { Fd, Loc } from '../../../runtime/core/operands.ts';
import { nodeMachine } from '../../machine/node/index.ts';
import { type Decision, readDecision } from './decision.ts';
import { MessageError, type Resolver } from './message.ts';

const table = new InodeTable([]);
const { root } = table;
const fd = new Fd(root, 0, 1);
const known: readonly (readonly [ArgType, unknown])[] = [
  ['loc', new Loc(root)],
  ['dict', new Dict()],
  ['data', new Uint8Array(3)],
  ['int', 7],
  ['iatt', null],
  ['entries', []],
];
const resolver: Resolver = {
  findValue: (_wind, index) => known[index]?.[1],
  findType: (_wind, index) => known[index]?.[0],
  findInode: (id) => (id === 1 ? root : undefined),
  isForgotten: () => false,
  findFd: (id) => (id === fd.id ? fd : undefined),
  findBytes: (id) => (id === 0 ? Uint8Array.of(1) : undefined),
  table,
  memory: nodeMachine.memory,
};

function read(message: unknown, fop?: string): Decision {
  const row = fop === undefined ? undefined : findFop(fop)!;
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const args = row?.args.map(({ type }) => (type === 'int' ? 4096 : null)) ?? [];
  return readDecision(text, { row, request: { args, replies: [] }, childCount: 2, resolver });
}

/** Whether every text in a value is encodable as bytes, as storages and the wire carry it. */
function isEncodable(value: unknown): boolean {
  if (typeof value === 'string') return encodeName(value).length >= 0;
  if (Array.isArray(value)) return value.every(isEncodable);
  if (value instanceof Dict) return [...value.keys()].every((key) => isEncodable(value.get(key)));
  return true;
}

const isHex = (text: string): boolean => Buffer.from(text, 'hex').length * 2 === text.length;

/** Checks of the values that translators above and below rely on. */
const isRight: { readonly [T in ArgType]: (value: unknown) => boolean } = {
  loc: (value) => value instanceof Loc,
  inode: (value) => value instanceof Inode,
  fd: (value) => value instanceof Fd,
  iatt: (value) => value instanceof Iatt,
  dict: (value) => value instanceof Dict && isEncodable(value),
  str: (value) => typeof value === 'string' && isEncodable(value),
  int: Number.isSafeInteger,
  data: (value) => value instanceof Uint8Array,
  entries: Array.isArray,
  statvfs: (value) => value instanceof Statvfs,
  flock: (value) => isHex((value as Flock).owner),
  lease: (value) => typeof value === 'object',
  locklist: (value) => (value as Flock[]).every(({ owner }) => isHex(owner)),
};

const int = fc.integer({ min: 0, max: 2 ** 40 });
const ints = (length: number) => fc.array(int, { minLength: length, maxLength: length });
const gfid = fc.constantFrom(root.gfid, '00000000-0000-0000-0000-0000000000bb');
const iatt = fc
  .tuple(gfid, fc.integer({ min: 0, max: 7 }), ints(IATT_FIELDS.length - 2))
  .map((all) => all.flat());
const name = fc.constantFrom('name', 'na\udc80me', '名前');
const owner = fc.oneof(
  { weight: 20, arbitrary: fc.constant('00ff') },
  fc.constantFrom('\ud800', 'owner', '0', '0'.repeat(2050)),
);
const flock = fc.tuple(ints(5), owner).map((all) => all.flat());
const dictText = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('text', 'te\udc80xt') },
  fc.constantFrom('\ud800', 'a\udfff'),
);
const pair = fc.oneof(
  fc.tuple(name, fc.constantFrom('int', 'uint', 'double'), int),
  fc.tuple(name, fc.constantFrom('str', 'bin', 'mdata'), dictText),
  fc.tuple(name, fc.constant('gfuuid'), gfid),
  fc.tuple(name, fc.constant('iatt'), iatt),
);
const tagged = (tag: string, inner: fc.Arbitrary<unknown>) => fc.tuple(fc.constant(tag), inner);

/** Valid values of each type. */
const rights: { readonly [T in ArgType]: fc.Arbitrary<unknown> } = {
  loc: tagged('loc', fc.tuple(fc.constantFrom(0, 1), fc.constant(1), name, fc.constant(null))),
  inode: fc.constant(['inode', 1]),
  fd: fc.constant(['fd', fd.id]),
  iatt: tagged('iatt', iatt),
  dict: fc.oneof(tagged('dict', fc.array(pair, { maxLength: 3 })), fc.constant(['=', -1, 1])),
  str: name,
  int,
  data: fc.constantFrom(['data', 0], ['=', -1, 2]),
  entries: tagged(
    'entries',
    fc.array(fc.tuple(name, int, int, gfid, fc.constantFrom(null, true), fc.constant(null)), {
      maxLength: 3,
    }),
  ),
  statvfs: tagged('statvfs', ints(11)),
  flock: tagged('flock', flock),
  lease: fc.tuple(int, int, gfid, int).map((fields) => ['lease', fields]),
  locklist: tagged('locklist', fc.array(flock, { maxLength: 2 })),
};

/** Malformed values: valid tags around arbitrary contents. */
const number = fc.oneof(fc.integer({ min: -2, max: 8 }), fc.double(), fc.constant(null));
const text = fc.oneof(fc.string(), fc.constantFrom('a', 'a/b', '', '\0', '\ud800', 'int', 'dict'));
const plain = fc.oneof(number, text, fc.boolean(), fc.constant(null));
const wrong = fc.oneof(
  plain,
  fc.tuple(
    fc.constantFrom('=', ...Object.keys(rights)),
    fc.oneof(plain, fc.array(plain, { maxLength: 24 })),
    plain,
  ),
  fc.tuple(
    fc.constantFrom('dict', 'entries', 'locklist'),
    fc.array(fc.array(plain, { maxLength: 8 }), { maxLength: 3 }),
  ),
  fc.jsonValue(),
);

/** A message about a fop: its verb, the two numbers before the values, and the values. */
const message = fc
  .tuple(fc.constantFrom(...fops), fc.constantFrom('wind', 'tail', 'unwind'))
  .chain(([fop, verb]) => {
    const args = verb === 'unwind' ? fop.reply : fop.args;
    const values = args.map(({ type }) =>
      fc.oneof(
        { weight: 30, arbitrary: rights[type] },
        { weight: 1, arbitrary: wrong },
        { weight: 2, arbitrary: fc.constant(null) },
      ),
    );
    const head = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(0, 1) }, number);
    return fc.record({
      fop: fc.constant(fop),
      verb: fc.constant(verb),
      one: head,
      two: head,
      values: fc.tuple(...values),
    });
  });

describe('a message from a module', () => {
  it('is refused when it is malformed', () => {
    for (const wrong of ['', '{', 'null', '7', '{}', '[]', '[1]', '["x"]', '["wind"]', '[null]']) {
      expect(() => read(wrong, 'stat'), wrong).toThrow(MessageError);
    }
  });

  it('carries only values that translators accept, or is refused', () => {
    let accepted = 0;
    fc.assert(
      fc.property(message, ({ fop, verb, one, two, values }) => {
        const args = verb === 'unwind' ? fop.reply : fop.args;
        const head = { wind: [one, two, fop.name], tail: [one], unwind: [one, two] }[verb]!;
        let decision: Decision;
        try {
          decision = read([verb, ...head, values], fop.name);
        } catch (error) {
          expect(error).toBeInstanceOf(MessageError);
          return;
        }
        accepted += 1;
        if (decision.verb === 'failed' || decision.verb === 'return') return;
        decision.values.forEach((found, at) => {
          const { type, nullable, name } = args[at]!;
          // An open or create may lack the fd that it opens.
          const opens = type === 'fd' && verb === 'wind' && /open|create/.test(fop.name);
          if (found === null) expect(nullable || opens, name).toBe(true);
          else expect(isRight[type](found), `${name}: ${String(found)}`).toBe(true);
        });
        if (decision.verb === 'unwind' && decision.opRet < 0) {
          expect(decision.opErrno > 0 && decision.opErrno < 512).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
    // Most messages must be valid, or the property proves little.
    expect(accepted).toBeGreaterThan(1000);
  });

  it('about a request that the translator itself makes may only wind', () => {
    expect(read(['wind', 0, 1, 'statfs', [['loc', [1, 0, null, null]], null]])).toMatchObject({
      verb: 'wind',
      child: 1,
    });
    expect(() => read(['unwind', 0, 0, [null]])).toThrow('no caller to answer');
    expect(() => read(['tail', 0, []])).toThrow('no caller to answer');
  });

  it('is refused for a value that no bytes represent, with its key', () => {
    const wind = (fop: string, ...values: unknown[]) => read(['wind', 0, 0, fop, values], fop);
    const stat = (type: string, value: unknown) =>
      wind('stat', ['=', -1, 0], ['dict', [['user.x', type, value]]]);
    expect(() => stat('str', 'a\ud800b')).toThrow(
      'xdata["user.x"] has text that cannot be encoded: the lone surrogate U+D800 (at 1)',
    );
    expect(() => stat('int', 0.5)).toThrow('xdata["user.x"] has an int that is not an integer');
    const lk = (owner: string) =>
      wind('lk', ['fd', fd.id], 6, ['flock', [0, 0, 0, 0, 1, owner]], null);
    for (const owner of ['\ud800', 'me', 'abc', '00'.repeat(1025)])
      expect(() => lk(owner), owner).toThrow('flock has an owner that is not the hexadecimal text');
    expect(lk('00'.repeat(1024))).toMatchObject({ verb: 'wind' });
  });

  it('is refused if it refers to a value of another request or of a wrong type', () => {
    const wind = (value: unknown) => read(['wind', 0, 0, 'stat', [value, null]], 'stat');
    const { values } = wind(['=', -1, 0]) as Decision & { verb: 'wind' };
    expect(values[0]).toBe(known[0]![1]);
    expect(() => wind(['=', -1, 1])).toThrow('loc must be a loc, not a dict');
    expect(() => wind(['=', -1, 99])).toThrow('loc belongs to another request');
    expect(() => wind(['loc', [5, 0, null, null]])).toThrow('not known any more');
  });
});

describe('a loc that a module composes', () => {
  const locOf = (fop: string, loc: unknown): Loc => {
    const row = findFop(fop)!;
    const values = row.args.map(
      ({ type }) =>
        ({ loc: ['loc', loc], int: 0, fd: ['fd', fd.id] })[type as 'loc'] ??
        (type === 'str' ? 'x' : null),
    );
    const found = read(['wind', 0, 0, fop, values], fop) as Decision & { verb: 'wind' };
    return found.values[row.args.findIndex(({ type }) => type === 'loc')] as Loc;
  };
  const buf = Object.assign(new Iatt(), {
    iaGfid: '00000000-0000-0000-0000-0000000000aa',
    iaType: 1,
  });
  const inode = table.link(table.newInode(), root, 'known', buf)!;

  it('carries the inode that the mount knows by its name or gfid', () => {
    expect(locOf('stat', [0, 1, 'known', null]).inode).toBe(inode);
    expect(locOf('lookup', [0, 1, 'known', null]).inode).toBe(inode);
    expect(locOf('stat', [0, 0, null, inode.gfid]).inode).toBe(inode);
    expect(locOf('unlink', [0, 1, 'unknown', null]).inode).toBe(null);
  });

  it('carries a new inode for a lookup of an unknown name, and for mkdir', () => {
    expect(locOf('lookup', [0, 1, 'unknown', null]).inode?.linked).toBe(false);
    expect(locOf('mkdir', [0, 1, 'known', null]).inode?.linked).toBe(false);
  });
});
