/**
 * Writes a recording in the Trace Event Format (JSON), for ui.perfetto.dev and chrome://tracing.
 *
 * A hop (a request's stay in one volume) is a complete event ('X', microseconds). Events of one
 * thread must nest, but hops overlap: each goes into its parent's *lane* (a numbered thread) if it
 * fits there, else into the first free one, with an arrow (flow, 's' and 'f') from the parent.
 * Other events are instants ('i').
 * Source: "Trace Event Format", the Catapult project.
 */
import type { RecordedValue } from '../../runtime/observe/codec.ts';
import { abbreviateValue, findPath, formatResult } from '../../runtime/observe/event-text.ts';
import type { NonRequestEvent } from '../../runtime/observe/events.ts';
import type { Head } from '../../runtime/observe/format.ts';
import type { RecordedHop, Walk } from '../../runtime/observe/walk.ts';
import { formatOtherEvent } from './event-texts.ts';

/** The number (tid) of the thread of events that belong to no request; lanes have higher ones. */
const OTHER_EVENTS_TID = 0;

/** An event of the Trace Event Format. */
type TraceEvent = Readonly<Record<string, unknown>>;

/** A hop that needs a lane; `endNs` is the time of its unwind, or of the recording's last event. */
interface LaneHop {
  readonly hop: RecordedHop;
  readonly parentHop: RecordedHop | null;
  readonly requestNumber: number;
  readonly endNs: number;
}

/** Generates the text of the file, in pieces. */
export function* generatePerfettoTrace(
  walks: readonly Walk[],
  otherEvents: readonly NonRequestEvent[],
  head: Head,
): Generator<string> {
  const { version, startedAt, filter } = head;
  const metadata = { version, startedAt: new Date(startedAt).toISOString(), filter };
  yield `{"displayTimeUnit":"ns","otherData":${JSON.stringify(metadata)},"traceEvents":[\n`;
  for (const event of generateEvents(walks, otherEvents)) {
    yield `${JSON.stringify({ pid: 1, ...event })},\n`;
  }
  const name = `glossa ${head.volumes.at(-1)?.name ?? ''}`;
  yield `${JSON.stringify({ pid: 1, ...makeMetadataEvent('process_name', OTHER_EVENTS_TID, name) })}\n]}\n`;
}

/** Generates the events. A walk is a recorded request with its hops. */
function* generateEvents(
  walks: readonly Walk[],
  otherEvents: readonly NonRequestEvent[],
): Generator<TraceEvent> {
  const lastNs = walks.reduce((end, { events }) => Math.max(end, events.at(-1)!.at), 0);
  const listLaneHops = (
    hop: RecordedHop,
    parentHop: RecordedHop | null,
    requestNumber: number,
  ): LaneHop[] => [
    { hop, parentHop, requestNumber, endNs: hop.unwind?.at ?? lastNs },
    ...hop.below.flatMap((child) => listLaneHops(child, hop, requestNumber)),
  ];
  const laneHops = walks.flatMap(({ root, request }) => listLaneHops(root, null, request));
  laneHops.sort((a, b) => a.hop.wind.at - b.hop.wind.at);
  const lanes: LaneHop[][] = [];
  const tids = new Map<RecordedHop, number>();
  for (const laneHop of laneHops) {
    const { hop, parentHop } = laneHop;
    const parentTid = parentHop === null ? undefined : tids.get(parentHop);
    const tid = chooseLane(laneHop, lanes, parentTid);
    tids.set(hop, tid);
    yield makeHopEvent(laneHop, tid);
    if (parentTid !== undefined && parentTid !== tid) {
      const flow = { cat: 'wind', name: 'wind', id: hop.wind.hop, ts: toMicroseconds(hop.wind.at) };
      yield { ...flow, ph: 's', tid: parentTid };
      // Binding point 'e': the arrow ends at the event that encloses this time.
      yield { ...flow, ph: 'f', tid, bp: 'e' };
    }
    for (const { at, notes } of hop.notes) {
      yield { ...makeInstantEvent(at, tid, 't'), name: notes.method ?? 'note', args: notes };
    }
  }
  for (const event of otherEvents) {
    yield { ...makeInstantEvent(event.at, OTHER_EVENTS_TID, 'p'), name: formatOtherEvent(event) };
  }
  yield makeMetadataEvent('thread_name', OTHER_EVENTS_TID, 'events and log');
  for (const lane of lanes.keys())
    yield makeMetadataEvent('thread_name', lane + 1, `requests ${lane + 1}`);
}

/**
 * Puts a hop into its parent's lane if it fits there, else into the first free lane. Calls come in
 * the order of the hops' starts.
 * @param lanes pending hops of each lane, the innermost last
 * @param parentTid the parent hop's lane; undefined without a parent
 * @returns the lane's tid, from 1
 */
function chooseLane(laneHop: LaneHop, lanes: LaneHop[][], parentTid: number | undefined): number {
  const { hop, parentHop, endNs } = laneHop;
  for (const lane of lanes) while (lane.length > 0 && lane.at(-1)!.endNs < hop.wind.at) lane.pop();
  const innermost = parentTid === undefined ? undefined : lanes[parentTid - 1]!.at(-1);
  const fitsParentLane = innermost?.hop === parentHop && endNs <= innermost!.endNs;
  const freeLane = lanes.findIndex((lane) => lane.length === 0);
  const laneIndex = fitsParentLane ? parentTid! - 1 : freeLane < 0 ? lanes.push([]) - 1 : freeLane;
  lanes[laneIndex]!.push(laneHop);
  return laneIndex + 1;
}

const toMicroseconds = (ns: number): number => ns / 1e3;

const makeMetadataEvent = (name: string, tid: number, value: string): TraceEvent => ({
  ph: 'M',
  tid,
  name,
  args: { name: value },
});

/** Makes a mark at a time. @param scope the mark's: its thread (t) or the whole process (p) */
const makeInstantEvent = (at: number, tid: number, scope: 't' | 'p'): TraceEvent => ({
  ph: 'i',
  ts: toMicroseconds(at),
  tid,
  s: scope,
});

/** Makes the event of a hop in its lane, with the request's arguments and reply. */
function makeHopEvent(
  { hop: { wind, unwind }, endNs, requestNumber }: LaneHop,
  tid: number,
): TraceEvent {
  const { volume, fop, caller, tail } = wind;
  const path = findPath(wind.args);
  return {
    ph: 'X',
    tid,
    ts: toMicroseconds(wind.at),
    dur: toMicroseconds(endNs) - toMicroseconds(wind.at),
    cat: 'fop',
    name: `${volume}: ${fop}${path === null ? '' : ` ${path}`}`,
    args: {
      request: requestNumber,
      ...(caller === null ? {} : { pid: caller.pid, uid: caller.uid }),
      ...(tail ? { tail } : {}),
      given: formatValues(wind.args),
      answer: unwind === null ? 'none yet' : formatResult(unwind),
      ...(unwind === null ? {} : { reply: formatValues(unwind.reply) }),
    },
  };
}

const formatValues = (values: Readonly<Record<string, RecordedValue>>): object =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, abbreviateValue(value)]));
