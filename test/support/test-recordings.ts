/** Recordings of graphs that tests make. */
import { unwind, wind } from '../../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { defineTranslator } from '../../runtime/core/xlator.ts';
import type { EventStore } from '../../runtime/observe/event-store.ts';
import type { RecordedEvent, UnwindEvent, WindEvent } from '../../runtime/observe/events.ts';
import { type FilterSettings, makeFilter } from '../../runtime/observe/filter.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { makeHead } from '../../runtime/observe/head.ts';
import { HiddenNames } from '../../runtime/observe/hidden-names.ts';
import { MemoryRecording } from '../../runtime/observe/memory-recording.ts';
import { openRecording } from '../../runtime/observe/reader.ts';
import { Recorder } from '../../runtime/observe/recorder.ts';
import type { FakeContext } from './core.ts';

export interface RecordSettings {
  readonly filter?: FilterSettings;
  readonly redact?: boolean;
  readonly dataMax?: number;
}

const makeRetention = ({ redact = false, dataMax = 32 }: RecordSettings) => ({
  dataMax,
  hidden: redact ? new HiddenNames() : null,
});

export const makeTestHead = ({ xlators }: Graph, settings: RecordSettings = {}): Head =>
  makeHead(xlators, {
    version: '0',
    startedAt: 0,
    filter: null,
    seesAll: true,
    retention: makeRetention(settings),
  });

/** Lets a recorder observe the graph, and write to `store`; the result ends that. */
export function observe(
  graph: Graph,
  store: EventStore,
  settings: RecordSettings = {},
): () => void {
  const names = graph.xlators.map(({ name }) => name);
  const filter = makeFilter(settings.filter ?? {}, names);
  const now = () => (graph.context as FakeContext).time;
  const ids = graph.xlators.map(({ id }) => id);
  const retention = makeRetention(settings);
  return graph.observe(new Recorder(store, { filter, retention, now, startedAt: now() }, ids));
}

/** Records the graph into memory. */
export function record(graph: Graph, settings: RecordSettings = {}): MemoryRecording {
  const recording = new MemoryRecording(makeTestHead(graph, settings));
  observe(graph, recording, settings);
  return recording;
}

/** All events of a recording that has nothing wrong. */
export async function readEvents(bytes: Uint8Array): Promise<RecordedEvent[]> {
  const recording = openRecording(bytes);
  const events: RecordedEvent[] = [];
  for await (const event of recording.events()) events.push(event);
  if (recording.problems.length > 0) throw new Error(recording.problems.join('\n'));
  return events;
}

export const onlyWinds = (events: readonly RecordedEvent[]): WindEvent[] =>
  events.filter((event) => event.kind === 'wind');
export const onlyUnwinds = (events: readonly RecordedEvent[]): UnwindEvent[] =>
  events.filter((event) => event.kind === 'unwind');

/** `> fop volume` and `< fop volume ret errno`, in order. */
export const abbreviate = (events: readonly RecordedEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.kind === 'wind') return [`> ${event.fop} ${event.volume}`];
    if (event.kind !== 'unwind') return [];
    return [`< ${event.fop} ${event.volume} ${event.opRet} ${event.opErrno}`];
  });

/** A translator that writes notes into a recording, as bridges do: before its wind, and after. */
export const makeNotingTranslator = (before: string, after?: string) =>
  defineTranslator<null, Record<string, never>>({
    type: 'test/noting',
    description: 'Tells of itself.',
    children: [1, 1],
    options: {},
    fops: {
      lookup: (frame, xl, loc, xdata) => {
        xl.observer?.addNotes(frame, { method: before });
        wind.lookup(
          frame,
          0,
          (up, _cookie, _xl, ...reply) => {
            if (after !== undefined) xl.observer?.addNotes(up, { method: after });
            unwind.lookup(up, ...reply);
          },
          xl.children[0]!,
          loc,
          xdata,
        );
      },
    },
    init: () => null,
  });
