/**
 * The outline of a recording: who asked whom, when, and how it ended, in columns. It takes little
 * memory and time also where there are 100 000 requests; what a request was in detail is read from its
 * events when somebody looks at it.
 *
 *   const outline = await readOutline(openRecording(bytes));
 *   for (let i = 0; i < outline.requests.length; i++) outline.walk(i);
 */
import { joined } from '../core/bytes.ts';
import { Input, RecordingError } from './bytes.ts';
import {
  KIND,
  type LogEvent,
  type LostEvent,
  type NotifyEvent,
  type RecordedEvent,
  type WindEvent,
} from './events.ts';
import { EventReader } from './read-events.ts';
import { damageOf, type Part, type Recording } from './reader.ts';
import { type Walk, Walks } from './walk.ts';
import { LENGTH_BYTES, lengthAt } from './write-events.ts';

/** No event takes fewer bytes: its length, kind and time. */
const EVENT_BYTES_MIN = LENGTH_BYTES + 2;
/** An event that is not there. */
const NOWHERE = 0xffff_ffff;

/** What is no request. */
export type OtherEvent = NotifyEvent | LogEvent | LostEvent;

export const isOther = (event: RecordedEvent): event is OtherEvent =>
  event.kind === 'notify' || event.kind === 'log' || event.kind === 'lost';

export class Outline {
  /** Place of the first hop of each request, or part of one. */
  readonly requests: Int32Array;
  readonly hops: HopColumns;
  readonly others: readonly OtherEvent[];
  /** What could not be read. */
  readonly problems: readonly string[];
  private readonly events: Events;

  constructor(scan: Scan, problems: readonly string[]) {
    const { columns, roots, events } = scan;
    this.hops = columns;
    this.requests = columns.firsts.subarray(0, roots);
    this.others = scan.others;
    this.problems = problems;
    this.events = events;
  }

  /** A request with all that was recorded of it. */
  walk(request: number): Walk {
    const { hops, events } = this;
    const walks = new Walks();
    const first = this.requests[request]!;
    const places: number[] = [];
    for (let hop = first; hop < hops.length; hop++) {
      if (hops.request[hop] !== request) continue;
      places.push(events.winds[hop]!);
      if (events.unwinds[hop] !== NOWHERE) places.push(events.unwinds[hop]!);
    }
    events.noteHops.forEach((hop, i) => {
      if (hops.request[hop] === request) places.push(events.notes[i]!);
    });
    for (const place of places.sort((a, b) => a - b)) walks.add(events.read(place)!);
    return walks.walks[0]!;
  }

  /** The arrival of a hop. */
  wind(hop: number): WindEvent {
    return this.events.read(this.events.winds[hop]!) as WindEvent;
  }

  /** The name of a volume, by its id. */
  volume(id: number): string {
    return this.events.reader.volume(id);
  }
}

/** Where in the bytes the events are. */
class Events {
  readonly bytes: Uint8Array;
  readonly reader: EventReader;
  readonly winds: Uint32Array;
  readonly unwinds: Uint32Array;
  /** Where each note is, and the place of its hop. */
  readonly notes: number[] = [];
  readonly noteHops: number[] = [];

  constructor(bytes: Uint8Array, reader: EventReader, most: number) {
    this.bytes = bytes;
    this.reader = reader;
    this.winds = new Uint32Array(most);
    this.unwinds = new Uint32Array(most).fill(NOWHERE);
  }

  /** The event that begins at `at`; undefined where its kind is not known. */
  read(at: number): RecordedEvent | undefined {
    const [event] = this.reader.read(this.bytes.subarray(at, at + lengthAt(this.bytes, at)));
    return event;
  }
}

/** Hops in the order of their arrival in the recording; a hop's number here is its place. */
export class HopColumns {
  /** The number of hops. The columns may be longer. */
  length = 0;
  /** Place of the first hop of each request. */
  readonly firsts: Int32Array;
  /** Place of the hop that it came from; -1 where that was not seen. */
  readonly parent: Int32Array;
  /** The index in `requests` of its request. */
  readonly request: Int32Array;
  /** As in the events. */
  readonly volume: Float64Array;
  /** By number. */
  readonly fop: Float64Array;
  /** Nanoseconds since the recording began. */
  readonly start: Float64Array;
  /** NaN while it waits. */
  readonly end: Float64Array;
  /** 0 where it did not fail, or waits. */
  readonly errno: Int32Array;

