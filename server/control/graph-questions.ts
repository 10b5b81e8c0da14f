/** Answers questions about a server's graph, such as those of `glossa stats` and `glossa top`. */
import type { Graph } from '../../runtime/core/graph.ts';
import type { Log } from '../../runtime/core/log.ts';
import type { NotableRequests } from '../../runtime/mount/notable-requests.ts';
import { encodeHead } from '../../runtime/observe/head.ts';
import { type RecordingOptions, startRecorder } from '../graph-recording.ts';
import { LeasedCounter } from '../leased-counter.ts';
import type { Reloader } from '../reloader.ts';
import type { RunFolder } from '../run-folder.ts';
import { Dumper } from '../statedump/dumper.ts';
import { collectVolumeDumps } from '../statedump/volume-dumps.ts';
import type { AboutServer } from '../statedump/whole-dump.ts';
import type { Connection, QuestionHandlers } from './control-host.ts';
import { EventStream } from './event-stream.ts';

/** The parts of the server that the answers come from. */
export interface QuestionSources {
  readonly about: AboutServer;
  readonly reloader: Reloader;
  readonly log: Log;
  /** The folder into which statedumps are written at SIGUSR1. */
  readonly folder: RunFolder;
  /** The failed and slow requests, for `glossa why`; undefined if the server records none. */
  readonly notable?: NotableRequests | undefined;
}

/** Answers questions about one graph. */
export class GraphQuestions {
  readonly dumper: Dumper;
  readonly handlers: QuestionHandlers;
  private readonly counter: LeasedCounter;

  constructor(graph: Graph, { about, reloader, log, folder, notable }: QuestionSources) {
    const dumper = new Dumper(graph, about, folder, log);
    const counter = new LeasedCounter(graph, about, dumper.ages);
    this.dumper = dumper;
    this.counter = counter;
    this.handlers = {
      stats: () => collectVolumeDumps(graph),
      statedump: () => dumper.makeDump(),
      top: () => counter.sample(),
      reload: () => reloader.reloadAll(),
      'reset-stats': () => resetStats(graph),
      trace: (options, connection) => streamTrace(graph, options as RecordingOptions, connection),
      ...(notable && { notable: () => notable.dump() }),
    };
  }

  /** Stops the counter and the statedumps. */
  close(): void {
    this.counter.close();
    this.dumper.close();
  }
}

/** Resets the statistics of all volumes that have any; returns their names, the top first. */
function resetStats({ xlators }: Graph): string[] {
  const resettable = xlators.filter(({ translator }) => translator.reset !== undefined);
  for (const xl of resettable) xl.translator.reset!(xl);
  return resettable.map(({ name }) => name).reverse();
}

/** Answers with a recording's head, then sends its events until the client disconnects. */
export function streamTrace(
  graph: Graph,
  options: RecordingOptions,
  { socket, hold }: Connection,
): void {
  const stream = new EventStream(socket);
  const endRecording = startRecorder(graph, options, (head) => {
    // A head is JSON in one line.
    socket.write(`{"value":${encodeHead(head)}}\n`);
    return stream;
  });
  hold(() => {
    endRecording();
    stream.close();
  });
}
