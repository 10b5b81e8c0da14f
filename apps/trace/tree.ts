/** Prints a recording as text like strace: each request as an indented tree with a line per hop. */

import { printable } from '../../runtime/core/log.ts';
import { abbreviateValues, formatClock, formatResult } from '../../runtime/observe/event-text.ts';
import type { NoteEvent, OtherEvent } from '../../runtime/observe/events.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { answeredHere, type HopSeen, tookNs, type Walk } from '../../runtime/observe/walk.ts';
import { formatDuration } from '../../terminal/quantities.ts';
import { paint } from '../../terminal/terminal.ts';
import { kindOf, logged, otherInWords } from './event-texts.ts';

/** The lines of one request. */
export function walkLines({ request, root }: Walk, head: Head, colour: boolean): string[] {
  const { caller } = root.wind;
  const who = caller === null ? '' : `  pid ${caller.pid} uid ${caller.uid}`;
  const first = `${formatClock(head.startedAt, root.wind.at)} #${request}${who}`;
  return [paint('dim', first, colour), ...hopLines(root, 1, { head, colour })];
}

interface Looks {
  readonly head: Head;
  readonly colour: boolean;
}

function hopLines(hop: HopSeen, depth: number, looks: Looks): string[] {
  const { wind, notes, logs } = hop;
  const indent = '  '.repeat(depth);
  const kind = kindOf(wind);
  const volume = paint('bold', printable(wind.volume), looks.colour);
  const call = `${wind.fop}(${abbreviateValues(wind.args)})`;
  const told = [...notes, ...logs].sort((a, b) => a.at - b.at);
  return [
    `${indent}${volume}${kind === '' ? '' : ` [${kind}]`}: ${call} = ${answer(hop, looks)}`,
    ...told.map((event) => `${indent}  | ${event.kind === 'log' ? logged(event) : noted(event)}`),
    ...hop.below.flatMap((child) => hopLines(child, depth + 1, looks)),
  ];
}

/** `negative.py:12 lookup  local={…}  cache: +'/a/b'=1`. */
function noted({ notes }: NoteEvent): string {
  const { line, method, changed, ...more } = notes;
  const place = [line, method].filter((part) => part !== undefined).join(' ');
  const named = Object.entries(more).map(([key, value]) => `${key}=${value}`);
  const parts = [place, ...named, changed ?? ''].filter((part) => part !== '');
  return parts.map(printable).join('  ');
}

function answer(hop: HopSeen, { head, colour }: Looks): string {
  const { unwind } = hop;
  if (unwind === null) return paint('warning', '? no answer yet', colour);
  const short = formatResult(unwind);
  const result = unwind.opRet < 0 ? paint('error', short, colour) : short;
  const here = head.seesAll && answeredHere(hop) ? paint('good', '  answered here', colour) : '';
  return `${result} <${formatDuration(tookNs(hop)!)}>${here}`;
}

/** The line of an event that is no request. */
export const otherLine = (event: OtherEvent, startedAt: number): string =>
  `${formatClock(startedAt, event.at)} ${otherInWords(event)}`;
