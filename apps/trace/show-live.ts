/**
 * Shows or records the requests of a running server until the user interrupts it: implements
 * `glossa trace MNT|BRICK`.
 */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { copyEvents } from '../../runtime/observe/event-store.ts';
import {
  EventReader,
  isOutsideRequests,
  type NonRequestEvent,
} from '../../runtime/observe/events.ts';
import { RecordingFile } from '../../runtime/observe/node/recording-file.ts';
import { type Walk, Walks } from '../../runtime/observe/walk.ts';
import { makeServerGoneError } from '../../server/control/control-client.ts';
import { attachTrace, type LiveTrace } from '../../server/control/live-trace.ts';
import {
  openOrFail,
  type RecordingOptions,
  type RecordRequest,
} from '../../server/graph-recording.ts';
import { refuseInside } from '../../server/refuse-inside.ts';
import { EXIT_OK, Failure } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Summary } from './summary.ts';
import { formatOtherLine, formatWalk } from './tree.ts';

/** Shows requests as they end, or (`isSummary`) a table at the end. @returns the exit status */
export async function showLive(
  operand: string,
  options: RecordingOptions,
  isSummary: boolean,
  terminal: Terminal,
): Promise<number> {
  const live = await attachTrace(operand, options);
  const view = isSummary ? makeSummaryView(terminal) : makeTreeView(live, terminal);
  const { tables, volumes } = live.head;
  const reader = new EventReader(tables, volumes);
  const walks = new Walks((walk) => view.addWalk(walk));
  /** Shows the pending requests as they are, at the end and where events were lost. */
  const showPending = (): void => {
    for (const walk of [...walks.walks]) walks.end(walk);
  };
  const wasClosed = await followUntilEnd(live, terminal, (events) => {
    for (const event of reader.read(events)) {
      if (event.kind === 'lost') showPending();
      if (!walks.add(event) && isOutsideRequests(event)) view.addOther(event);
    }
  });
  showPending();
  view.end();
  return makeExitStatus(wasClosed, live);
}

/** Records a mount into a file until the user ends it. @throws {Failure} */
export async function recordLive(
  operand: string,
  request: RecordRequest,
  terminal: Terminal,
): Promise<number> {
  const { file, fileBytes, ...options } = request;
  const live = await attachTrace(operand, options);
  let writeError: string | null = null;
  try {
    const { mountpoint } = live.server;
    if (mountpoint !== undefined) refuseInside(mountpoint, { recording: resolveFolderLinks(file) });
    const onWriteError = (reason: string): void => {
      writeError ??= reason;
      live.close();
    };
    const recording = openOrFail(
      () => new RecordingFile(file, live.head, onWriteError, fileBytes),
      file,
    );
    const wasClosed = await followUntilEnd(live, terminal, (events) =>
      copyEvents(recording, events),
    );
    await recording.close();
    if (writeError !== null) throw new Failure(`the recording ${file} ends here: ${writeError}`);
    return makeExitStatus(wasClosed, live);
  } finally {
    live.close();
  }
}

/** Resolves symbolic links in a file's folder; returns the path unchanged if that is absent. */
function resolveFolderLinks(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    // Opening the file will report the error.
    return file;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Follows the events until a signal, a closed output, or the server's end.
 * @returns false after the server's end, else true
 */
async function followUntilEnd(
  live: LiveTrace,
  terminal: Terminal,
  onEvents: (events: Uint8Array) => void,
): Promise<boolean> {
  const close = (): void => live.close();
  for (const signal of SIGNALS) process.on(signal, close);
  process.stdout.on('error', close);
  try {
    const { server } = live;
    const serverLabel = server.mountpoint ?? server.operand;
    if (terminal.verbosity !== 'quiet')
      terminal.err(`glossa: observing ${serverLabel}; Ctrl-C ends it`);
    return await live.follow(onEvents);
  } finally {
    for (const signal of SIGNALS) process.off(signal, close);
    process.stdout.off('error', close);
  }
}

/**
 * Returns the status if the user has ended the command.
 * @throws {Failure} if the server has ended
 */
function makeExitStatus(wasClosed: boolean, { server }: LiveTrace): number {
  if (wasClosed) return EXIT_OK;
  throw makeServerGoneError(server);
}

/** Prints the events of a running server. */
interface LiveView {
  /** Receives a request, or a part of one, that has ended. */
  addWalk(walk: Walk): void;
  /** Receives an event that belongs to no request. */
  addOther(event: NonRequestEvent): void;
  /** Prints what remains when no more events will come. */
  end(): void;
}

const makeTreeView = ({ head }: LiveTrace, { out, colour }: Terminal): LiveView => ({
  addWalk: (walk) => out(formatWalk(walk, head, colour.out).join('\n')),
  addOther: (event) => out(formatOtherLine(event, head.startedAt)),
  end() {},
});

function makeSummaryView({ out, err }: Terminal): LiveView {
  const summary = new Summary();
  return {
    addWalk: (walk) => summary.add(walk),
    addOther: (event) => event.kind === 'lost' && err(`not recorded: ${event.why}`),
    end: () => out(summary.formatLines().join('\n')),
  };
}
