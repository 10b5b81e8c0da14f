/** `glossa trace MNT|BRICK`: shows or records requests of a running server until interrupted. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { copyEvents } from '../../runtime/observe/event-store.ts';
import { EventReader, isOther, type OtherEvent } from '../../runtime/observe/events.ts';
import { RecordingFile } from '../../runtime/observe/node/recording-file.ts';
import { type Walk, Walks } from '../../runtime/observe/walk.ts';
import { serverGoneError } from '../../server/control/control-client.ts';
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
import { otherLine, walkLines } from './tree.ts';

/** Shows requests as they end, or with `summary` a table at the end. @throws {Failure} */
export async function showLive(
  given: string,
  wanted: RecordingOptions,
  summary: boolean,
  terminal: Terminal,
): Promise<number> {
  const live = await attachTrace(given, wanted);
  const view = summary ? tableView(terminal) : treeView(live, terminal);
  const { tables, volumes } = live.head;
  const reader = new EventReader(tables, volumes);
  const walks = new Walks((walk) => view.walk(walk));
  // Pending requests are shown as they are.
  const end = (): void => {
    for (const walk of [...walks.walks]) walks.end(walk);
  };
  const goesOn = await untilEnded(live, terminal, (events) => {
    for (const event of reader.read(events)) {
      if (event.kind === 'lost') end();
      if (!walks.add(event) && isOther(event)) view.other(event);
    }
  });
  end();
  view.end();
  return exitStatusOf(goesOn, live);
}

/** Records a mount into a file until the user ends it. @throws {Failure} */
export async function recordLive(
  given: string,
  request: RecordRequest,
  terminal: Terminal,
): Promise<number> {
  const { file, ...wanted } = request;
  const live = await attachTrace(given, wanted);
  let trouble: string | null = null;
  try {
    const { mountpoint } = live.server;
    if (mountpoint !== undefined) refuseInside(mountpoint, { recording: realPath(file) });
    const onTrouble = (why: string): void => {
      trouble ??= why;
      live.close();
    };
    const recording = openOrFail(() => new RecordingFile(file, live.head, onTrouble), file);
    const goesOn = await untilEnded(live, terminal, (events) => copyEvents(recording, events));
    await recording.close();
    if (trouble !== null) throw new Failure(`the recording ${file} ends here: ${trouble}`);
    return exitStatusOf(goesOn, live);
  } finally {
    live.close();
  }
}

/** Resolves symbolic links of the folder; an absent folder stays as it is. */
function realPath(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    // Opening the file will report the error.
    return file;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Waits for a signal, a closed output, or the end of the server; false for the last. */
async function untilEnded(
  live: LiveTrace,
  terminal: Terminal,
  onEvents: (events: Uint8Array) => void,
): Promise<boolean> {
  const close = (): void => live.close();
  for (const signal of SIGNALS) process.on(signal, close);
  process.stdout.on('error', close);
  try {
    const { server: served } = live;
    const what = served.mountpoint ?? served.operand;
    if (terminal.verbosity !== 'quiet') terminal.err(`glossa: observing ${what}; Ctrl-C ends it`);
    return await live.follow(onEvents);
  } finally {
    for (const signal of SIGNALS) process.off(signal, close);
    process.stdout.off('error', close);
  }
}

/** The exit status. @throws {Failure} when the mount or its server has ended */
function exitStatusOf(goesOn: boolean, { server: served }: LiveTrace): number {
  if (goesOn) return EXIT_OK;
  throw serverGoneError(served);
}

interface View {
  /** Receives a request, or a part of one, that has ended. */
  walk(walk: Walk): void;
  other(event: OtherEvent): void;
  end(): void;
}

const treeView = ({ head }: LiveTrace, { out, colour }: Terminal): View => ({
  walk: (walk) => out(walkLines(walk, head, colour.out).join('\n')),
  other: (event) => out(otherLine(event, head.startedAt)),
  end() {},
});

function tableView({ out, err }: Terminal): View {
  const summary = new Summary();
  return {
    walk: (walk) => summary.add(walk),
    other: (event) => event.kind === 'lost' && err(`not recorded: ${event.why}`),
    end: () => out(summary.lines().join('\n')),
  };
}
