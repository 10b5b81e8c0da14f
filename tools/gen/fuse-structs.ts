/**
 * Generates `runtime/mount/fuse/codec/structs.gen.ts`: decoders and encoders for the structures of the kernel's FUSE
 * protocol, from the table in `structs.ts` there.
 */
import { replies, requests } from '../../runtime/mount/fuse/codec/structs.ts';

type Field = readonly [name: string, type: string];

/** Parses a row `name:type …`; a padding of N bytes has the name `-N` and no type. */
const parseFields = (row: string): Field[] =>
  row === '' ? [] : row.split(' ').map((field) => field.split(':') as [string, string]);

/** The initial value of a request's field that is no number, by its type. */
const INITIAL_VALUES: Readonly<Record<string, string>> = {
  name: "''",
  'unset-name': "''",
  data: 'new Span()',
};
const readPaddingSize = (name: string): number => Number(name.slice(1));

/** Formats the class and the decoder of a request's structure. */
function formatRequest([name, row]: readonly [string, string]): string {
  const fields = parseFields(row);
  const members = fields.flatMap(([field, type]) => {
    if (type === undefined) return [];
    return `${type === 'data' ? 'readonly ' : ''}${field} = ${INITIAL_VALUES[type] ?? '0'};`;
  });
  // The name of the field with the length of `data`.
  const lengthField = /\binSize\b/.test(row) ? 'inSize' : 'size';
  const reads = fields.flatMap(([field, type]) => {
    if (type === undefined) return `cursor.skip(${readPaddingSize(field)});`;
    if (type.startsWith('unset')) return [];
    return type === 'data'
      ? `cursor.readData(out.${lengthField}, out.${field});`
      : `out.${field} = cursor.read${type[0]!.toUpperCase()}${type.slice(1)}();`;
  });
  if (fields.length === 0)
    return `export class ${name} {}\nexport function decode${name}(): void {}`;
  return `export class ${name} {
${members.join('\n')}
}
export function decode${name}(cursor: Cursor, out: ${name}): void {
${reads.join('\n')}
}`;
}

/** For each type of number: its bytes, and the statement that writes it. */
const NUMBER_WRITERS: Readonly<
  Record<string, readonly [number, (at: string, value: string) => string]>
> = {
  u16: [2, (at, value) => `view.setUint16(${at}, ${value}, true);`],
  u32: [4, (at, value) => `view.setUint32(${at}, ${value}, true);`],
  i32: [4, (at, value) => `view.setInt32(${at}, ${value}, true);`],
  u64: [8, (at, value) => `put64(view, ${at}, ${value});`],
};

/** Formats the size and the encoder of a reply's structure; up to three fields are parameters, more are an object. */
function formatReply([name, row]: readonly [string, string]): string {
  const fields = parseFields(row);
  const names = fields.flatMap(([field, type]) => (type === undefined ? [] : [field]));
  const isObject = names.length > 3;
  let size = 0;
  const nextOffset = (bytes: number): string => {
    const at = size === 0 ? 'at' : `at + ${size}`;
    size += bytes;
    return at;
  };
  const writes = fields.flatMap(([field, type]) => {
    if (type !== undefined) {
      const [bytes, write] = NUMBER_WRITERS[type]!;
      return write(nextOffset(bytes), isObject ? `out.${field}` : field);
    }
    const padding = readPaddingSize(field);
    const [wordBytes, write] = NUMBER_WRITERS[padding % 4 === 0 ? 'u32' : 'u16']!;
    return Array.from({ length: padding / wordBytes }, () => write(nextOffset(wordBytes), '0'));
  });
  const constant = name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase();
  const parameters = isObject
    ? `out: { ${names.map((field) => `readonly ${field}: number;`).join(' ')} }`
    : names.map((field) => `${field}: number`).join(', ');
  return `export const ${constant}_SIZE = ${size};
export function encode${name}(view: DataView, at: number, ${parameters}): void {
${writes.join('\n')}
}`;
}

export const generateFuseStructs = (): string => `/**
 * Generated from runtime/mount/fuse/codec/structs.ts by tools/gen/fuse-structs.ts (npm run gen). Do not edit.
 */
import { type Cursor, Span } from './cursor.ts';
import { put64 } from './reply-structs.ts';

${[...Object.entries(requests).map(formatRequest), ...Object.entries(replies).map(formatReply)].join('\n\n')}
`;
