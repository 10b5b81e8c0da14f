/** Corrupts a record at random, reproducibly. */
import { drawBelow, type Random } from '../../apps/bench/engine/random.ts';
import {
  type Direction,
  frameRecord,
  type MangledRecord,
  type Mangler,
} from './faulty-connection.ts';

type Corruption = (record: Uint8Array, random: Random) => MangledRecord;

const makeNoise = (random: Random, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, () => drawBelow(random, 256));

/** The last part of nothing, with more to come: it may never end. */
const EMPTY_PART = Buffer.alloc(4);

const corruptions: Readonly<Record<string, Corruption>> = {
  cut: () => null,
  'cut inside': (record, random) => [
    frameRecord(record).subarray(0, 1 + drawBelow(random, record.length)),
  ],
  'shorter than it says': (record, random) => [
    frameRecord(record.subarray(0, drawBelow(random, record.length)), record.length),
  ],
  'cut short': (record, random) => [
    frameRecord(record.subarray(0, drawBelow(random, record.length))),
  ],
  'too long': (record, random) => [frameRecord(Buffer.concat([record, makeNoise(random, 400)]))],
  oversized: (record, random) => [frameRecord(record, 0x7fff_ffff - drawBelow(random, 1 << 30))],
  spoiled(record, random) {
    const spoiled = record.slice();
    for (let left = 1 + drawBelow(random, 8); left > 0; left--) {
      spoiled[drawBelow(random, spoiled.length)] = drawBelow(random, 256);
    }
    return [frameRecord(spoiled)];
  },
  garbage: (_record, random) => [makeNoise(random, 1 + drawBelow(random, 500))],
  'framed garbage': (_record, random) => [frameRecord(makeNoise(random, drawBelow(random, 500)))],
  twice: (record) => [frameRecord(record), frameRecord(record)],
  lost: () => [],
  'in parts of nothing': (record) => [
    ...new Array<Buffer>(300).fill(EMPTY_PART),
    frameRecord(record),
  ],
};

export const kinds: readonly string[] = Object.keys(corruptions);

export interface CorruptionSettings {
  readonly random: Random;
  /** On which way. */
  readonly direction: Direction;
  /** One of `kinds`; undefined for a random one. */
  readonly kinds?: readonly string[];
  /** The number of records that pass unchanged first, as those of the handshake. */
  readonly first: number;
  /** Called with the kind of each corruption. */
  onCorrupt(kind: string): void;
  cut(): void;
}

/** Milliseconds for records in transit, before the connection is cut. */
const AFTERWARDS_MS = 15;

/** Corrupts one record of a connection, and cuts the connection a little later. */
export function corruptOneRecord(settings: CorruptionSettings): Mangler {
  const { random, direction } = settings;
  const candidates = settings.kinds ?? kinds;
  let recordsLeft = settings.first + drawBelow(random, 12);
  let isDone = false;
  return (record, at) => {
    recordsLeft -= at === direction ? 1 : 0;
    if (at !== direction || recordsLeft > 0 || isDone) return [frameRecord(record)];
    isDone = true;
    setTimeout(settings.cut, AFTERWARDS_MS);
    const kind = candidates[drawBelow(random, candidates.length)]!;
    settings.onCorrupt(kind);
    return corruptions[kind]!(record, random);
  };
}
