/**
 * Selects the view of a recording (tree, summary, page or Perfetto trace) by flags, and writes it.
 */
import { closeSync, existsSync, rmSync } from 'node:fs';
import { isOutsideRequests, type NonRequestEvent } from '../../runtime/observe/events.ts';
import type { Recording } from '../../runtime/observe/reader.ts';
import { type Walk, Walks } from '../../runtime/observe/walk.ts';
import { openToWrite, writeWhole } from '../../runtime/sys/guarded-write.ts';
import { Failure, formatReason, UsageError } from '../../terminal/exit.ts';
import {
  type Flags,
  type FlagValues,
  listFlag,
  textFlag,
  toggleFlag,
} from '../../terminal/flags.ts';
import { generatePerfettoTrace } from './perfetto.ts';
import { formatSummary } from './summary.ts';
import { formatOtherLine, formatWalk } from './tree.ts';

/** The flags of `glossa trace` that select a view. */
export const viewFlags = {
  summary: toggleFlag({ short: 'c', help: 'a table by volume and fop instead' }),
  html: textFlag({
    placeholder: 'FILE',
    help: 'write a page to FILE: requests step by step, in a browser',
  }),
  perfetto: textFlag({
    placeholder: 'FILE',
    help: 'write FILE for ui.perfetto.dev and chrome://tracing',
  }),
  request: listFlag({
    placeholder: 'N',
    help: 'show this request alone, by the number behind #; may be repeated',
  }),
} satisfies Flags;

export type ViewFlags = FlagValues<typeof viewFlags>;

/** Views with a flag, in the order of error messages. */
const VIEWS = ['summary', 'html', 'perfetto'] as const;

/** A view that flags have selected. */
export interface View {
  readonly kind: (typeof VIEWS)[number] | 'tree';
  /** The output file; undefined for views at the terminal. */
  readonly file: string | undefined;
  /** Numbers of the requests to show; null for all. */
  readonly requests: ReadonlySet<number> | null;
}

/** Returns the view that flags select. @throws {UsageError} for flags that contradict each other */
export function chooseView(flags: ViewFlags): View {
  const [kind = 'tree', secondKind] = VIEWS.filter(
    (name) => flags[name] !== undefined && flags[name],
  );
  if (secondKind !== undefined)
    throw new UsageError(`use either --${kind} or --${secondKind}, not both`);
  if (flags.request.length > 0 && kind === 'html') {
    throw new UsageError('--html has all requests: --request is for the other views');
  }
  const requests = flags.request.map((value) => {
    if (/^\d+$/.test(value)) return Number(value);
    throw new UsageError(`--request takes the number of a request, not '${value}'`);
  });
  return {
    kind,
    file: flags.html ?? flags.perfetto,
    requests: requests.length === 0 ? null : new Set(requests),
  };
}

/** The parts of a recording for text views. */
export interface ViewData {
  /** The requests. */
  readonly walks: readonly Walk[];
  /** Events that are no requests, such as lines of the log. */
  readonly otherEvents: readonly NonRequestEvent[];
  /** The part of `otherEvents` that belongs to no request. */
  readonly unrelatedEvents: readonly NonRequestEvent[];
}

/** Reads the requests that a view selects; other events only if it selects all. */
export async function readViewData(recording: Recording, { requests }: View): Promise<ViewData> {
  const walks = new Walks();
  const otherEvents: NonRequestEvent[] = [];
  const unrelatedEvents: NonRequestEvent[] = [];
  for await (const event of recording.events()) {
    const belongsToRequest = walks.add(event);
    if (isOutsideRequests(event)) {
      otherEvents.push(event);
      if (!belongsToRequest) unrelatedEvents.push(event);
    }
  }
  if (requests === null) return { walks: walks.walks, otherEvents, unrelatedEvents };
  const selected = walks.walks.filter(({ request }) => requests.has(request));
  return { walks: selected, otherEvents: [], unrelatedEvents: [] };
}

/** Generates the lines of a view at the terminal, in the order of time. */
export function* generateViewLines(
  { kind }: View,
  { walks, unrelatedEvents }: ViewData,
  { head }: Recording,
  colour: boolean,
): Generator<string> {
  if (kind === 'summary') yield* formatSummary(walks);
  else {
    const parts = [
      ...walks.map((walk) => ({
        at: walk.root.wind.at,
        lines: () => formatWalk(walk, head, colour),
      })),
      ...unrelatedEvents.map((event) => ({
        at: event.at,
        lines: () => [formatOtherLine(event, head.startedAt)],
      })),
    ];
    parts.sort((a, b) => a.at - b.at);
    for (const { lines } of parts) yield lines().join('\n');
  }
}

/** Generates the content of a Perfetto file, in pieces. */
export const generatePerfetto = (
  { walks, otherEvents }: ViewData,
  { head }: Recording,
): Iterable<string> => generatePerfettoTrace(walks, otherEvents, head);

/** Mode of the output file, which contains file names: like a recording, only for its owner. */
const FILE_MODE = 0o600;
/** Characters per write. */
const CHUNK_LENGTH = 2 ** 20;

/** The output file of a view, opened before the command runs so that errors are reported first. */
export class ViewFile {
  private readonly path: string;
  private readonly fd: number;
  private readonly existedBefore: boolean;

  /** Opens the file. @throws {Failure} if it cannot be opened */
  constructor(path: string) {
    this.path = path;
    this.existedBefore = existsSync(path);
    this.fd = this.failOnError(() => openToWrite(path, { mode: FILE_MODE }));
  }

  /** Writes the whole file and closes it. @throws {Failure} */
  write(pieces: Iterable<string>): void {
    this.failOnError(() => {
      let chunk = '';
      for (const piece of pieces) {
        chunk += piece;
        if (chunk.length < CHUNK_LENGTH) continue;
        writeWhole(this.fd, Buffer.from(chunk));
        chunk = '';
      }
      writeWhole(this.fd, Buffer.from(chunk));
    });
    closeSync(this.fd);
  }

  /** Closes the file, and removes it if it did not exist before. */
  discard(): void {
    closeSync(this.fd);
    if (!this.existedBefore) rmSync(this.path, { force: true });
  }

  /** Runs an action, and turns an error of it into a Failure that names the file. */
  private failOnError<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw new Failure(`cannot write ${this.path}: ${formatReason(error)}`);
    }
  }
}
