/** Formats the result of a replay, as lines, as JSON, and as the message of a failed test. */

import { printable } from '../../runtime/core/log.ts';
import { findPath, formatCall, formatClock } from '../../runtime/observe/event-text.ts';
import type { Outcome } from '../../runtime/replay/replay.ts';
import { paint } from '../../terminal/terminal.ts';
import type { ReplayResult } from './replay-file.ts';

/** The most requests with differences in the message of a test. */
const LISTED_MAX = 10;

/** Finds the requests whose replies differ. */
export const findDifferent = ({ outcomes }: ReplayResult): Outcome[] =>
  outcomes.filter(({ differences }) => differences.length > 0);

/**
 * Formats a request, `#3 20:19:25.179550 lookup(/a)`, and a line for each difference of its reply.
 */
export function formatOutcome(outcome: Outcome, startedAt: number, colour: boolean): string[] {
  const { request, differences } = outcome;
  const { number, atNs, row, args } = request;
  const header = `#${number} ${formatClock(startedAt, atNs)} ${formatCall(row.name, args)}`;
  return [
    paint('bold', header, colour),
    ...differences.map(
      ({ part, was, is }) => `  ${part}: ${was} then, ${paint('error', printable(is), colour)} now`,
    ),
  ];
}

/** Printed if the replies of real storages differ before a request that can change them. */
export const OTHER_STORAGE_MESSAGE =
  'the storage is not as it was when the recording began: what was there already differs before ' +
  'anything was changed; give a copy of it as it was at the beginning';

/** Formats the counts: `12 requests, all as then` or `12 requests, 2 otherwise`. */
export function formatSummary(result: ReplayResult): string {
  const { length: requestCount } = result.outcomes;
  const differentCount = findDifferent(result).length;
  const requests = requestCount === 1 ? '1 request' : `${requestCount} requests`;
  return `${requests}, ${differentCount === 0 ? 'all as then' : `${differentCount} otherwise`}`;
}

/** Formats the message of a failed test. */
export function formatFailure(result: ReplayResult): string {
  const different = findDifferent(result);
  const lines = different
    .slice(0, LISTED_MAX)
    .flatMap((outcome) => formatOutcome(outcome, result.startedAt, false));
  const omittedCount = different.length - LISTED_MAX;
  return [
    ...lines,
    ...(omittedCount > 0 ? [`and ${omittedCount} more`] : []),
    formatSummary(result),
  ].join('\n');
}

/** The shape of the JSON, for the help. */
export const JSON_SHAPE =
  '{ok, requests, different, otherStorage, differences: [{number, time, fop, path, what, was, is}]}';

/** Formats the output of --json; `time` is in seconds since 1970. */
export function formatJson(result: ReplayResult): string {
  const { outcomes, storageDiffers: otherStorage, startedAt } = result;
  const different = findDifferent(result);
  const differences = different.flatMap(({ request, differences }) =>
    differences.map(({ part: what, was, is }) => ({
      number: request.number,
      time: (startedAt + request.atNs / 1e6) / 1000,
      fop: request.row.name,
      path: findPath(request.args) ?? '',
      what,
      was,
      is,
    })),
  );
  const counts = { requests: outcomes.length, different: different.length };
  return JSON.stringify(
    { ok: different.length === 0, ...counts, otherStorage, differences },
    null,
    2,
  );
}
