/** Generates the trait of translators in Rust: inserts every fop into the hand-written translator.rs.in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hooks } from '../../bridges/host/guest.ts';
import { fopDocs } from '../../runtime/core/fop-docs.ts';
import { type FopRow, fops } from '../../runtime/core/fops.ts';
import type { FopName } from '../../runtime/core/gen/fops.gen.ts';
import { formatComment, formatRustHead, makeTypeName } from './rust.ts';

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
