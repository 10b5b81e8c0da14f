/**
 * A volume that the recording plays: what it was asked then it answers as it did then; what it was
 * not asked, a storage in memory answers, which has done all the same.
 */

import { type FopRow, findFop } from '../core/fops.ts';
import type { Frame, Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { fopNames } from '../core/gen/fops.gen.ts';
import { collect, unwindArgs } from '../core/gen/generic.gen.ts';
import { defineTranslator, type Fops, type Translator } from '../core/xlator.ts';
import type { Values } from '../observe/events.ts';
import type { FdSeen, LocSeen, StructSeen } from '../observe/values.ts';
import type { Objects } from './objects.ts';
import type { Arrival, Replayed } from './plan.ts';
import { type Answer, argsSeen } from './seen.ts';
import type { RecordedStorage } from './storage.ts';

/** What a volume was asked now. */
export interface AskedNow {
  readonly volume: string;
  readonly row: FopRow;
  readonly args: Values;
  /** What it was asked then; null where that was something else. */
  readonly recorded: Arrival | null;
}

/** What the volumes that are played share. */
export interface Playing {
  readonly others: readonly Arrival[];
  /** Of the graph. */
  readonly objects: Objects;
  /** Which request of the recording it is. */
  requestOf(call: Stack): Replayed | undefined;
  /** Told of all that came of a request. */
  asked(request: Replayed, asked: AskedNow): void;
}

export class PlayedVolume {
  /** Its record, for a graph. */
  readonly translator: Translator<unknown>;
  private readonly name: string;
  private readonly storage: RecordedStorage;
  private readonly used = new Set<Arrival>();
  private readonly keys = new WeakMap<Arrival, Keys>();
  /** Set before the graph gets its first request. */
  playing!: Playing;

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

  /** It had this before anything was recorded. */
  knew(path: string, stat: StructSeen): void {
    this.storage.knew(path, stat);
  }

  private fops(): Fops<unknown> {
    const made = fopNames.map((name) => {
      const row = findFop(name)!;
      return [name, collect[name]((frame, _xl, args) => this.take(row, frame, args))];
    });
    return Object.fromEntries(made) as Fops<unknown>;
  }

  private take(row: FopRow, frame: Frame, args: unknown[]): void {
    const { objects, requestOf, asked, others } = this.playing;
    const seen = this.numbered(row, args);
    const request = requestOf(frame.root);
    const keys = keysOf(row, seen);
    const recorded = this.find(request?.asked ?? [], keys) ?? this.find(others, keys);
    if (request !== undefined) asked(request, { volume: this.name, row, args: seen, recorded });
    const answer = (given: Answer): void => {
      const reply = objects.reply(row, given.reply, args);
      unwindArgs[row.name as FopName](frame, given.opRet, given.opErrno, reply);
    };
    // What was never answered then might be now.
    if (recorded === null || recorded.answer === null) {
      const { uid, gid, pid, lkOwner } = frame.root;
      this.storage.ask(row, seen, { uid, gid, pid, lkOwner, client: 0 }, answer);
      return;
    }
    this.storage.follow(recorded);
    answer(recorded.answer);
  }

  /** The arguments, with the recording's numbers for open files. */
  private numbered(row: FopRow, args: readonly unknown[]): Values {
    const seen = argsSeen(row, args);
    const named = row.args.map(({ name, type }, i) => {
      const value = seen[name]!;
      if (type !== 'fd' || value === null) return [name, value];
      const id = this.playing.objects.numberOf(args[i] as never);
      return [name, { ...(value as FdSeen), id }];
    });
    return Object.fromEntries(named) as Values;
  }

  /** The first that fits, of those that were not taken yet. */
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

/** By what two requests are the same: they ask for the same. */
interface Keys {
  /** Also by the same open file. */
  readonly exact: string;
  /** By a file that the volume above may have opened for itself. */
  readonly alike: string;
}

/** Paths are hints, and xdata are between volumes. */
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