  constructor(most: number) {
    this.firsts = new Int32Array(most);
    this.parent = new Int32Array(most);
    this.request = new Int32Array(most);
    this.volume = new Float64Array(most);
    this.fop = new Float64Array(most);
    this.start = new Float64Array(most);
    this.end = new Float64Array(most).fill(Number.NaN);
    this.errno = new Int32Array(most);
  }
}

/** Goes through all events once, and reads of each what it says first. */
class Scan {
  readonly events: Events;
  readonly columns: HopColumns;
  readonly others: OtherEvent[] = [];
  roots = 0;
  private readonly places = new Map<number, number>();

  constructor(bytes: Uint8Array, reader: EventReader, most: number) {
    this.events = new Events(bytes, reader, most);
    this.columns = new HopColumns(most);
  }

  /** @throws {RecordingError} */
  add(at: number, end: number): void {
    const { bytes } = this.events;
    const input = new Input(bytes, at + LENGTH_BYTES, end);
    const kind = input.byte();
    const time = input.uint();
    if (kind === KIND.wind) this.wind(input, at, time);
    else if (kind === KIND.unwind) this.unwind(input, at, time);
    else if (kind === KIND.note) {
      const hop = this.places.get(input.uint());
      if (hop === undefined) return;
      this.events.notes.push(at);
      this.events.noteHops.push(hop);
    } else this.other(at);
  }

  private wind(input: Input, at: number, time: number): void {
    const { columns, places } = this;
    const id = input.uint();
    // A number that was there before is damage (`walk.ts`).
    if (places.has(id)) return;
    const hop = columns.length;
    const parent = places.get(input.uint()) ?? -1;
    input.uint();
    columns.volume[hop] = input.uint();
    columns.fop[hop] = input.uint();
    columns.parent[hop] = parent;
    columns.start[hop] = time;
    if (parent === -1) {
      columns.firsts[this.roots] = hop;
      columns.request[hop] = this.roots;
      this.roots += 1;
    } else columns.request[hop] = columns.request[parent]!;
    this.events.winds[hop] = at;
    places.set(id, hop);
    columns.length += 1;
  }

  private unwind(input: Input, at: number, time: number): void {
    const hop = this.places.get(input.uint());
    if (hop === undefined) return;
    for (let i = 0; i < WORDS_BEFORE_RET; i++) input.uint();
    const opRet = input.number();
    const opErrno = input.number();
    this.columns.end[hop] = time;
    this.columns.errno[hop] = opRet < 0 ? opErrno : 0;
    this.events.unwinds[hop] = at;
  }

  /** Few: they are read as a whole. */
  private other(at: number): void {
    const event = this.events.read(at);
    if (event !== undefined && isOther(event)) this.others.push(event);
  }
}

/** Request, volume and fop. */
const WORDS_BEFORE_RET = 3;

export async function readOutline(recording: Recording): Promise<Outline> {
  const parts: Part[] = [];
  for await (const part of recording.parts()) parts.push(part);
  const problems = [...recording.problems];
  const bytes = joined(parts.map((part) => part.bytes));
  const most = Math.min(recording.count, Math.floor(bytes.length / EVENT_BYTES_MIN));
  const { tables, volumes } = recording.head;
  const scan = new Scan(bytes, new EventReader(tables, volumes), most);
  let at = 0;
  for (const part of parts) {
    const end = at + part.bytes.length;
    let read = 0;
    try {
      for (; at < end; read++) {
        const next = end - at < LENGTH_BYTES ? end + 1 : at + lengthAt(bytes, at);
        if (next > end) throw new RecordingError('it ends within an event');
        // What is read later has to be whole.
        if (!part.checked) scan.events.read(at);
        scan.add(at, next);
        at = next;
      }
    } catch (error) {
      problems.push(damageOf(part, error, read));
    }
    at = end;
  }
  return new Outline(scan, problems);
}
