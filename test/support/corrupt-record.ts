/** Corrupts a record at random, reproducibly. */
import { below, type Random } from '../../apps/bench/engine/random.ts';
import { framed, type Mangled, type Mangler, type Way } from './faulty-connection.ts';

type Spoil = (record: Uint8Array, random: Random) => Mangled;

const noise = (random: Random, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, () => below(random, 256));

/** The last part of nothing, with more to come: it may never end. */
const EMPTY_PART = Buffer.alloc(4);

const spoils: Readonly<Record<string, Spoil>> = {
  cut: () => null,
  'cut inside': (record, random) => [framed(record).subarray(0, 1 + below(random, record.length))],
  'shorter than it says': (record, random) => [
    framed(record.subarray(0, below(random, record.length)), record.length),
  ],
  'cut short': (record, random) => [framed(record.subarray(0, below(random, record.length)))],
  'too long': (record, random) => [framed(Buffer.concat([record, noise(random, 400)]))],
  oversized: (record, random) => [framed(record, 0x7fff_ffff - below(random, 1 << 30))],
  spoiled(record, random) {
    const spoiled = record.slice();
    for (let left = 1 + below(random, 8); left > 0; left--) {
      spoiled[below(random, spoiled.length)] = below(random, 256);
    }
    return [framed(spoiled)];
  },
  garbage: (_record, random) => [noise(random, 1 + below(random, 500))],
  'framed garbage': (_record, random) => [framed(noise(random, below(random, 500)))],
  twice: (record) => [framed(record), framed(record)],
  lost: () => [],
  'in parts of nothing': (record) => [...new Array<Buffer>(300).fill(EMPTY_PART), framed(record)],
};

export const kinds: readonly string[] = Object.keys(spoils);

export interface Spoiling {
  readonly random: Random;
  /** On which way. */
  readonly way: Way;
  /** Which of `kinds`; without it, any. */
  readonly kinds?: readonly string[];
  /** The number of records that pass unchanged first, as those of the handshake. */
  readonly first: number;
  /** Told of each. */
  spoiled(kind: string): void;
  cut(): void;
}

/** Milliseconds for records in transit, before the connection is cut. */
const AFTERWARDS_MS = 15;

/** Corrupts one record of a connection, and cuts the connection a little later. */
export function spoiling(settings: Spoiling): Mangler {
  const { random, way } = settings;
  const among = settings.kinds ?? kinds;
  let until = settings.first + below(random, 12);
  let isDone = false;
  return (record, at) => {
    until -= at === way ? 1 : 0;
    if (at !== way || until > 0 || isDone) return [framed(record)];
    isDone = true;
    setTimeout(settings.cut, AFTERWARDS_MS);
    const kind = among[below(random, among.length)]!;
    settings.spoiled(kind);
    return spoils[kind]!(record, random);
  };
}
