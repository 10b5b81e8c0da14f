/** Generates the structures and numbers of the Rust crate. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hooks } from '../../bridges/host/guest.ts';
import { errnoNames, errnoNumber } from '../../runtime/core/errno.ts';
import { type Field, makeShortName, type Struct, structs } from '../../runtime/core/fields.ts';
import { fopDocs } from '../../runtime/core/fop-docs.ts';
import { type FopRow, fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import * as iaTypes from '../../runtime/core/ia-types.ts';
import * as openFlags from '../../runtime/core/open-flags.ts';
import { makeSentence } from './fields.ts';
import { formatComment, formatRustHead, makeIdentifier, makeTypeName } from './rust.ts';

/** Formats the three methods of a translator for a fop. */
function formatMethods(row: FopRow): string {
  const { name } = row;
  const type = makeTypeName(row);
  const doc = fopDocs[name as FopName];
  return `${formatComment('    ', `${doc.summary} Asked by: ${doc.when}`)}    fn ${name}(&mut self, frame: &mut Frame<Self>, it: fop::${type}) -> Answer {
        Ok(frame.tail(it))
    }
${formatComment('    ', doc.reply)}    fn ${name}_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::${type}) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a ${name} is interrupted.
    fn ${name}_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }`;
}

export function generateRustTranslator(): string {
  const parts: Readonly<Record<string, string>> = {
    methods: fops.map(formatMethods).join('\n\n').trimStart(),
    hooks: hooks.map((name) => `"${name}",`).join('\n    '),
  };
  const text = readFileSync(join(import.meta.dirname, 'translator.rs.in'), 'utf8').replace(
    /\/\/ @(\w+)/g,
    (_, part: string) => parts[part]!,
  );
  return `${formatRustHead('tools/gen/translator.rs.in and runtime/core/fops.ts')}\n\n${text}`;
}

const FIELD_TYPES = { integer: 'i64', gfid: 'Gfid', text: "Name<'a>" } as const;

/** Groups adjacent integers, because one call reads all of them. */
function formatFieldReads(struct: Struct): string {
  const { fields } = struct;
  const lines: string[] = [];
  for (let start = 0; start < fields.length; ) {
    let end = start + 1;
    const isInteger = (at: number): boolean => fields[at]?.kind === 'integer';
    while (isInteger(start) && isInteger(end)) end += 1;
    const names = fields.slice(start, end).map((field) => makeFieldName(struct, field));
    const pattern = isInteger(start) ? `[${names.join(', ')}]` : names[0];
    const call = isInteger(start) ? 'integers' : fields[start]!.kind === 'gfid' ? 'gfid' : 'name';
    lines.push(`        let ${pattern} = from.${call}();`);
    start = end;
  }
  const names = fields.map((field) => makeFieldName(struct, field));
  return `${lines.join('\n')}\n        ${struct.name} { ${names.join(', ')} }`;
}

const makeFieldName = (struct: Struct, field: Field): string =>
  makeIdentifier(makeShortName(struct, field));

const FIELD_WRITES = {
  integer: (field: string) => `to.integer(self.${field});`,
  gfid: (field: string) => `to.gfid(self.${field});`,
  text: (field: string) => `to.bytes(&self.${field});`,
} as const;

/** Formats a structure with its codec. */
function formatStruct(struct: Struct): string {
  const { name, fields } = struct;
  const hasText = fields.some(({ kind }) => kind === 'text');
  const [lifetime, type] = hasText ? ["<'a>", `${name}<'a>`] : ['', name];
  const members = fields.map((field) => {
    const about = makeSentence(field.about);
    const comment = about === undefined ? '' : formatComment('    ', about);
    return `${comment}    pub ${makeFieldName(struct, field)}: ${FIELD_TYPES[field.kind]},\n`;
  });
  const initialValues = fields.map((field) => {
    const value = field.kind === 'integer' ? field.initialValue : 'Default::default()';
    return `            ${makeFieldName(struct, field)}: ${value},\n`;
  });
  const from = hasText ? "from: &mut Reader<'a, '_>" : 'from: &mut Reader';
  return `${formatComment('', makeSentence(struct.about)!)}#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ${type} {
${members.join('')}}

impl${lifetime} Default for ${type} {
    fn default() -> Self {
        ${name} {
${initialValues.join('')}        }
    }
}

impl${lifetime} ${type} {
    pub(crate) fn read(${from}) -> Self {
${formatFieldReads(struct)}
    }

    pub(crate) fn write(&self, to: &mut Messages) {
${fields.map((field) => `        ${FIELD_WRITES[field.kind](makeFieldName(struct, field))}`).join('\n')}
    }
}`;
}

export const generateRustFields = (table: readonly Struct[] = structs): string =>
  `${formatRustHead('runtime/core/fields.ts')}

use crate::message::Messages;
use crate::record::Reader;
use crate::text::{Gfid, Name};

${table.map(formatStruct).join('\n\n')}
`;

/** Formats numbers of Linux and GlusterFS, by module of the runtime. */
export const formatNumbers = (
  numbers: Readonly<Record<string, unknown>>,
  formatConstant: (name: string, value: string) => string,
): string =>
  Object.entries(numbers)
    .filter(([, value]) => typeof value === 'number')
    // Sorted, as the order of a module's exports depends on its loader.
    .sort(([, one], [, other]) => (one as number) - (other as number))
    .map(([name, value]) =>
      formatConstant(name, /^O_/.test(name) ? formatOctal(value as number) : String(value)),
    )
    .join('\n');

const formatConstant = (name: string, value: string): string =>
  `pub const ${name}: i64 = ${value};`;

const formatOctal = (value: number): string =>
  value < 8 ? String(value) : `0o${value.toString(8)}`;

export function generateRustNumbers(): string {
  const numbers = errnoNames.map((name) => [name, errnoNumber(name)!] as const);
  return `${formatRustHead('runtime/core/errno.ts, open-flags.ts and ia-types.ts')}

use crate::text::Errno;

// Linux's errno numbers.
${numbers.map(([name, number]) => `pub const ${name}: Errno = Errno(${number});`).join('\n')}

pub(crate) const ERRNO_NAMES: &[(&str, Errno)] = &[
${numbers.map(([name]) => `    ("${name}", ${name}),`).join('\n')}
];

// Flags of open(2).
${formatNumbers(openFlags, formatConstant)}

// Types of an inode (ia_type).
${formatNumbers(iaTypes, formatConstant)}
`;
}
