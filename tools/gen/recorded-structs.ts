/**
 * Generates `runtime/observe/structs.gen.ts`, which writes structures into recordings. The code accesses each field by
 * name, which is several times as fast as a loop.
 */
import { type Field, type Struct, structs } from '../../runtime/core/fields.ts';
import { makeCamelName } from './fields.ts';

/** The most fields of a structure: one bit each in a mask, whose operations take signed integers of 32 bits. */
const MASK_BITS = 31;
const WRITERS: Readonly<Record<Field['kind'], string>> = {
  integer: 'writeNumber',
  gfid: 'writeGfid',
  text: 'writeText',
};
/** Structures whose types are classes of iatt.ts; the others are those of lock.ts. */
const CLASSES: ReadonlySet<string> = new Set(['Iatt', 'Statvfs']);

/** Writes the initial value of a field as an expression. */
function formatInitial({ kind, initialValue }: Field): string {
  if (kind === 'integer') return String(initialValue);
  return kind === 'gfid' ? 'NULL_GFID' : "''";
}

/** Formats the function that writes a structure into a recording. */
function formatWriter(struct: Struct): string {
  const { name, fields } = struct;
  if (fields.length > MASK_BITS) throw new RangeError(`${name} has too many fields for its mask`);
  const formatFieldExpression = (field: Field): string => `value.${makeCamelName(struct, field)}`;
  const maskUpdates = fields.map(
    (field, i) =>
      `  if (${formatFieldExpression(field)} !== ${formatInitial(field)}) mask |= ${2 ** i};`,
  );
  const writes = fields.map(
    (field, i) =>
      `  if ((mask & ${2 ** i}) !== 0) out.${WRITERS[field.kind]}(${formatFieldExpression(field)});`,
  );
  return `export function write${name}(out: RecordingWriter, value: ${name} | null): void {
  out.writeByte(value === null ? 0 : 1);
  if (value === null) return;
  let mask = 0;
${maskUpdates.join('\n')}
  out.writeUint(mask);
${writes.join('\n')}
}`;
}

export function generateRecordedStructs(table: readonly Struct[] = structs): string {
  const lockTypes = table.map(({ name }) => name).filter((name) => !CLASSES.has(name));
  return `/**
 * Generated from runtime/core/fields.ts by tools/gen/recorded-structs.ts (npm run gen). Do not edit.
 *
 * A structure in a recording: whether it is present, a mask of the fields that differ from the initial
 * values (the first field is the lowest bit), and these fields.
 */
import { NULL_GFID } from '../core/gfid.ts';
import type { ${[...CLASSES].join(', ')} } from '../core/iatt.ts';
import type { ${lockTypes.join(', ')} } from '../core/lock.ts';
import type { RecordingWriter } from './recording-bytes.ts';

${table.map(formatWriter).join('\n\n')}
`;
}
