/**
 * Indexes the hops of a recording in columns: parent, volume, fop, times, errno. This takes little
 * memory and time even for 100,000 requests; `walk` reads the details of one request from its events.
 *
 *   const outline = await readOutline(openRecording(bytes));
 *   for (let i = 0; i < outline.requests.length; i++) outline.walk(i);
 */
import { concatBytes } from '../core/bytes.ts';
import {
  EventReader,
  isOutsideRequests,
  LENGTH_BYTES,
  layoutByKind,
  type NonRequestEvent,
  type RecordedEvent,
  readLength,
  type WindEvent,
} from './events.ts';
import { describeDamage, type Part, type Recording } from './reader.ts';
import { RecordingError, RecordingReader } from './recording-bytes.ts';
import { type Walk, Walks } from './walk.ts';

/** The shortest event: length, kind and time. */
const SHORTEST_EVENT_BYTES = LENGTH_BYTES + 2;
/** The offset that stands for a missing event. */
const NO_EVENT = 0xffff_ffff;
const { wind: WIND, unwind: UNWIND, note: NOTE } = layoutByKind;

/** Columns with one row for each hop, in the order of arrival. */
export class HopColumns {
  /** The number of hops. The columns may be longer. */
  length = 0;
  /** The row of the first hop of each request. */
  readonly firsts: Int32Array;
  /** The row of the hop above; -1 if that was not recorded. */
  readonly parent: Int32Array;
  /** The index in `requests` of the hop's request. */
  readonly request: Int32Array;
  /** The volume's id. */
  readonly volume: Float64Array;
  /** The fop's number. */
  readonly fop: Float64Array;
  /** The time of the wind, in nanoseconds since the recording began. */
  readonly start: Float64Array;
  /** The time of the reply; NaN without a reply. */
  readonly end: Float64Array;
  /** The reply's errno; 0 for a success, or without a reply. */
  readonly errno: Int32Array;

  constructor(capacity: number) {
    this.firsts = new Int32Array(capacity);
    this.parent = new Int32Array(capacity);
    this.request = new Int32Array(capacity);
    this.volume = new Float64Array(capacity);
    this.fop = new Float64Array(capacity);
    this.start = new Float64Array(capacity);
    this.end = new Float64Array(capacity).fill(Number.NaN);
    this.errno = new Int32Array(capacity);
  }
}

/** The index of a recording. */
export class Outline {
  /** The row of the first hop of each request, or of a separate part of one. */
  readonly requests: Int32Array;
  readonly hops: HopColumns;
  /** Events outside of requests, in the order of the recording. */
  readonly others: NonRequestEvent[] = [];
  /** Descriptions of the damaged parts. */
  readonly problems: string[];
  private readonly bytes: Uint8Array;
  private readonly reader: EventReader;
  /** The offsets of each hop's events; `NO_EVENT` without a reply. */
  private readonly windOffsets: Uint32Array;
  private readonly unwindOffsets: Uint32Array;
  private readonly notes: { readonly offset: number; readonly hop: number }[] = [];
  /** The row of each hop by its number in the recording. */
  private readonly rows = new Map<number, number>();

  /** Reads the first fields of all events, once. */
  constructor({ head, count, problems }: Recording, parts: readonly Part[]) {
    this.problems = [...problems];
    this.bytes = concatBytes(parts.map((part) => part.bytes));
    this.reader = new EventReader(head.tables, head.volumes);
    const capacity = Math.min(count, Math.floor(this.bytes.length / SHORTEST_EVENT_BYTES));
    this.hops = new HopColumns(capacity);
    this.windOffsets = new Uint32Array(capacity);
    this.unwindOffsets = new Uint32Array(capacity).fill(NO_EVENT);
    let [offset, requestCount] = [0, 0];
    for (const part of parts) {
      const end = offset + part.bytes.length;
      let readCount = 0;
      try {
        for (; offset < end; readCount++) {
          // Bytes too few for a length are damage, too.
          const next =
            end - offset < LENGTH_BYTES ? end + 1 : offset + readLength(this.bytes, offset);
          if (next > end) throw new RecordingError('it ends within an event');
          // Events without a checksum are checked now, as `walk` reads them later.
          if (!part.checked) this.readEvent(offset);
          requestCount = this.addEvent(offset, next, requestCount);
          offset = next;
        }
      } catch (error) {
        this.problems.push(describeDamage(part, error, readCount));
      }
      offset = end;
    }
    this.requests = this.hops.firsts.subarray(0, requestCount);
  }

