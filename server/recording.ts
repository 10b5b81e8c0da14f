/** Records the requests of a server's graph into a file, or into another store. */

import type { Graph } from '../runtime/core/graph.ts';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import { FilterError, type FilterGiven, makeFilter } from '../runtime/observe/filter.ts';
import type { Head } from '../runtime/observe/format.ts';
import { headOf } from '../runtime/observe/head.ts';
import { HiddenNames } from '../runtime/observe/names.ts';
import { RecordingFile } from '../runtime/observe/node/file.ts';
import { Recorder } from '../runtime/observe/recorder.ts';
import type { EventStore } from '../runtime/observe/store.ts';
import { Failure } from '../terminal/exit.ts';
import { version } from '../terminal/package-version.ts';
import { reason } from '../terminal/reason.ts';

/** What is to be recorded of a graph. */
export interface Wanted {
  readonly filter: FilterGiven;
  /** The same in words; null for everything. */
  readonly filterText: string | null;
  /** Bytes of data that are kept. */
  readonly dataMax: number;
  readonly redact: boolean;
  /** For a replay: lists are kept whole as well. */
  readonly whole?: boolean;
}

export interface RecordRequest extends Wanted {
  /** Absolute. */
  readonly file: string;
}

/** Of all that a replay needs. */
export const forReplay = (file: string, dataMax: number): RecordRequest => ({
  file,
  filter: { passing: true },
  filterText: null,
  dataMax,
  redact: false,
  whole: true,
});

/**
 * Lets a recorder observe the graph from now on; the result ends that.
 * @param open makes the place for what it writes, behind such a head
 * @throws {FilterError}, and whatever `open` throws
 */
export function startRecorder(
  graph: Graph,
  wanted: Wanted,
  open: (head: Head) => EventStore,
): () => void {
  const { filterText, dataMax, redact, whole = false } = wanted;
  const names = graph.xlators.map(({ name }) => name);
  const filter = makeFilter(wanted.filter, names);
  const kept = {
    dataMax,
    hidden: redact ? new HiddenNames() : null,
    ...(whole ? { itemsMax: Number.POSITIVE_INFINITY } : {}),
  };
  const now = (): number => graph.context.now();
  const startedAt = now();
  const store = open(
    headOf(graph.xlators, {
      version: version(),
      startedAt: graph.context.sink.now(),
      filter: filterText,
      seesAll: filter.seesAll,
      whole,
      kept,
    }),
  );
  const ids = graph.xlators.map(({ id }) => id);
  return graph.observe(new Recorder(store, { filter, kept, now, startedAt }, ids));
}

export class GraphRecording {
  private file!: RecordingFile;
  private readonly end: () => void;

  /** Records from now on. @throws {Failure} a filter that is wrong, or a file that cannot be written */
  constructor(graph: Graph, request: RecordRequest, log: Log) {
    const { file } = request;
    const onTrouble = (why: string): void => {
      log.error(`the recording ${file} does not go on: ${why}; requests are served as before`, {
        msgid: messages.recordingEnded.id,
      });
      this.end();
    };
    try {
      this.end = startRecorder(graph, request, (head) => {
        this.file = openOrFail(() => new RecordingFile(file, head, onTrouble), file);
        return this.file;
      });
    } catch (error) {
      throw error instanceof FilterError ? new Failure(error.message) : error;
    }
  }

  async close(): Promise<void> {
    this.end();
    await this.file.close();
  }
}

/** @throws {Failure} */
export function openOrFail(open: () => RecordingFile, path: string): RecordingFile {
  try {
    return open();
  } catch (error) {
    throw new Failure(`cannot write the recording ${path}: ${reason(error as Error)}`);
  }
}
