/**
 * A recording in the Trace Event Format (JSON), which ui.perfetto.dev and chrome://tracing show.
 *
 * A hop is a complete event ('X', times in microseconds). Events of one thread have to lie within each
 * other, but requests overlap, and so may those that came of one hop: each goes into the first *lane*, a
 * thread with a number alone, in which nothing is in its way. Where a hop is in another lane than the one
 * it came from, an arrow (flow, 's' and 'f') leads to it. What is no request is an instant ('i').
 *
 * Source: "Trace Event Format", the Catapult project.
 */
import { logLevelNames } from '../../runtime/core/log.ts';
import type { Head } from '../../runtime/observe/format.ts';
import type { OtherEvent } from '../../runtime/observe/outline.ts';
import type { ValueSeen } from '../../runtime/observe/read-values.ts';
import type { HopSeen, Walk } from '../../runtime/observe/walk.ts';
import { answerInShort, inShort, pathOf } from './words.ts';

/** There is one process. */
const PID = 1;
/** The thread of events that are no requests; lanes follow. */
const OTHERS = 0;

interface Placed {
  readonly hop: HopSeen;
  readonly above: HopSeen | null;
  readonly request: number;
}

type Event = Readonly<Record<string, unknown>>;

/** The file, in pieces. */
export function* perfettoText(
  walks: readonly Walk[],
  others: readonly OtherEvent[],
  head: Head,
): Generator<string> {
  const { version, startedAt, filter } = head;
  const about = { version, startedAt: new Date(startedAt).toISOString(), filter };
  yield `{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  let separator = '';
  for (const event of traceEvents(walks, others, head)) {
    yield `${separator}${JSON.stringify({ pid: PID, ...event })}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

function* traceEvents(
  walks: readonly Walk[],
  others: readonly OtherEvent[],
  head: Head,
): Generator<Event> {
  const placed: Placed[] = [];
  for (const { root, request } of walks) collect(root, null, request, placed);
  placed.sort((a, b) => a.hop.wind.at - b.hop.wind.at);
  let last = 0;
  for (const { hop } of placed) last = Math.max(last, hop.unwind?.at ?? hop.wind.at);
  const lanes = new Lanes();
  for (const { hop, above, request } of placed) {
    const end = hop.unwind?.at ?? last;
    const from = above === null ? undefined : lanes.of(above);
    const tid = lanes.place(hop, above, end);
    yield hopEvent(hop, end, request, tid);
    if (from !== undefined && from !== tid) yield* arrow(hop, from, tid);
    for (const { at, notes } of hop.notes) {
      yield { ...instant(at, tid, 't'), name: notes.method ?? 'note', args: notes };
    }
  }
  for (const event of others) yield otherEvent(event);
  yield named('process_name', OTHERS, `glossa ${head.volumes.at(-1)?.name ?? ''}`);
  yield named('thread_name', OTHERS, 'events and log');
  for (let tid = 1; tid <= lanes.count; tid++) yield named('thread_name', tid, `requests ${tid}`);
}

function collect(hop: HopSeen, above: HopSeen | null, request: number, placed: Placed[]): void {
  placed.push({ hop, above, request });
  for (const child of hop.below) collect(child, hop, request, placed);
}

/** A thread in the file: what is under way in it, the last within all others. */
interface Lane {
  readonly tid: number;
  readonly open: { readonly hop: HopSeen; readonly end: number }[];
}

/** Hops come in the order of their beginnings. */
class Lanes {
  private readonly lanes: Lane[] = [];
  private readonly tids = new Map<HopSeen, number>();

  get count(): number {
    return this.lanes.length;
  }

  /** The lane that a hop was placed in. */
  of(hop: HopSeen): number | undefined {
    return this.tids.get(hop);
  }

  place(hop: HopSeen, above: HopSeen | null, end: number): number {
    const lane = this.within(hop, above, end) ?? this.free(hop.wind.at);
    lane.open.push({ hop, end });
    this.tids.set(hop, lane.tid);
    return lane.tid;
  }

  /** The lane of the hop that it came from, if it fits in there. */
  private within(hop: HopSeen, above: HopSeen | null, end: number): Lane | undefined {
    const tid = above === null ? undefined : this.tids.get(above);
    if (tid === undefined) return undefined;
    const lane = this.lanes[tid - 1]!;
    drop(lane, hop.wind.at);
    const around = lane.open.at(-1);
    return around?.hop === above && end <= around!.end ? lane : undefined;
  }

  private free(at: number): Lane {
    for (const lane of this.lanes) {
      drop(lane, at);
      if (lane.open.length === 0) return lane;
    }
    const lane: Lane = { tid: this.lanes.length + 1, open: [] };
    this.lanes.push(lane);
    return lane;
  }
}

/** What has ended is in nobody's way. */
function drop({ open }: Lane, at: number): void {
  while (open.length > 0 && open.at(-1)!.end < at) open.pop();
}

const micros = (ns: number): number => ns / 1e3;

const named = (name: string, tid: number, value: string): Event => ({
  ph: 'M',
  tid,
  name,
  args: { name: value },
});

const instant = (at: number, tid: number, scope: 't' | 'p') => ({
  ph: 'i',
  ts: micros(at),
  tid,
  s: scope,
});

function hopEvent({ wind, unwind }: HopSeen, end: number, request: number, tid: number): Event {
  const { volume, fop, caller, tail } = wind;
  const path = pathOf(wind.args);
  return {
    ph: 'X',
    tid,
    ts: micros(wind.at),
    dur: micros(end) - micros(wind.at),
    cat: 'fop',
    name: `${volume}: ${fop}${path === null ? '' : ` ${path}`}`,
    args: {
      request,
      ...(caller === null ? {} : { pid: caller.pid, uid: caller.uid }),
      ...(tail ? { tail } : {}),
      given: words(wind.args),
      answer: unwind === null ? 'none yet' : answerInShort(unwind),
      ...(unwind === null ? {} : { reply: words(unwind.reply) }),
    },
  };
}

const words = (values: Readonly<Record<string, ValueSeen>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, inShort(value)]));

function arrow({ wind }: HopSeen, from: number, to: number): Event[] {
  const flow = { cat: 'wind', name: 'wind', id: wind.hop, ts: micros(wind.at) };
  return [
    { ...flow, ph: 's', tid: from },
    { ...flow, ph: 'f', tid: to, bp: 'e' },
  ];
}

function otherEvent(event: OtherEvent): Event {
  const at = instant(event.at, OTHERS, 'p');
  if (event.kind === 'lost') return { ...at, name: 'not recorded', args: { why: event.why } };
  if (event.kind === 'notify') {
    return { ...at, name: `${event.volume}: ${event.event}`, args: event.about };
  }
  const { volume, level, text, file, line } = event;
  const name = `${volume}: ${logLevelNames[level] ?? level}`;
  return { ...at, name, args: { text, file, line } };
}