  /** Reads a request with all its events. */
  walk(request: number): Walk {
    const { hops, windOffsets, unwindOffsets } = this;
    const walks = new Walks();
    const offsets: number[] = [];
    for (let hop = this.requests[request]!; hop < hops.length; hop++) {
      if (hops.request[hop] !== request) continue;
      offsets.push(windOffsets[hop]!);
      if (unwindOffsets[hop] !== NO_EVENT) offsets.push(unwindOffsets[hop]!);
    }
    for (const { offset, hop } of this.notes)
      if (hops.request[hop] === request) offsets.push(offset);
    for (const offset of offsets.sort((a, b) => a - b)) walks.add(this.readEvent(offset)!);
    return walks.walks[0]!;
  }

  /** Reads the wind event of a hop. */
  wind(hop: number): WindEvent {
    return this.readEvent(this.windOffsets[hop]!) as WindEvent;
  }

  /** Finds the name of a volume by its id. */
  volume(id: number): string {
    return this.reader.findVolumeName(id);
  }

  /** Reads the event at an offset; undefined for an unknown kind. */
  private readEvent(offset: number): RecordedEvent | undefined {
    const end = offset + readLength(this.bytes, offset);
    const [event] = this.reader.read(this.bytes.subarray(offset, end));
    return event;
  }

  /** Adds an event, and returns the number of requests so far. @throws {RecordingError} */
  private addEvent(offset: number, end: number, requestCount: number): number {
    const input = new RecordingReader(this.bytes, offset + LENGTH_BYTES, end);
    const kind = input.readByte();
    const time = input.readUint();
    if (kind === WIND.number) return this.addWind(input, offset, time, requestCount);
    if (kind === UNWIND.number) this.addUnwind(input, offset, time);
    else if (kind === NOTE.number) {
      const hop = this.rows.get(input.readUint());
      if (hop !== undefined) this.notes.push({ offset, hop });
    } else {
      // Other events are few, so they are read whole.
      const event = this.readEvent(offset);
      if (event !== undefined && isOutsideRequests(event)) this.others.push(event);
    }
    return requestCount;
  }

  /** Adds a hop, and returns the number of requests so far. */
  private addWind(
    input: RecordingReader,
    offset: number,
    time: number,
    requestCount: number,
  ): number {
    const { hops, rows } = this;
    const id = input.readUint();
    // A hop's number is unique: a second wind with it is damage, which `walk.ts` ignores, too.
    if (rows.has(id)) return requestCount;
    const hop = hops.length;
    const parent = rows.get(input.readUint()) ?? -1;
    // Skips the request's serial number.
    input.readUint();
    hops.volume[hop] = input.readUint();
    hops.fop[hop] = input.readUint();
    hops.parent[hop] = parent;
    hops.start[hop] = time;
    hops.request[hop] = parent === -1 ? requestCount : hops.request[parent]!;
    if (parent === -1) hops.firsts[requestCount] = hop;
    this.windOffsets[hop] = offset;
    rows.set(id, hop);
    hops.length += 1;
    return parent === -1 ? requestCount + 1 : requestCount;
  }

  /** Adds the end and the errno of a hop. */
  private addUnwind(input: RecordingReader, offset: number, time: number): void {
    const hop = this.rows.get(input.readUint());
    if (hop === undefined) return;
    for (let i = 0; i < FIELDS_BEFORE_RET; i++) input.readUint();
    const opRet = input.readNumber();
    const opErrno = input.readNumber();
    this.hops.end[hop] = time;
    this.hops.errno[hop] = opRet < 0 ? opErrno : 0;
    this.unwindOffsets[hop] = offset;
  }
}

/** The number of fields between hop and op_ret: request, volume and fop. */
const FIELDS_BEFORE_RET = 3;

/** Reads all parts of a recording, and indexes them. */
export async function readOutline(recording: Recording): Promise<Outline> {
  const parts: Part[] = [];
  for await (const part of recording.parts()) parts.push(part);
  return new Outline(recording, parts);
}
