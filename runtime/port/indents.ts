/**
 * Tabs and blanks in the indentation of one file, which Python 3 refuses where it depends on a
 * tab's width which line belongs to which block.
 *
 * Source of the rule: CPython's Parser/lexer (`col` and `altcol`).
 */
import { type Edit, edit, type Rule } from './edits.ts';
import type { PythonSource } from './statements.ts';

/** A tab goes to the next multiple of this, as Python 2 had it. */
const TAB = 8;

function expanded(blanks: string): string {
  let text = '';
  for (const c of blanks) text += c === '\t' ? ' '.repeat(TAB - (text.length % TAB)) : c;
  return text;
}

/** The blanks in front of each line that begins a statement. */
function indentsOf(source: PythonSource): string[] {
  return source.statements.flatMap(([first]) => {
    const before = source.token(first! - 1);
    if (before === undefined || before.kind === 'newline') return [''];
    const begins = first! === 1 || source.token(first! - 2)?.kind === 'newline';
    return begins && /^[\t ]+$/.test(before.text) ? [before.text] : [];
  });
}

/** Whether lines are deeper or not by one width of a tab, and otherwise by another. */
function isInconsistent(indents: readonly string[]): boolean {
  const stack = [{ wide: 0, narrow: 0 }];
  for (const indent of indents) {
    const now = { wide: expanded(indent).length, narrow: indent.length };
    while (stack.length > 1 && now.wide < stack.at(-1)!.wide) stack.pop();
    const top = stack.at(-1)!;
    if (now.wide === top.wide && now.narrow !== top.narrow) return true;
    if (now.wide > top.wide) {
      if (now.narrow <= top.narrow) return true;
      stack.push(now);
    }
  }
  return false;
}

/** Where Python 3 would refuse them, tabs at the beginning of lines become blanks. */
export const expandTabs: Rule = (source) => {
  if (!isInconsistent(indentsOf(source))) return {};
  const edits: Edit[] = source.tokens.flatMap(({ kind, text }, index) => {
    const begins = index === 0 || source.token(index - 1)!.kind === 'newline';
    return begins && kind === 'space' && /^[\t ]*\t[\t ]*$/.test(text)
      ? [edit(index, index, expanded(text))]
      : [];
  });
  return { edits };
};
