/**
 * Plays a recorded volume in a graph: a request of the recording gets its recorded reply. Any other
 * request goes to a storage in memory, to which the recorded changes are applied.
 */

import { type FopRow, findFop } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { fopNames } from '../core/gen/fops.gen.ts';
import { collect, unwindArgs } from '../core/gen/generic.gen.ts';
import { defineTranslator, type Fops, type Translator } from '../core/xlator.ts';
import type { FdSeen, LocSeen, StructSeen } from '../observe/codec.ts';
import type { Values } from '../observe/events.ts';
import type { Objects } from './objects.ts';
import type { Arrival, ReplayedRequest } from './plan.ts';
import { type Answer, recordedArgs } from './recorded-form.ts';
import type { RecordedStorage } from './recorded-storage.ts';

/** A request that arrived at a played volume during the replay. */
export interface PlayedRequest {
  readonly volume: string;
  readonly row: FopRow;
  readonly args: Values;
  /** The recorded request that it matches; null without one. */
  readonly recorded: Arrival | null;
}

/** State that all played volumes share. */
export interface PlayedState {
  readonly others: readonly Arrival[];
  /** The objects of the graph. */
  readonly objects: Objects;
  /** The recorded request of a call. */
  requestOf(call: Stack): ReplayedRequest | undefined;
  /** Called for each request that a replayed request causes. */
  asked(request: ReplayedRequest, asked: PlayedRequest): void;
}

export class PlayedVolume {
  /** The translator of this volume. */
  readonly translator: Translator<unknown>;
  private readonly name: string;
  private readonly storage: RecordedStorage;
  private readonly used = new Set<Arrival>();
  private readonly keys = new WeakMap<Arrival, Keys>();
  /** Set before the graph gets its first request. */
  state!: PlayedState;

  constructor(name: string, storage: RecordedStorage) {
    this.name = name;
    this.storage = storage;
    this.translator = defineTranslator<unknown, Record<string, never>>({
      type: 'replay/recorded',
      description: 'Answers as a volume of a recording did.',
      children: [0, 0],
      options: {},
      fops: this.fops(),
      init: () => null,
    });
  }

  /** Adds a file that existed before the recording began. */
  addFile(path: string, stat: StructSeen): void {
    this.storage.addFile(path, stat);
  }

  private fops(): Fops<unknown> {
    const made = fopNames.map((name) => {
      const row = findFop(name)!;
      return [name, collect[name]((frame, _xl, args) => this.take(row, frame, args))];
    });
    return Object.fromEntries(made) as Fops<unknown>;
  }

  private take(row: FopRow, frame: Frame, args: unknown[]): void {
    const { objects, requestOf, asked, others } = this.state;
    const seen = this.numbered(row, args);
    const request = requestOf(frame.root);
    const keys = keysOf(row, seen);
    const recorded = this.find(request?.asked ?? [], keys) ?? this.find(others, keys);
    if (request !== undefined) asked(request, { volume: this.name, row, args: seen, recorded });
    const answer = (given: Answer): void => {
      const reply = objects.reply(row, given.reply, args);
      unwindArgs[row.name as FopName](frame, given.opRet, given.opErrno, reply);
    };
    // A recorded request without a reply may get one now.
    if (recorded === null || recorded.answer === null) {
      const { uid, gid, pid, lkOwner } = frame.root;
      this.storage.ask(row, seen, { uid, gid, pid, lkOwner, client: 0 }, answer);
      return;
    }
    this.storage.follow(recorded);
    answer(recorded.answer);
  }

  /** The arguments with recorded numbers of open files. */
  private numbered(row: FopRow, args: readonly unknown[]): Values {
    const seen = recordedArgs(row, args);
    const named = row.args.map(({ name, type }, i) => {
      const value = seen[name]!;
      if (type !== 'fd' || value === null) return [name, value];
      const id = this.state.objects.numberOf(args[i] as never);
      return [name, { ...(value as FdSeen), id }];
    });
    return Object.fromEntries(named) as Values;
  }

  /** Finds the first match that is not used yet, and marks it as used. */
  private find(arrivals: readonly Arrival[], { exact, alike }: Keys): Arrival | null {
    const free = arrivals.filter((one) => one.volume === this.name && !this.used.has(one));
    const found =
      free.find((one) => this.keysFor(one).exact === exact) ??
      free.find((one) => this.keysFor(one).alike === alike);
    if (found !== undefined) this.used.add(found);
    return found ?? null;
  }

  private keysFor(arrival: Arrival): Keys {
    let keys = this.keys.get(arrival);
    if (keys === undefined) {
      keys = keysOf(arrival.row, arrival.args);
      this.keys.set(arrival, keys);
    }
    return keys;
  }
}

/** Two requests match when their keys are equal. */
interface Keys {
  /** Includes the number of the open file. */
  readonly exact: string;
  /** Includes the file's gfid instead, as the volume above may have opened the file itself. */
  readonly alike: string;
}

/** The keys of a request, without paths, which are hints, and xdata. */
function keysOf({ name, args }: FopRow, values: Values): Keys {
  const key = (fileOf: (fd: FdSeen) => unknown): string => {
    const parts = args.map(({ name: part, type }): unknown => {
      const value = values[part] ?? null;
      if (value === null || part === 'xdata') return null;
      if (type === 'fd') return fileOf(value as FdSeen);
      if (type !== 'loc') return value;
      const { gfid, pargfid, name: last } = value as LocSeen;
      return [gfid, pargfid, last];
    });
    return JSON.stringify([name, parts]);
  };
  return { exact: key(({ id }) => id), alike: key(({ gfid }) => gfid) };
}
