/**
 * What the scripts of a volume asked for and were not given: a warning in the volume's log. Each text
 * is told once, whichever interpreter of the volume it comes from, and not without end: what a script
 * asks for in a loop must not fill the disk.
 */

import { type LogSource, WARNING } from '../../../runtime/core/log.ts';
import { messages } from '../../../runtime/core/messages.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';

/** Texts that are told for a volume, and characters of each. */
const MOST = 100;
const LONGEST = 2000;

const NOWHERE: LogSource = { file: '-', line: 0, func: '-' };

const told = new WeakMap<Xlator<unknown>, Set<string>>();

/** @param source the place in the module; undefined when it is not known. */
export function tellRefusal(xl: Xlator<unknown>, source: LogSource = NOWHERE, whole: string): void {
  const text = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
  let texts = told.get(xl);
  if (texts === undefined) {
    texts = new Set();
    told.set(xl, texts);
  }
  if (texts.has(text) || texts.size >= MOST) return;
  texts.add(text);
  const msgid = source === undefined ? messages.refused.id : undefined;
  xl.log.log(WARNING, text, { source, msgid });
  if (texts.size === MOST) {
    xl.log.log(WARNING, 'refused: more than is told from here on', { source, msgid });
  }
}
