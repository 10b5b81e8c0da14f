/**
 * Plays a recorded volume in a graph. A request that the recording has gets its recorded reply. Any
 * other request goes to a storage in memory, to which the recorded changes are applied.
 */

import { type FopRow, findFop } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { fopNames } from '../core/gen/fops.gen.ts';
import { collect, unwindArgs } from '../core/gen/generic.gen.ts';
import { defineTranslator, type Fops, type Translator } from '../core/xlator.ts';
import type { RecordedFd, RecordedLoc, RecordedStruct } from '../observe/codec.ts';
import type { Values } from '../observe/events.ts';
import type { Arrival, ReplayedRequest } from './plan.ts';
import { type RecordedReply, toRecordedArgs } from './recorded-form.ts';
import type { RecordedStorage } from './recorded-storage.ts';
import type { ReplayObjects } from './replay-objects.ts';

/** A request that arrived at a played volume during the replay. */
export interface PlayedRequest {
  readonly volume: string;
  readonly row: FopRow;
  readonly args: Values;
  /** The recorded request that this one matches; null without a match. */
  readonly recorded: Arrival | null;
}

/** State that all played volumes share. */
export interface PlayedState {
  /** Recorded requests that no replayed request caused. */
  readonly unattributedArrivals: readonly Arrival[];
  /** Maps recorded inodes and files to those of the graph. */
  readonly objects: ReplayObjects;
  /** Finds the replayed request that has this call stack. */
  findRequest(call: Stack): ReplayedRequest | undefined;
  /** Called for each request that a replayed request causes. */
  noteRequest(request: ReplayedRequest, played: PlayedRequest): void;
}

/** A recorded volume as a translator of the replayed graph. */
export class PlayedVolume {
  /** The translator of this volume. */
  readonly translator: Translator<unknown>;
  private readonly name: string;
  private readonly storage: RecordedStorage;
  /** The recorded arrivals that a request of this replay has matched. */
  private readonly usedArrivals = new Set<Arrival>();
  private readonly keysByArrival = new WeakMap<Arrival, MatchKeys>();
  /** The shared state; set before the graph gets its first request. */
  state!: PlayedState;

  constructor(name: string, storage: RecordedStorage) {
    this.name = name;
    this.storage = storage;
    this.translator = defineTranslator<unknown, Record<string, never>>({
      type: 'replay/recorded',
      description: 'Answers as a volume of a recording did.',
      children: [0, 0],
      options: {},
      fops: this.makeFops(),
      init: () => null,
    });
  }

  /** Adds a file that existed before the recording began. */
  addFile(path: string, stat: RecordedStruct): void {
    this.storage.addFile(path, stat);
  }

  /** Makes a fop of each kind that calls `handleRequest`. */
  private makeFops(): Fops<unknown> {
    const entries = fopNames.map((name) => {
      const row = findFop(name)!;
      return [name, collect[name]((frame, _xl, args) => this.handleRequest(row, frame, args))];
    });
    return Object.fromEntries(entries) as Fops<unknown>;
  }

  /** Replies to a request as recorded; without a recorded reply, the storage replies. */
  private handleRequest(row: FopRow, frame: Frame, args: unknown[]): void {
    const { objects, findRequest, noteRequest, unattributedArrivals } = this.state;
    const recordedArgs = this.convertArgs(row, args);
    const request = findRequest(frame.root);
    const keys = makeKeys(row, recordedArgs);
    const recorded =
      this.takeMatch(request?.causedRequests ?? [], keys) ??
      this.takeMatch(unattributedArrivals, keys);
    if (request !== undefined)
      noteRequest(request, { volume: this.name, row, args: recordedArgs, recorded });
    const sendReply = (recordedReply: RecordedReply): void => {
      const reply = objects.makeReply(row, recordedReply.values, args);
      unwindArgs[row.name as FopName](frame, recordedReply.opRet, recordedReply.opErrno, reply);
    };
    // The recording lacks the request, or ended before its reply, so the storage replies.
    if (recorded === null || recorded.reply === null) {
      const { uid, gid, pid, lkOwner } = frame.root;
      this.storage.sendRequest(row, recordedArgs, { uid, gid, pid, lkOwner, client: 0 }, sendReply);
      return;
    }
    this.storage.applyArrival(recorded);
    sendReply(recorded.reply);
  }

  /** Converts arguments to the form of a recording, with the recorded numbers of open files. */
  private convertArgs(row: FopRow, args: readonly unknown[]): Values {
    const recordedArgs = toRecordedArgs(row, args);
    const entries = row.args.map(({ name, type }, i) => {
      const value = recordedArgs[name]!;
      if (type !== 'fd' || value === null) return [name, value];
      const id = this.state.objects.findRecordedNumber(args[i] as never);
      return [name, { ...(value as RecordedFd), id }];
    });
    return Object.fromEntries(entries) as Values;
  }

  /** Finds the first match that is not used yet, and marks it as used. */
  private takeMatch(
    arrivals: readonly Arrival[],
    { byFdNumber, byGfid }: MatchKeys,
  ): Arrival | null {
    const unusedArrivals = arrivals.filter(
      (arrival) => arrival.volume === this.name && !this.usedArrivals.has(arrival),
    );
    const match =
      unusedArrivals.find((arrival) => this.getKeys(arrival).byFdNumber === byFdNumber) ??
      unusedArrivals.find((arrival) => this.getKeys(arrival).byGfid === byGfid);
    if (match !== undefined) this.usedArrivals.add(match);
    return match ?? null;
  }

  /** Returns the keys of a recorded arrival, which are made once. */
  private getKeys(arrival: Arrival): MatchKeys {
    let keys = this.keysByArrival.get(arrival);
    if (keys === undefined) {
      keys = makeKeys(arrival.row, arrival.args);
      this.keysByArrival.set(arrival, keys);
    }
    return keys;
  }
}

/** Keys of a request: two requests match if one of their keys is equal. */
interface MatchKeys {
  /** Identifies an open file by its number. */
  readonly byFdNumber: string;
  /** Identifies an open file by its gfid: a volume above may have opened the file itself, so numbers may differ. */
  readonly byGfid: string;
}

/** Makes the keys of a request. Paths, which are only hints, and xdata are omitted. */
function makeKeys({ name, args }: FopRow, values: Values): MatchKeys {
  const makeKey = (selectFilePart: (fd: RecordedFd) => unknown): string => {
    const parts = args.map(({ name: part, type }): unknown => {
      const value = values[part] ?? null;
      if (value === null || part === 'xdata') return null;
      if (type === 'fd') return selectFilePart(value as RecordedFd);
      if (type !== 'loc') return value;
      const { gfid, pargfid, name: lastName } = value as RecordedLoc;
      return [gfid, pargfid, lastName];
    });
    return JSON.stringify([name, parts]);
  };
  return { byFdNumber: makeKey(({ id }) => id), byGfid: makeKey(({ gfid }) => gfid) };
}
