/** Formats a recording as text like strace: each request as an indented tree, with a line a hop. */
import { printable } from '../../runtime/core/log.ts';
import { abbreviateValues, formatClock, formatResult } from '../../runtime/observe/event-text.ts';
import type { NonRequestEvent, NoteEvent } from '../../runtime/observe/events.ts';
import type { Head } from '../../runtime/observe/format.ts';
import {
  computeDurationNs,
  hasRepliedItself,
  type RecordedHop,
  type Walk,
} from '../../runtime/observe/walk.ts';
import { formatDuration } from '../../terminal/quantities.ts';
import { paint } from '../../terminal/terminal.ts';
import { formatLogEvent, formatOtherEvent, formatWindRemark } from './event-texts.ts';

/** Formats the lines of one request (a walk is a recorded request). */
export function formatWalk({ request, root }: Walk, head: Head, colour: boolean): string[] {
  const { caller } = root.wind;
  const callerText = caller === null ? '' : `  pid ${caller.pid} uid ${caller.uid}`;
  const headLine = `${formatClock(head.startedAt, root.wind.at)} #${request}${callerText}`;
  return [paint('dim', headLine, colour), ...formatHop(root, 1, { head, colour })];
}

interface TreeSettings {
  readonly head: Head;
  readonly colour: boolean;
}

/** Formats the lines of a hop (a request's stay in one volume), and of the hops below it. */
function formatHop(hop: RecordedHop, depth: number, settings: TreeSettings): string[] {
  const { wind, notes, logs } = hop;
  const indent = '  '.repeat(depth);
  const remark = formatWindRemark(wind);
  const volume = paint('bold', printable(wind.volume), settings.colour);
  const call = `${wind.fop}(${abbreviateValues(wind.args)})`;
  const innerEvents = [...notes, ...logs].sort((a, b) => a.at - b.at);
  return [
    `${indent}${volume}${remark === '' ? '' : ` [${remark}]`}: ${call} = ${formatReply(hop, settings)}`,
    ...innerEvents.map(
      (event) => `${indent}  | ${event.kind === 'log' ? formatLogEvent(event) : formatNote(event)}`,
    ),
    ...hop.below.flatMap((child) => formatHop(child, depth + 1, settings)),
  ];
}

/** Formats a bridge's note of a module: `negative.py:12 lookup  local={…}  cache: +'/a/b'=1`. */
function formatNote({ notes }: NoteEvent): string {
  const { line, method, changed, ...otherNotes } = notes;
  const position = [line, method].filter((part) => part !== undefined).join(' ');
  const values = Object.entries(otherNotes).map(([key, value]) => `${key}=${value}`);
  const parts = [position, ...values, changed ?? ''].filter((part) => part !== '');
  return parts.map(printable).join('  ');
}

/** Formats a hop's result and duration, and whether its volume has replied itself. */
function formatReply(hop: RecordedHop, { head, colour }: TreeSettings): string {
  const { unwind } = hop;
  if (unwind === null) return paint('warning', '? no answer yet', colour);
  const resultText = formatResult(unwind);
  const result = unwind.opRet < 0 ? paint('error', resultText, colour) : resultText;
  const ownReplyText =
    head.seesAll && hasRepliedItself(hop) ? paint('good', '  answered here', colour) : '';
  return `${result} <${formatDuration(computeDurationNs(hop)!)}>${ownReplyText}`;
}

/** Formats the line of an event that is no request. */
export const formatOtherLine = (event: NonRequestEvent, startedAt: number): string =>
  `${formatClock(startedAt, event.at)} ${formatOtherEvent(event)}`;
