/** Formats events of a recording; `observe/event-text.ts` formats their times and values. */
import { logLevelNames, printable } from '../../runtime/core/log.ts';
import type { LogEvent, NonRequestEvent, WindEvent } from '../../runtime/observe/events.ts';

/**
 * Formats the remark about a wind: `tail` if the reply bypasses the volume above, `passes` if the
 * volume does not define the fop, both, or ''.
 */
export const formatWindRemark = ({ tail, passes }: WindEvent): string =>
  [...(tail ? ['tail'] : []), ...(passes ? ['passes'] : [])].join(', ');

/** Formats a log line without its volume. */
export const formatLogEvent = ({ level, file, line, text }: LogEvent): string =>
  `${logLevelNames[level] ?? level} ${printable(file)}:${line}: ${printable(text)}`;

/** Describes an event that is no request. */
export function formatOtherEvent(event: NonRequestEvent): string {
  if (event.kind === 'lost') return `not recorded: ${printable(event.why)}`;
  const volume = printable(event.volume);
  if (event.kind === 'log') return `${volume}: ${formatLogEvent(event)}`;
  const details = Object.entries(event.about).map(([key, value]) => `${key} ${printable(value)}`);
  return `${volume}: ${event.event}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}
