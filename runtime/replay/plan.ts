/**
 * What is to be replayed of a recording: the requests that arrived at one volume, with the answers
 * that they got, and what came of each at the volumes that the recording plays.
 */
import { nameLength } from '../core/bytes.ts';
import { type FopRow, findFop } from '../core/fops.ts';
import type { Gfid } from '../core/gfid.ts';
import { TEXT_MAX } from '../observe/bytes.ts';
import { callInWords } from '../observe/event-text.ts';
import type { Caller, RecordedEvent, Values, VolumeSeen, WindEvent } from '../observe/events.ts';
import type { Head } from '../observe/format.ts';
import type { Recording } from '../observe/reader.ts';
import type { EntrySeen, ListSeen, StructSeen, ValueSeen } from '../observe/values.ts';
import type { Answer } from './seen.ts';

/** A recording cannot be replayed. The message is a sentence that says what to do. */
export class ReplayError extends Error {
  readonly code = 'GLOSSA_REPLAY';

  constructor(message: string) {
    super(message);
    this.name = 'ReplayError';
  }
}

/** A fop that arrived at a volume. */
export interface Arrival {
  readonly volume: string;
  readonly row: FopRow;
  readonly args: Values;
  readonly caller: Caller;
  /** Null where there was none before the recording ended. */
  answer: Answer | null;
}

/** One that is replayed. */
export interface Replayed extends Arrival {
  /** Its place among them, from 1 on. */
  readonly number: number;
  /** Nanoseconds since the recording began. */
  readonly at: number;
  /** What came of it at the volumes that are played, in order. */
  readonly asked: Arrival[];
}

/** In the order in which it happened: a request began, or was answered. */
export interface Step {
  readonly at: number;
  readonly request: Replayed;
  readonly isAnswer: boolean;
}

export interface Plan {
  readonly requests: readonly Replayed[];
  readonly steps: readonly Step[];
  /** What answers first said of each object, by its gfid. */
  readonly attributes: ReadonlyMap<Gfid, StructSeen>;
  /** What arrived at volumes that are played, and came of no request here. */
  readonly others: readonly Arrival[];
}

/** What a recording is replayed as. */
export interface Roles {
  /** Requests that arrived here are sent. */
  readonly volume: string;
  /** These answer as they did. */
  readonly played: readonly string[];
}

export const NOBODY: Caller = { uid: 0, gid: 0, pid: 0, lkOwner: '', client: 0 };

/** A volume of the recording. @throws {ReplayError} when there is none of that name */
export function volumeIn({ volumes }: Head, name: string): VolumeSeen {
  const found = volumes.find((volume) => volume.name === name);
  if (found !== undefined) return found;
  const names = volumes.map((volume) => volume.name).join(', ');
  throw new ReplayError(`it has no volume '${name}': its volumes are ${names}`);
}

/** @throws {ReplayError} when something is missing in it */
export async function planOf(recording: Recording, roles: Roles): Promise<Plan> {
  const { head } = recording;
  if (head.redacted) throw new ReplayError('names and contents are hidden in it (--redact)');
  if (!head.whole) {
    const fix = "'glossa record' makes one that has all a replay needs";
    throw new ReplayError(`it was made for looking at, and has not every request: ${fix}`);
  }
  for (const name of [roles.volume, ...roles.played]) volumeIn(head, name);
  const planner = new Planner(roles);
  for await (const event of recording.events()) planner.add(event);
  const [problem] = recording.problems;
  if (problem !== undefined) throw new ReplayError(`it is damaged: ${problem}`);
  if (planner.requests.length === 0) {
    throw new ReplayError(`no request arrived at the volume '${roles.volume}' in it`);
  }
  return planner;
}

/** What is kept of a hop until all are read. */
interface Hop {
  readonly caller: Caller;
  /** The request that it came from, or is. */
  readonly request: Replayed | null;
  readonly arrival: Arrival | null;
}

class Planner implements Plan {
  readonly requests: Replayed[] = [];
  readonly steps: Step[] = [];
  readonly others: Arrival[] = [];
  readonly attributes = new Map<Gfid, StructSeen>();
  private readonly hops = new Map<number, Hop>();
  private readonly roles: Roles;

  constructor(roles: Roles) {
    this.roles = roles;
  }

  add(event: RecordedEvent): void {
    if (event.kind === 'lost') throw new ReplayError(`something is missing in it: ${event.why}`);
    if (event.kind === 'wind') this.addWind(event);
    if (event.kind !== 'unwind') return;
    const { arrival, request } = this.hops.get(event.hop) ?? {};
    this.hops.delete(event.hop);
    if (arrival === null || arrival === undefined) return;
    refuseCut(arrival, event.reply);
    const { opRet, opErrno, reply } = event;
    arrival.answer = { opRet, opErrno, reply };
    for (const stat of toldBy(arrival.answer)) {
      const gfid = stat.iaGfid as Gfid;
      if (!this.attributes.has(gfid)) this.attributes.set(gfid, stat);
    }
    if (arrival === request) this.steps.push({ at: event.at, request, isAnswer: true });
  }

  private addWind(event: WindEvent): void {
    const above = this.hops.get(event.parent);
    const caller = event.caller ?? above?.caller ?? NOBODY;
    const { volume, played } = this.roles;
    const isRequest = event.volume === volume;
    const arrival = isRequest || played.includes(event.volume) ? arrivalOf(event, caller) : null;
    let request = above?.request ?? null;
    if (isRequest) {
      const number = this.requests.length + 1;
      // It is one object from the beginning, so that its answer is found by either.
      request = Object.assign(arrival!, { number, at: event.at, asked: [] }) as Replayed;
      this.requests.push(request);
      this.steps.push({ at: event.at, request, isAnswer: false });
    } else if (arrival !== null) (request?.asked ?? this.others).push(arrival);
    this.hops.set(event.hop, { caller, request, arrival });
  }
}

/** The attributes of all objects that an answer tells of. */
export function toldBy({ reply }: Answer): StructSeen[] {
  return Object.values(reply).flatMap((value) => {
    if (typeof value !== 'object' || value === null) return [];
    if ('iaGfid' in value) return [value as StructSeen];
    if (!('items' in value)) return [];
    const { items } = value as ListSeen<Partial<EntrySeen> | null>;
    return items.flatMap((entry) => (entry?.stat ? [entry.stat] : []));
  });
}

function arrivalOf({ volume, fop, args }: WindEvent, caller: Caller): Arrival {
  const row = findFop(fop);
  if (row === undefined) throw new ReplayError(`it has a fop '${fop}', which is none here`);
  const arrival: Arrival = { volume, row, args, caller, answer: null };
  refuseCut(arrival, args);
  return arrival;
}

function refuseCut({ row, args }: Arrival, values: Values): void {
  const cut = Object.entries(values).find(([, value]) => isCut(value));
  if (cut === undefined) return;
  const what = `'${cut[0]}' of ${callInWords(row.name, args)}`;
  throw new ReplayError(`${what} was cut in it: record with a larger --data-max`);
}

/** Whether not all of a value was kept. */
function isCut(value: ValueSeen): boolean {
  if (typeof value === 'string') return value.length > TEXT_MAX && value.endsWith('…');
  if (typeof value !== 'object' || value === null) return false;
  if ('items' in value && Array.isArray(value.items)) {
    if (value.items.length < Number(value.count)) return true;
    return value.items.some((item) => item !== null && isCut(item.value ?? item.dict ?? null));
  }
  return 'head' in value && nameLength(String(value.head)) < Number(value.length);
}
