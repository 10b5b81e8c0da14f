/**
 * Python 2 made Python 3, as far as that can be done by looking: by tokens, so that strings and
 * comments are never touched, and what needs no change comes back byte for byte. What a person has
 * to decide is told with its line. Lines keep their numbers.
 */
import { apply, type Remark, type Rule } from './edits.ts';
import { firstDay } from './first-day.ts';
import { expandTabs } from './indents.ts';
import { applyCalls, hasKey, keptLists, nextCalls } from './phrases.ts';
import { told } from './remarks.ts';
import { excepts, execs, prints, raises } from './sentences.ts';
import { PythonSource } from './statements.ts';
import { openEnded, tokenize } from './tokens.ts';
import {
  attributes,
  backticks,
  builtins,
  imports,
  numbers,
  rawStrings,
  typeNames,
  unequal,
} from './words.ts';

/** In this order: print is told from a function by how the whole source uses it. */
const RULES: readonly Rule[] = [
  expandTabs,
  prints,
  execs,
  raises,
  excepts,
  backticks,
  numbers,
  unequal,
  rawStrings,
  hasKey,
  nextCalls,
  applyCalls,
  attributes,
  builtins,
  typeNames,
  imports,
  keptLists,
  firstDay,
];

export interface Ported {
  readonly text: string;
  /** In the order of their lines. */
  readonly remarks: readonly Remark[];
}

/** Makes a source Python 3. One with brackets or strings that do not end stays as it is. */
export function port(source: string): Ported {
  const open = openEnded(tokenize(source));
  if (open !== undefined) {
    const what = `${open.text.slice(0, 20)} has no other end: nothing was changed`;
    return { text: source, remarks: [{ line: open.line, text: what }] };
  }
  let text = source;
  const remarks: Remark[] = [];
  for (const rule of RULES) text = carryOut(rule, text, remarks);
  remarks.push(...(told(new PythonSource(text)).remarks ?? []));
  const unique = new Map(remarks.map((each) => [`${each.line}:${each.text}`, each]));
  return { text, remarks: [...unique.values()].sort((a, b) => a.line - b.line) };
}

/** Until the rule finds no more: what is inside of a change may need one too. */
function carryOut(rule: Rule, text: string, remarks: Remark[]): string {
  let now = text;
  // A change takes away something of Python 2, and there is no more of it than characters.
  for (let left = text.length; ; left -= 1) {
    const source = new PythonSource(now);
    const { edits = [], remarks: found = [] } = rule(source);
    const next = edits.length === 0 ? now : apply(source.tokens, edits);
    if (next === now || left === 0) {
      remarks.push(...found);
      return now;
    }
    now = next;
  }
}
