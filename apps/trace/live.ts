/** `glossa trace MNT|BRICK`: what requests meet while it is served, until the asker ends it. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { copyEvents } from '../../runtime/observe/event-store.ts';
import { EventReader, isOther, type OtherEvent } from '../../runtime/observe/events.ts';
import { RecordingFile } from '../../runtime/observe/node/recording-file.ts';
import { type Walk, Walks } from '../../runtime/observe/walk.ts';
import { type Attached, attach } from '../../server/control/attach.ts';
import { gone } from '../../server/control/client.ts';
import { openOrFail, type RecordingOptions, type RecordRequest } from '../../server/recording.ts';
import { refuseInside } from '../../server/refuse-inside.ts';
import { EXIT_OK, Failure } from '../../terminal/exit.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { Summary } from './summary.ts';
import { otherLine, walkLines } from './tree.ts';

/** Shows requests as they end, or with `summary` a table when all has ended. @throws {Failure} */
export async function showLive(
  given: string,
  wanted: RecordingOptions,
  summary: boolean,
  terminal: Terminal,
): Promise<number> {
  const live = await attach(given, wanted);
  const view = summary ? tableView(terminal) : treeView(live, terminal);
  const { tables, volumes } = live.head;
  const reader = new EventReader(tables, volumes);
  const walks = new Walks((walk) => view.walk(walk));
  // What has not ended is shown as it is: the rest will not come.
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
  return ended(goesOn, live);
}

/** Keeps a recording of a mount in a file, until the asker ends it. @throws {Failure} */
export async function recordLive(
  given: string,
  request: RecordRequest,
  terminal: Terminal,
): Promise<number> {
  const { file, ...wanted } = request;
  const live = await attach(given, wanted);
  let trouble: string | null = null;
  try {
    const { mountpoint } = live.served;
    if (mountpoint !== undefined) refuseInside(mountpoint, { recording: realPath(file) });
    const onTrouble = (why: string): void => {
      trouble ??= why;
      live.close();
    };
    const recording = openOrFail(() => new RecordingFile(file, live.head, onTrouble), file);
    const goesOn = await untilEnded(live, terminal, (events) => copyEvents(recording, events));
    await recording.close();
    if (trouble !== null) throw new Failure(`the recording ${file} ends here: ${trouble}`);
    return ended(goesOn, live);
  } finally {
    live.close();
  }
}

/** Without symbolic links before its last part; where there is no such folder, as it is. */
function realPath(file: string): string {
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    // Who opens it says why it cannot be.
    return file;
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Until a signal, or nobody reads what is shown. False when it was the server that has ended. */
async function untilEnded(
  live: Attached,
  terminal: Terminal,
  onEvents: (events: Uint8Array) => void,
): Promise<boolean> {
  const close = (): void => live.close();
  for (const signal of SIGNALS) process.on(signal, close);
  process.stdout.on('error', close);
  try {
    const { served } = live;
    const what = served.mountpoint ?? served.given;
    if (terminal.verbosity !== 'quiet') terminal.err(`glossa: observing ${what}; Ctrl-C ends it`);
    return await live.follow(onEvents);
  } finally {
    for (const signal of SIGNALS) process.off(signal, close);
    process.stdout.off('error', close);
  }
}

/** @throws {Failure} */
function ended(goesOn: boolean, { served }: Attached): number {
  if (goesOn) return EXIT_OK;
  throw gone(served);
}

interface View {
  /** A request, or a part of one, that has ended. */
  walk(walk: Walk): void;
  other(event: OtherEvent): void;
  end(): void;
}

const treeView = ({ head }: Attached, { out, colour }: Terminal): View => ({
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
