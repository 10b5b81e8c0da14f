/** The questions that a server of volumes answers on its control channel (`control-host.ts`), by name. */
import type { Graph } from '../../runtime/core/graph.ts';
import type { Log } from '../../runtime/core/log.ts';
import type { NotableRequests } from '../../runtime/mount/notable-requests.ts';
import { writeHead } from '../../runtime/observe/head.ts';
import { Counting } from '../counting.ts';
import { startRecorder, type Wanted } from '../recording.ts';
import type { Reloader } from '../reloading.ts';
import type { RunFolder } from '../run-files.ts';
import { Dumper } from '../statedump/dumper.ts';
import { statedump } from '../statedump/volumes.ts';
import type { AboutServer } from '../statedump/whole.ts';
import type { Connection, Questions } from './control-host.ts';
import { EventStream } from './event-stream.ts';

export interface Telling {
  readonly about: AboutServer;
  readonly reloader: Reloader;
  readonly log: Log;
  /** For statedumps that a signal asks for. */
  readonly folder: RunFolder;
  /** Requests that failed or were slow; undefined where none are kept. */
  readonly notable?: NotableRequests | undefined;
}

export class GraphQuestions {
  readonly dumper: Dumper;
  readonly questions: Questions;
  private readonly counting: Counting;

  constructor(graph: Graph, { about, reloader, log, folder, notable }: Telling) {
    const dumper = new Dumper(graph, about, folder, log);
    const counting = new Counting(graph, about, dumper.ages);
    this.dumper = dumper;
    this.counting = counting;
    this.questions = {
      stats: () => statedump(graph),
      statedump: () => dumper.make(),
      top: () => counting.ask(),
      reload: () => reloader.reload(),
      'reset-stats': () => resetStats(graph),
      trace: (wanted, connection) => trace(graph, wanted as Wanted, connection),
      ...(notable && { notable: () => notable.dump() }),
    };
  }

  close(): void {
    this.counting.close();
    this.dumper.close();
  }
}

/** The names of the volumes that begin to count anew, the top first. */
function resetStats({ xlators }: Graph): string[] {
  const counting = xlators.filter(({ translator }) => translator.reset !== undefined);
  for (const xl of counting) xl.translator.reset!(xl);
  return counting.map(({ name }) => name).reverse();
}

/** The head of a recording, and behind it the events (docs/write/recording.md) until the asker has gone. */
export function trace(graph: Graph, wanted: Wanted, { socket, hold }: Connection): void {
  const stream = new EventStream(socket);
  const end = startRecorder(graph, wanted, (head) => {
    // A head is JSON in one line.
    socket.write(`{"value":${writeHead(head)}}\n`);
    return stream;
  });
  hold(() => {
    end();
    stream.close();
  });
}
