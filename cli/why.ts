/** `glossa why`: explains in sentences why the last requests for a path failed or were slow. */
import { dirname } from 'node:path';
import { errnoNumber, strerror } from '../runtime/core/errno.ts';
import { formatTime, printable } from '../runtime/core/log.ts';
import type {
  FailureChooser,
  NotableDump,
  NotableRequest,
} from '../runtime/mount/notable-requests.ts';
import { ask, findMountServer } from '../server/control/control-client.ts';
import { findPathInMount } from '../server/control/path-in-mount.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK } from '../terminal/exit.ts';
import { takeOperands, toggleFlag } from '../terminal/flags.ts';
import { formatDuration } from '../terminal/quantities.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';

export default defineCommand({
  usage: ['glossa why FILE [options]'],
  description:
    'Explains the last requests for FILE, a path in a mount, that failed or were slow (glossa mount ' +
    '--slow): the fop, the caller, the result, and the volume that replied, which is the last that the ' +
    'request reached, or the volume above it that chose the errno, of a module with file and line; a volume that ' +
    'hands its frame on is not seen. `glossa trace MNT --path PATH` shows all requests. ' +
    'A mount keeps the last 1000 of those that looked for a name or an attribute that was not there, and the last 1000 ' +
    'others. Root and the user who mounted may ask.',
  flags: {
    json: toggleFlag({
      help:
        'print [{time, unique, op, paths, attribute, pid, uid, gid, errno, ms, among, way: [VOLUME], ' +
        'chooser: {volume, type, file, line, func} or null}], ' +
        'the oldest first',
    }),
  },
  async run({ flags, operands }, terminal) {
    const [file] = takeOperands(operands, ['FILE']);
    const { mountpoint, path } = await findPathInMount(file);
    const server = await findMountServer(mountpoint, mountpoint);
    const { requests, ...limits } = (await ask(server, 'notable')) as NotableDump;
    const matching = requests.filter(({ paths }) => paths.includes(path));
    if (flags.json) terminal.out(JSON.stringify(matching, null, 2));
    else if (matching.length > 0) printRequests(matching, path, limits.slowMs, terminal);
    else terminal.out(formatAbsence(requests, path, limits));
    return EXIT_OK;
  },
});

/** Requests with the same outcome: the latest is printed, with the number of all. */
interface OutcomeGroup {
  latest: NotableRequest;
  /** The number of requests with this outcome. */
  requestCount: number;
}

/** Prints the latest request of each outcome. */
function printRequests(
  requests: readonly NotableRequest[],
  path: string,
  slowMs: number,
  { out, colour }: Terminal,
): void {
  const outcomes = new Map<string, OutcomeGroup>();
  for (const request of requests) {
    const { op, errno, way: volumes, chooser, attribute, paths, ms } = request;
    const key = JSON.stringify([op, errno, volumes, chooser, attribute, paths, ms >= slowMs]);
    const requestCount = (outcomes.get(key)?.requestCount ?? 0) + 1;
    // Deleted first, so that the entry moves to the end: the latest request is printed last.
    outcomes.delete(key);
    outcomes.set(key, { latest: request, requestCount });
  }
  for (const { latest, requestCount } of outcomes.values()) {
    const [title, ...furtherSentences] = formatSentences(latest, requestCount, path, slowMs);
    out(`${paint('bold', title!, colour.out)}\n  ${furtherSentences.join(' ')}`);
  }
}

/** Formats three sentences: the outcome; the caller and the time; the volume that replied. */
function formatSentences(
  request: NotableRequest,
  requestCount: number,
  path: string,
  slowMs: number,
): string[] {
  const { op, errno, attribute, paths, ms, among, pid, uid } = request;
  const otherPath = paths.find((candidate) => candidate !== path);
  const otherText =
    otherPath === undefined ? '' : ` ${paths[0] === path ? 'to' : 'from'} ${printable(otherPath)}`;
  const objectText = attribute === null ? otherText : ` of the attribute ${printable(attribute)}`;
  const timesText = requestCount === 1 ? '' : ` ${requestCount} times`;
  // Requests that were answered together have one `ms`, the time of all: each may have been slow.
  const isShared = among > 1 && ms >= slowMs;
  const slowlyText = isShared ? 'perhaps slowly' : 'slowly';
  const resultText =
    errno === null
      ? `succeeded, ${slowlyText}`
      : `failed with ${errno} (${strerror(errnoNumber(errno) ?? 0)})`;
  const slownessText = errno !== null && ms >= slowMs ? `, and ${slowlyText}` : '';
  const durationText = isShared
    ? `at most ${formatMs(ms)}, in which ${among} requests were answered`
    : formatMs(ms);
  return [
    `${printable(path)}: ${op.toLowerCase()}${objectText} ${resultText}${slownessText}${timesText}.`,
    `${requestCount === 1 ? 'Process' : 'Last for process'} ${pid} of user ${uid}, at ${formatTime(request.time)}, in ${durationText}.`,
    formatOrigin(request),
  ];
}

/** Formats the sentence about the volume that replied, and about the volumes above it. */
function formatOrigin({ way: volumes, chooser, errno }: NotableRequest): string {
  const names = volumes.map(printable);
  if (chooser !== null && errno !== null) {
    const volume = printable(chooser.volume);
    const index = names.lastIndexOf(volume);
    // Not on the way: another child replied later.
    const asked = index < 0 ? [] : names.slice(index + 1);
    const askedText = asked.length === 0 ? '' : `, though ${asked.at(-1)} did not answer so`;
    const place = formatPlace(chooser);
    return place === ''
      ? `${volume} (${chooser.type}) chose ${errno}${askedText}.`
      : `The module of ${volume} chose ${errno} (${place})${askedText}.`;
  }
  const lastName = names.pop();
  if (lastName === undefined) return 'The mount itself answered, and asked no volume.';
  const wayText = names.length === 0 ? '' : `, by way of ${names.join(', ')}`;
  return `The answer came from ${lastName}${wayText}.`;
}

/** Formats `FILE:LINE`, or for an unknown line the file and the function; '' for an unknown position. */
function formatPlace({ file, line, func }: FailureChooser): string {
  if (file === '-') return '';
  if (line > 0) return `${printable(file)}:${line}`;
  return func === '-' ? printable(file) : `${printable(file)}, function ${printable(func)}`;
}

const formatMs = (ms: number): string => formatDuration(1e6 * ms);

/**
 * Formats the text for a path without matching requests. It names the nearest directory above that
 * has some.
 */
function formatAbsence(
  requests: readonly NotableRequest[],
  path: string,
  { slowMs, kept: capacity }: Omit<NotableDump, 'requests'>,
): string {
  const summary = `no request for ${printable(path)} has failed or taken ${slowMs} ms`;
  const limitText =
    requests.length >= capacity ? ' as far as is known: only the last are kept' : '';
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    if (!requests.some(({ paths }) => paths.includes(folder))) continue;
    return `${summary}${limitText}; but some for ${printable(folder)}, which is on the way to it, have`;
  }
  return `${summary}${limitText}`;
}
