/** Writes events of a recording as text; `observe/event-text.ts` writes times and values. */
import { logLevelNames, printable } from '../../runtime/core/log.ts';
import type { LogEvent, OtherEvent, WindEvent } from '../../runtime/observe/events.ts';

/** The remark about a wind: `tail`, `passes`, both, or ''. */
export const windRemark = ({ tail, passes }: WindEvent): string =>
  [...(tail ? ['tail'] : []), ...(passes ? ['passes'] : [])].join(', ');

/** A log line without its volume. */
export const formatLogEvent = ({ level, file, line, text }: LogEvent): string =>
  `${logLevelNames[level] ?? level} ${printable(file)}:${line}: ${printable(text)}`;

/** Describes an event that is no request. */
export function formatOtherEvent(event: OtherEvent): string {
  if (event.kind === 'lost') return `not recorded: ${printable(event.why)}`;
  const volume = printable(event.volume);
  if (event.kind === 'log') return `${volume}: ${formatLogEvent(event)}`;
  const about = Object.entries(event.about).map(([key, value]) => `${key} ${printable(value)}`);
  return `${volume}: ${event.event}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}
