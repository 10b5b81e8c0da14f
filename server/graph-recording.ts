/**
 * Records the requests of a graph: `GraphRecording` into a file, `startRecorder` into any event
 * store, such as the socket of `glossa trace`.
 */

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
import { Failure, formatReason } from '../terminal/exit.ts';
import { readPackageVersion } from '../terminal/package-version.ts';

/** The options of a recording. */
export interface RecordingOptions {
  readonly filter: FilterSettings;
  /** The filter as flags (`--fop lookup`), for readers of the recording; null without a filter. */
  readonly filterText: string | null;
  /** The most bytes recorded of the data of each read or write. */
  readonly dataMax: number;
  /** The size at which the file ends, in bytes; 0: none; undefined for the default. */
  readonly fileBytes?: number | undefined;
  /** Whether names are replaced, and contents left out. */
  readonly redact: boolean;
}

/** A recording that a server is to make from its start. */
export interface RecordRequest extends RecordingOptions {
  /** The absolute path of the file. */
  readonly file: string;
}

/**
 * Attaches a recorder to the graph; returns the function that detaches it.
 * @param openStore opens the store that the recorder writes to; the recording begins with this head
 * @throws {FilterError}, and the errors of `openStore`
 */
export function startRecorder(
  graph: Graph,
  options: RecordingOptions,
  openStore: (head: Head) => EventStore,
): () => void {
  const { filterText, dataMax, redact } = options;
  const volumeNames = graph.xlators.map(({ name }) => name);
  const filter = makeFilter(options.filter, volumeNames);
  const retention = {
    dataMax,
    hidden: redact ? new HiddenNames() : null,
  };
  const now = (): number => graph.context.now();
  const startedAt = now();
  const store = openStore(
    makeHead(graph.xlators, {
      version: readPackageVersion(),
      startedAt: graph.context.sink.now(),
      filter: filterText,
      seesAll: filter.seesAll,
      retention,
    }),
  );
  const ids = graph.xlators.map(({ id }) => id);
  return graph.observe(new Recorder(store, { filter, retention, now, startedAt }, ids));
}

/** A recording of a graph into a file. */
export class GraphRecording {
  private file!: RecordingFile;
  private readonly stopRecorder: () => void;

  /** Starts recording. @throws {Failure} for a wrong filter, or a file that cannot be written */
  constructor(graph: Graph, request: RecordRequest, log: Log) {
    const { file, fileBytes } = request;
    const onWriteError = (cause: string): void => {
      log.error(`the recording ${file} ends here: ${cause}; requests are served as before`, {
        msgid: messages.recordingEnded.id,
      });
      this.stopRecorder();
    };
    try {
      this.stopRecorder = startRecorder(graph, request, (head) => {
        this.file = openOrFail(() => new RecordingFile(file, head, onWriteError, fileBytes), file);
        return this.file;
      });
    } catch (error) {
      throw error instanceof FilterError ? new Failure(error.message) : error;
    }
  }

  /** Ends the recording, and closes the file. */
  async close(): Promise<void> {
    this.stopRecorder();
    await this.file.close();
  }
}

/** Opens a recording file; an error becomes a Failure that names the path. @throws {Failure} */
export function openOrFail(open: () => RecordingFile, path: string): RecordingFile {
  try {
    return open();
  } catch (error) {
    throw new Failure(`cannot write the recording ${path}: ${formatReason(error as Error)}`);
  }
}
