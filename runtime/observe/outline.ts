/**
 * Indexes the hops of a recording in columns: parent, volume, fop, times, errno. It takes little
 * memory and time for 100,000 requests; `walk` reads the details of a request from its events.
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

/** The shortest event: length, kind and time. */
const EVENT_BYTES_MIN = LENGTH_BYTES + 2;
/** The offset of a missing event. */
const NOWHERE = 0xffff_ffff;
const { wind: WIND, unwind: UNWIND, note: NOTE } = layoutOf;

/** Columns with one row for each hop, in the order of arrival. */
export class HopColumns {
  /** The number of hops. The columns may be longer. */
  length = 0;
  /** The row of the first hop of each request. */
  readonly firsts: Int32Array;
  /** The row of the hop above; -1 if that was not recorded. */
  readonly parent: Int32Array;
  /** The index in `requests` of its request. */
  readonly request: Int32Array;
  /** The volume's id. */
  readonly volume: Float64Array;
  /** The fop's number. */
  readonly fop: Float64Array;
  /** Nanoseconds since the recording began. */
  readonly start: Float64Array;
  /** NaN without a reply. */
  readonly end: Float64Array;
  /** 0 for a success, or without a reply. */
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
  /** The row of the first hop of each request, or of a separate part of one. */
  readonly requests: Int32Array;
  readonly hops: HopColumns;
  readonly others: OtherEvent[] = [];
  /** Descriptions of the damaged parts. */
  readonly problems: string[];
  private readonly bytes: Uint8Array;
  private readonly reader: EventReader;
  /** The offsets of each hop's events. */
  private readonly winds: Uint32Array;
  private readonly unwinds: Uint32Array;
  private readonly notes: { readonly at: number; readonly hop: number }[] = [];
  /** The row of each hop by its number in the recording. */
  private readonly places = new Map<number, number>();

  /** Reads the first fields of all events, once. */
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
          // Events without a checksum are checked now, as `walk` reads them later.
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

  /** A request with all its events. */
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

  /** The wind event of a hop. */
  wind(hop: number): WindEvent {
    return this.read(this.winds[hop]!) as WindEvent;
  }

  /** The name of a volume by its id. */
  volume(id: number): string {
    return this.reader.volume(id);
  }

  /** The event at `at`; undefined for an unknown kind. */
  private read(at: number): RecordedEvent | undefined {
    const [event] = this.reader.read(this.bytes.subarray(at, at + lengthAt(this.bytes, at)));
    return event;
  }

  /** Adds an event, and returns the number of requests so far. @throws {RecordingError} */
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
      // Other events are few, so they are read whole.
      const event = this.read(at);
      if (event !== undefined && isOther(event)) this.others.push(event);
    }
    return roots;
  }

  private addWind(input: Input, at: number, time: number, roots: number): number {
    const { hops, places } = this;
    const id = input.uint();
    // A repeated number is damage (`walk.ts`).
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

/** The fields before op_ret: request, volume and fop. */
const WORDS_BEFORE_RET = 3;

export async function readOutline(recording: Recording): Promise<Outline> {
  const parts: Part[] = [];
  for await (const part of recording.parts()) parts.push(part);
  return new Outline(recording, parts);
}
