/** Records the requests of a server's graph into a file or another event store. */

import type { Graph } from '../runtime/core/graph.ts';
import type { Log } from '../runtime/core/log.ts';
import { messages } from '../runtime/core/messages.ts';
import type { EventStore } from '../runtime/observe/event-store.ts';
import { FilterError, type FilterSettings, makeFilter } from '../runtime/observe/filter.ts';
import type { Head } from '../runtime/observe/format.ts';
import { makeHead } from '../runtime/observe/head.ts';
import { HiddenNames } from '../runtime/observe/hidden-names.ts';
import { RecordingFile } from '../runtime/observe/node/recording-file.ts';
import { Recorder } from '../runtime/observe/recorder.ts';
import { Failure } from '../terminal/exit.ts';
import { packageVersion } from '../terminal/package-version.ts';
import { reason } from '../terminal/reason.ts';

/** The options of a recording. */
export interface RecordingOptions {
  readonly filter: FilterSettings;
  /** The filter in words; null without a filter. */
  readonly filterText: string | null;
  /** The most bytes kept of the data of a read or write. */
  readonly dataMax: number;
  readonly redact: boolean;
  /** Whether lists are kept whole, as a replay needs them. */
  readonly whole?: boolean;
}

export interface RecordRequest extends RecordingOptions {
  /** Absolute. */
  readonly file: string;
}

/** The options of a recording that can be replayed. */
export const makeReplayableRequest = (file: string, dataMax: number): RecordRequest => ({
  file,
  filter: { passing: true },
  filterText: null,
  dataMax,
  redact: false,
  whole: true,
});

/**
 * Attaches a recorder to the graph; the result detaches it.
 * @param open opens the store that the recorder writes to, behind this head
 * @throws {FilterError}, and the errors of `open`
 */
export function startRecorder(
  graph: Graph,
  options: RecordingOptions,
  open: (head: Head) => EventStore,
): () => void {
  const { filterText, dataMax, redact, whole = false } = options;
  const names = graph.xlators.map(({ name }) => name);
  const filter = makeFilter(options.filter, names);
  const limits = {
    dataMax,
    hidden: redact ? new HiddenNames() : null,
    ...(whole ? { itemsMax: Number.POSITIVE_INFINITY } : {}),
  };
  const now = (): number => graph.context.now();
  const startedAt = now();
  const store = open(
    makeHead(graph.xlators, {
      version: packageVersion(),
      startedAt: graph.context.sink.now(),
      filter: filterText,
      seesAll: filter.seesAll,
      whole,
      retention: limits,
    }),
  );
  const ids = graph.xlators.map(({ id }) => id);
  return graph.observe(new Recorder(store, { filter, retention: limits, now, startedAt }, ids));
}

export class GraphRecording {
  private file!: RecordingFile;
  private readonly end: () => void;

  /** Starts recording. @throws {Failure} for a wrong filter, or a file that cannot be written */
  constructor(graph: Graph, request: RecordRequest, log: Log) {
    const { file } = request;
    const onWriteError = (why: string): void => {
      log.error(`the recording ${file} ends here: ${why}; requests are served as before`, {
        msgid: messages.recordingEnded.id,
      });
      this.end();
    };
    try {
      this.end = startRecorder(graph, request, (head) => {
        this.file = openOrFail(() => new RecordingFile(file, head, onWriteError), file);
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
