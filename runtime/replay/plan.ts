/**
 * Plans a replay from a recording: the requests that arrived at one volume, their replies, and the
 * requests that each caused at the played volumes.
 */
import { nameLength } from '../core/bytes.ts';
import { type FopRow, findFop } from '../core/fops.ts';
import type { Gfid } from '../core/gfid.ts';
import type {
  RecordedEntry,
  RecordedList,
  RecordedStruct,
  RecordedValue,
} from '../observe/codec.ts';
import { formatCall } from '../observe/event-text.ts';
import type {
  Caller,
  RecordedEvent,
  RecordedVolume,
  Values,
  WindEvent,
} from '../observe/events.ts';
import type { Head } from '../observe/format.ts';
import type { Recording } from '../observe/reader.ts';
import { TEXT_MAX } from '../observe/recording-bytes.ts';
import type { RecordedReply } from './recorded-form.ts';

/** Thrown if a recording cannot be replayed. The message has the reason and the remedy. */
export class ReplayError extends Error {
  readonly code = 'GLOSSA_REPLAY';

  constructor(message: string) {
    super(message);
    this.name = 'ReplayError';
  }
}

/** A recorded fop that arrived at a volume. */
export interface Arrival {
  readonly volume: string;
  /** The fop's row in the table of fops. */
  readonly row: FopRow;
  readonly args: Values;
  readonly caller: Caller;
  /** The reply; null if the recording ended before it. */
  reply: RecordedReply | null;
}

/** A request that is sent again. */
export interface ReplayedRequest extends Arrival {
  /** The request's number among the replayed ones, from 1 on. */
  readonly number: number;
  /** The time of the wind, in nanoseconds since the recording began. */
  readonly atNs: number;
  /** The requests that this one caused at the played volumes, in order. */
  readonly causedRequests: Arrival[];
}

/** An event to repeat, in the order of the recording: a request is sent, or its reply arrives. */
export interface ReplayStep {
  /** The time of the event, in nanoseconds since the recording began. */
  readonly atNs: number;
  readonly request: ReplayedRequest;
  readonly isReply: boolean;
}

/** The requests to send, and the recorded facts that a replay needs besides. */
export interface Plan {
  readonly requests: readonly ReplayedRequest[];
  readonly steps: readonly ReplayStep[];
  /** The first recorded attributes of each file, by its gfid. */
  readonly attributes: ReadonlyMap<Gfid, RecordedStruct>;
  /** Fops that arrived at played volumes and belong to no replayed request. */
  readonly unattributedArrivals: readonly Arrival[];
}

/** The volumes of a replay. */
export interface ReplayRoles {
  /** The volume whose requests are sent. */
  readonly volume: string;
  /** The volumes that reply as recorded. */
  readonly played: readonly string[];
}

/** The caller of requests whose hop with the caller was not recorded. */
export const UNKNOWN_CALLER: Caller = { uid: 0, gid: 0, pid: 0, lkOwner: '', client: 0 };

/** Finds a volume of the recording. @throws {ReplayError} for an unknown name */
export function findVolume({ volumes }: Head, name: string): RecordedVolume {
  const match = volumes.find((volume) => volume.name === name);
  if (match !== undefined) return match;
  const names = volumes.map((volume) => volume.name).join(', ');
  throw new ReplayError(`it has no volume '${name}': its volumes are ${names}`);
}

/** Makes the plan of a replay. @throws {ReplayError} for a recording that cannot be replayed */
export async function makePlan(recording: Recording, roles: ReplayRoles): Promise<Plan> {
  const { head } = recording;
  if (head.redacted) throw new ReplayError('names and contents are hidden in it (--redact)');
  if (!head.whole) {
    const remedy = "'glossa record' makes one that has all a replay needs";
    throw new ReplayError(`it is filtered or shortened: ${remedy}`);
  }
  for (const name of [roles.volume, ...roles.played]) findVolume(head, name);
  const planner = new Planner(roles);
  for await (const event of recording.events()) planner.add(event);
  const [problem] = recording.problems;
  if (problem !== undefined) throw new ReplayError(`it is damaged: ${problem}`);
  if (planner.requests.length === 0) {
    throw new ReplayError(`no request arrived at the volume '${roles.volume}' in it`);
  }
  return planner;
}

/** A hop whose unwind event was not read yet. */
interface PlannedHop {
  readonly caller: Caller;
  /** The replayed request that caused the hop, or is the hop itself; null without one. */
  readonly request: ReplayedRequest | null;
  /** The arrival at the replayed volume or at a played one; null at any other volume. */
  readonly arrival: Arrival | null;
}

