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
  EventReader,
  isOther,
  LENGTH_BYTES,
  layoutOf,
  lengthAt,
  type OtherEvent,
  type RecordedEvent,
  type WindEvent,
} from './events.ts';
import { damageOf, type Part, type Recording } from './reader.ts';
import { type Walk, Walks } from './walk.ts';

/** No event takes fewer bytes: its length, kind and time. */
const EVENT_BYTES_MIN = LENGTH_BYTES + 2;
/** An event that is not there. */
const NOWHERE = 0xffff_ffff;
const { wind: WIND, unwind: UNWIND, note: NOTE } = layoutOf;

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

export class Outline {
  /** Place of the first hop of each request, or part of one. */
  readonly requests: Int32Array;
  readonly hops: HopColumns;
  readonly others: OtherEvent[] = [];
  /** The unread part. */
  readonly problems: string[];
  private readonly bytes: Uint8Array;
  private readonly reader: EventReader;
  /** Where in the bytes each hop's events are. */
  private readonly winds: Uint32Array;
  private readonly unwinds: Uint32Array;
  private readonly notes: { readonly at: number; readonly hop: number }[] = [];
  /** By the hops' numbers in the recording. */
  private readonly places = new Map<number, number>();

  /** Goes through all events once, and reads of each what it says first. */
  constructor({ head, count, problems }: Recording, parts: readonly Part[]) {
    this.problems = [...problems];
    this.bytes = joined(parts.map((part) => part.bytes));
    this.reader = new EventReader(head.tables, head.volumes);
    const most = Math.min(count, Math.floor(this.bytes.length / EVENT_BYTES_MIN));
    this.hops = new HopColumns(most);
    this.winds = new Uint32Array(most);
    this.unwinds = new Uint32Array(most).fill(NOWHERE);
    let [at, roots] = [0, 0];
    for (const part of parts) {
      const end = at + part.bytes.length;
      let read = 0;
      try {
        for (; at < end; read++) {
          const next = end - at < LENGTH_BYTES ? end + 1 : at + lengthAt(this.bytes, at);
          if (next > end) throw new RecordingError('it ends within an event');
          // What is read later has to be whole.
          if (!part.checked) this.read(at);
          roots = this.add(at, next, roots);
          at = next;
        }
      } catch (error) {
        this.problems.push(damageOf(part, error, read));
      }
      at = end;
    }
    this.requests = this.hops.firsts.subarray(0, roots);
  }

  /** A request with all that was recorded of it. */
  walk(request: number): Walk {
    const { hops, winds, unwinds } = this;
    const walks = new Walks();
    const places: number[] = [];
    for (let hop = this.requests[request]!; hop < hops.length; hop++) {
      if (hops.request[hop] !== request) continue;
      places.push(winds[hop]!);
      if (unwinds[hop] !== NOWHERE) places.push(unwinds[hop]!);
    }
    for (const { at, hop } of this.notes) if (hops.request[hop] === request) places.push(at);
    for (const place of places.sort((a, b) => a - b)) walks.add(this.read(place)!);
    return walks.walks[0]!;
  }

  /** The arrival of a hop. */
  wind(hop: number): WindEvent {
    return this.read(this.winds[hop]!) as WindEvent;
  }

  /** The name of a volume, by its id. */
  volume(id: number): string {
    return this.reader.volume(id);
  }

  /** The event that begins at `at`; undefined where its kind is not known. */
  private read(at: number): RecordedEvent | undefined {
    const [event] = this.reader.read(this.bytes.subarray(at, at + lengthAt(this.bytes, at)));
    return event;
  }

  /** How many requests there are with this event. @throws {RecordingError} */
  private add(at: number, end: number, roots: number): number {
    const input = new Input(this.bytes, at + LENGTH_BYTES, end);
    const kind = input.byte();
    const time = input.uint();
    if (kind === WIND.number) return this.addWind(input, at, time, roots);
    if (kind === UNWIND.number) this.addUnwind(input, at, time);
    else if (kind === NOTE.number) {
      const hop = this.places.get(input.uint());
      if (hop !== undefined) this.notes.push({ at, hop });
    } else {
      // Few: they are read as a whole.
      const event = this.read(at);
      if (event !== undefined && isOther(event)) this.others.push(event);
    }
    return roots;
  }

  private addWind(input: Input, at: number, time: number, roots: number): number {
    const { hops, places } = this;
    const id = input.uint();
    // A number that was there before is damage (`walk.ts`).
    if (places.has(id)) return roots;
    const hop = hops.length;
    const parent = places.get(input.uint()) ?? -1;
    input.uint();
    hops.volume[hop] = input.uint();
    hops.fop[hop] = input.uint();
    hops.parent[hop] = parent;
    hops.start[hop] = time;
    hops.request[hop] = parent === -1 ? roots : hops.request[parent]!;
    if (parent === -1) hops.firsts[roots] = hop;
    this.winds[hop] = at;
    places.set(id, hop);
    hops.length += 1;
    return parent === -1 ? roots + 1 : roots;
  }

  private addUnwind(input: Input, at: number, time: number): void {
    const hop = this.places.get(input.uint());
    if (hop === undefined) return;
    for (let i = 0; i < WORDS_BEFORE_RET; i++) input.uint();
    const opRet = input.number();
    const opErrno = input.number();
    this.hops.end[hop] = time;
    this.hops.errno[hop] = opRet < 0 ? opErrno : 0;
    this.unwinds[hop] = at;
  }
}

/** Request, volume and fop. */
const WORDS_BEFORE_RET = 3;

export async function readOutline(recording: Recording): Promise<Outline> {
  const parts: Part[] = [];
  for await (const part of recording.parts()) parts.push(part);
  return new Outline(recording, parts);
}
