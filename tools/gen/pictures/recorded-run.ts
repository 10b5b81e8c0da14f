/**
 * Records what several programs ask of one volume: their calls, which the run adds, and their requests, as they arrive
 * at the top of the graph (`docs/write/recording.md`). Time stands still, so that each run gives the same events.
 */
import {
  makeTrafficRecorder,
  type TrafficRecorder,
} from '../../../apps/playground/play/traffic.ts';
import { TestContext } from '../../../bridges/testing/test-context.ts';
import { Volume } from '../../../runtime/api/volume.ts';
import type { Graph } from '../../../runtime/core/graph.ts';
import { WARNING } from '../../../runtime/core/log.ts';
import { VirtualClock } from '../../../runtime/core/virtual-clock.ts';
import type { RecordedEvent, UnwindEvent, WindEvent } from '../../../runtime/observe/events.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { makeGraph } from '../../../runtime/volfile/make-graph.ts';
import { Registry } from '../../../runtime/volfile/registry.ts';
import { Source } from '../../../runtime/volfile/source.ts';
import { readVolfile } from '../../../runtime/volfile/volfile.ts';
import { translators } from '../../../runtime/xlators/registry.gen.ts';

/** Bytes recorded of a value, more than the record of a lock has. */
const DATA_BYTES_MAX = 4096;
/** Turns of the event loop without a request after which each program waits for another one. */
const IDLE_TURNS = 20;

/** A call of a program, its result, or a note about the program. */
export interface Mark {
  readonly kind: 'call' | 'result' | 'note';
  /** Number of the program, from 1. */
  readonly program: number;
  readonly text: string;
}

/** An arrival of a request at the top. */
export interface Request {
  readonly kind: 'request';
  readonly program: number;
  readonly wind: WindEvent;
  /** Null if the run ended before. */
  readonly unwind: UnwindEvent | null;
  /** Whether another request arrived before the reply. */
  readonly isLate: boolean;
}

/** The reply of a request that was late. */
interface LateReply {
  readonly kind: 'reply';
  readonly program: number;
  readonly request: Request;
}

export type RunEvent = Mark | Request | LateReply;

export const isMark = (event: RunEvent): event is Mark =>
  event.kind === 'call' || event.kind === 'result' || event.kind === 'note';

const refuseWarning = (text: string): never => {
  throw new Error(text);
};

export class RecordedRun {
  private readonly graph: Graph;
  private traffic: TrafficRecorder;
  private stopRecording: () => void;
  /** Each with the number of recorded events before it. */
  private marks: { readonly mark: Mark; readonly at: number }[] = [];

  private constructor(graph: Graph) {
    this.graph = graph;
    this.traffic = this.makeRecorder();
    this.stopRecording = graph.observe(this.traffic.recorder);
  }

  /** Starts the graph of a volfile. @param file its name in messages */
  static async start(file: string, text: string): Promise<RecordedRun> {
    const { description } = readVolfile(new Source(file, text));
    const types = description.volumes.map(({ type }) => type.text as keyof typeof translators);
    const loaded = await Promise.all(types.map((type) => translators[type]()));
    const registry = new Registry(loaded.map((module) => module.default as never));
    const settings = { baseDir: '/', strict: true, warn: refuseWarning };
    const context = new TestContext(new VirtualClock(), settings, () => {});
    const levels = { default: WARNING, volumes: new Map() };
    const graph = makeGraph(description, registry, context, levels);
    await graph.start();
    return new RecordedRun(graph);
  }

  /** Opens the volume for a program, counted from 1. */
  openVolume(program: number): Volume {
    return Volume.fromGraph(this.graph, { pid: program });
  }

  /** Runs a call of a program, until it has ended or waits for another program. */
  async call(program: number, text: string, run: () => Promise<string>): Promise<void> {
    this.mark('call', program, text);
    void run().then(
      (result) => this.mark('result', program, result),
      (error: NodeJS.ErrnoException) => this.mark('result', program, error.code ?? error.message),
    );
    await this.awaitIdle();
  }

  /** Adds a line to the events. */
  mark(kind: Mark['kind'], program: number, text: string): void {
    this.marks.push({ mark: { kind, program, text }, at: this.countEvents() });
  }

  /** Returns the events since the last such call, or since the start. */
  async takeEvents(): Promise<RunEvent[]> {
    this.stopRecording();
    const { traffic, marks } = this;
    this.marks = [];
    this.traffic = this.makeRecorder();
    this.stopRecording = this.graph.observe(this.traffic.recorder);
    return mergeEvents(traffic.toBytes(), marks);
  }

  async stop(): Promise<void> {
    this.stopRecording();
    await this.graph.stop();
  }

  private makeRecorder(): TrafficRecorder {
    const { top } = this.graph;
    return makeTrafficRecorder(
      this.graph,
      (volumes) => volumes.filter(({ id }) => id === top.id),
      DATA_BYTES_MAX,
    );
  }

  private countEvents(): number {
    return openRecording(this.traffic.toBytes()).count;
  }

  private async awaitIdle(): Promise<void> {
    let count = -1;
    for (let idleTurns = 0; idleTurns < IDLE_TURNS; idleTurns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const newCount = this.countEvents() + this.marks.length;
      if (newCount !== count) idleTurns = 0;
      count = newCount;
    }
  }
}

/** Merges the requests of a recording with marks. */
async function mergeEvents(
  bytes: Uint8Array,
  marks: readonly { readonly mark: Mark; readonly at: number }[],
): Promise<RunEvent[]> {
  const recorded: RecordedEvent[] = [];
  for await (const event of openRecording(bytes).events()) recorded.push(event);
  const requests = new Map<number, Request>();
  const takeMarks = (at: number): RunEvent[] =>
    marks.filter((mark) => mark.at === at).map(({ mark }) => mark);
  const events = recorded.flatMap((event, at): RunEvent[] => {
    const before = takeMarks(at);
    if (event.kind === 'wind') {
      const rest = recorded.slice(at + 1);
      const replyAt = rest.findIndex((other) => other.kind === 'unwind' && other.hop === event.hop);
      const request: Request = {
        kind: 'request',
        program: event.caller!.pid,
        wind: event,
        unwind: replyAt < 0 ? null : (rest[replyAt] as UnwindEvent),
        isLate: replyAt < 0 || rest.slice(0, replyAt).some(({ kind }) => kind === 'wind'),
      };
      requests.set(event.hop, request);
      return [...before, request];
    }
    const request = event.kind === 'unwind' ? requests.get(event.hop) : undefined;
    if (request === undefined || !request.isLate) return before;
    return [...before, { kind: 'reply', program: request.program, request }];
  });
  return [...events, ...takeMarks(recorded.length)];
}