/** Makes a plan from the events of a recording, read in order. */
class Planner implements Plan {
  readonly requests: ReplayedRequest[] = [];
  readonly steps: ReplayStep[] = [];
  readonly unattributedArrivals: Arrival[] = [];
  readonly attributes = new Map<Gfid, RecordedStruct>();
  private readonly hops = new Map<number, PlannedHop>();
  private readonly roles: ReplayRoles;

  constructor(roles: ReplayRoles) {
    this.roles = roles;
  }

  /** Adds an event. @throws {ReplayError} if an event is missing, or a value was cut */
  add(event: RecordedEvent): void {
    if (event.kind === 'lost') throw new ReplayError(`something is missing in it: ${event.why}`);
    if (event.kind === 'wind') this.addWind(event);
    if (event.kind !== 'unwind') return;
    const { arrival, request } = this.hops.get(event.hop) ?? {};
    this.hops.delete(event.hop);
    if (arrival === null || arrival === undefined) return;
    failIfCut(arrival, event.reply);
    const { opRet, opErrno, reply } = event;
    arrival.reply = { opRet, opErrno, values: reply };
    for (const stat of findAttributes(arrival.reply)) {
      const gfid = stat.iaGfid as Gfid;
      if (!this.attributes.has(gfid)) this.attributes.set(gfid, stat);
    }
    if (arrival === request) this.steps.push({ atNs: event.at, request, isReply: true });
  }

  /** Adds a hop, and its arrival if the hop is at the replayed volume or a played one. */
  private addWind(event: WindEvent): void {
    const parentHop = this.hops.get(event.parent);
    const caller = event.caller ?? parentHop?.caller ?? UNKNOWN_CALLER;
    const { volume, played } = this.roles;
    const isRequest = event.volume === volume;
    const arrival = isRequest || played.includes(event.volume) ? makeArrival(event, caller) : null;
    let request = parentHop?.request ?? null;
    if (isRequest) {
      const number = this.requests.length + 1;
      // One object is the arrival and the request, so that both have the reply.
      request = Object.assign(arrival!, {
        number,
        atNs: event.at,
        causedRequests: [],
      }) as ReplayedRequest;
      this.requests.push(request);
      this.steps.push({ atNs: event.at, request, isReply: false });
    } else if (arrival !== null)
      (request?.causedRequests ?? this.unattributedArrivals).push(arrival);
    this.hops.set(event.hop, { caller, request, arrival });
  }
}

/** Finds the attributes of all files in a reply. */
export function findAttributes({ values }: RecordedReply): RecordedStruct[] {
  return Object.values(values).flatMap((value) => {
    if (typeof value !== 'object' || value === null) return [];
    if ('iaGfid' in value) return [value as RecordedStruct];
    if (!('items' in value)) return [];
    const { items } = value as RecordedList<Partial<RecordedEntry> | null>;
    return items.flatMap((entry) => (entry?.stat ? [entry.stat] : []));
  });
}

/** Makes the arrival of a wind. @throws {ReplayError} for an unknown fop, or a cut argument */
function makeArrival({ volume, fop, args }: WindEvent, caller: Caller): Arrival {
  const row = findFop(fop);
  if (row === undefined) throw new ReplayError(`it has a fop '${fop}', which is unknown here`);
  const arrival: Arrival = { volume, row, args, caller, reply: null };
  failIfCut(arrival, args);
  return arrival;
}

/** Checks recorded values. @throws {ReplayError} if one was cut: the replayed request would differ */
function failIfCut({ row, args }: Arrival, values: Values): void {
  const cutEntry = Object.entries(values).find(([, value]) => isCut(value));
  if (cutEntry === undefined) return;
  const subject = `'${cutEntry[0]}' of ${formatCall(row.name, args)}`;
  throw new ReplayError(`${subject} was cut in it: record with a larger --data-max`);
}

/** Whether a recorded value was cut to the recording's limits. */
function isCut(value: RecordedValue): boolean {
  if (typeof value === 'string') return value.length > TEXT_MAX && value.endsWith('…');
  if (typeof value !== 'object' || value === null) return false;
  if ('items' in value && Array.isArray(value.items)) {
    if (value.items.length < Number(value.count)) return true;
    return value.items.some((item) => item !== null && isCut(item.value ?? item.dict ?? null));
  }
  return 'head' in value && nameLength(String(value.head)) < Number(value.length);
}
