/**
 * What a recording is when it is read, as a JSON Schema (draft 2020-12): its head, and its events in
 * an array. Views in other languages can be written by it. `docs/recording.schema.json` is made of it.
 */
import { dictTypes } from '../core/dict.ts';
import { argTypes } from '../core/fops.ts';
import { FORMAT_VERSION } from './format.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer', minimum: 0 };
/** JSON has no NaN, which becomes null there. */
const number: Schema = { type: ['number', 'null'] };
const flag: Schema = { type: 'boolean' };
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const texts: Schema = { type: 'object', additionalProperties: text };

/** An object with just these keys, all of them. */
const record = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const about = (description: string, schema: Schema): Schema => ({ description, ...schema });
const shown = (items: Schema): Schema => record({ count: whole, items: list(items) });

const event = (kind: string, fields: Readonly<Record<string, Schema>>): Schema =>
  record({ kind: { const: kind }, at: ref('nanoseconds'), ...fields });
const hop = about('Serial number of the arrival of a fop at a volume; from 1 on.', whole);
const request = about('Serial number of the request in its process.', whole);
const values: Schema = { type: 'object', additionalProperties: ref('value') };
const args: Schema = list({ type: 'array', prefixItems: [text, { enum: argTypes }], items: false });
const fields: Schema = list({
  type: 'array',
  prefixItems: [text, { type: ['number', 'string'] }],
  items: false,
});

const defs: Readonly<Record<string, Schema>> = {
  nanoseconds: about('Since the recording began.', whole),
  gfid: { type: 'string', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' },
  data: about(
    'Bytes: how many there were, and the first of them as a name: what is not UTF-8 is U+DC00 + byte.',
    record({ length: whole, head: text }),
  ),
  loc: record({ gfid: ref('gfid'), pargfid: ref('gfid'), name: orNull(text), path: text }),
  inode: record({ gfid: ref('gfid') }),
  fd: record({ id: whole, flags: whole, isDir: flag, gfid: ref('gfid'), path: text }),
  struct: about('An iatt, statvfs, flock or lease: the fields that the head names.', {
    type: 'object',
    additionalProperties: { type: ['number', 'string', 'null'] },
  }),
  dict: shown(
    record({
      key: text,
      type: { enum: dictTypes },
      value: { anyOf: [number, text, ref('data'), ref('struct')] },
    }),
  ),
  entries: shown(
    record({
      name: text,
      off: number,
      type: whole,
      gfid: ref('gfid'),
      stat: orNull(ref('struct')),
      dict: orNull(ref('dict')),
    }),
  ),
  value: {
    anyOf: [
      number,
      text,
      ...['loc', 'inode', 'fd', 'data', 'dict', 'entries', 'struct'].map(ref),
      shown(orNull(ref('struct'))),
    ],
  },
  caller: record({ uid: number, gid: number, pid: number, lkOwner: text, client: whole }),
  wind: event('wind', {
    hop,
    parent: about('The hop that it came from; 0 where that was not seen.', whole),
    request,
    volume: text,
    fop: text,
    tail: about('The answer goes past the volume above.', flag),
    passes: about('The volume does not define the fop, and passes it on.', flag),
    cookie: number,
    caller: about('With the first hop of a request.', orNull(ref('caller'))),
    args: values,
    inodeCtx: orNull(text),
    fdCtx: orNull(text),
  }),
  unwind: event('unwind', {
    hop,
    request,
    volume: text,
    fop: text,
    opRet: number,
    opErrno: number,
    reply: values,
  }),
  notify: event('notify', { volume: text, event: text, about: texts }),
  log: event('log', {
    volume: text,
    level: whole,
    text,
    file: text,
    line: whole,
    func: text,
    hop: about('The arrival during which it was written; 0 where that is not known.', whole),
  }),
  note: event('note', {
    hop,
    notes: about('Of a script: method, line, local, changed (docs/write/recording.md).', texts),
  }),
  volume: event('volume', { id: whole, name: text, type: text }),
  lost: event('lost', { why: text }),
  head: record({
    version: about('Of the glossa that made it.', text),
    startedAt: about('Milliseconds since the epoch.', { type: 'number' }),
    filter: orNull(text),
    seesAll: about('Whether all is there that came of what is there.', flag),
    whole: about('Whether requests can be replayed from it.', flag),
    dataMax: about('Bytes of data that are kept.', whole),
    redacted: flag,
    volumes: about(
      'Leaves first, the top last.',
      list(record({ id: whole, name: text, type: text, options: texts, subvolumes: list(text) })),
    ),
    tables: record({
      fops: list(record({ number: whole, name: text, args, reply: args })),
      structs: record({ iatt: fields, statvfs: fields, flock: fields, lease: fields }),
    }),
  }),
};

const kinds = ['wind', 'unwind', 'notify', 'log', 'note', 'volume', 'lost'];

export const recordingSchema: Schema = {
  $comment: 'Generated from runtime/observe/schema.ts (npm run gen). Do not edit.',
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: `A recording of glossa, read (form ${FORMAT_VERSION})`,
  ...record({ head: ref('head'), events: list({ oneOf: kinds.map(ref) }) }),
  $defs: defs,
};
