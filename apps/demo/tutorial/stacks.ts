/** What the tutorial searches through: the printed stack, without a cache and with one in two languages. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import type { PlainVolume } from '../../../runtime/volfile/description.ts';
import { printVolumes } from '../../../runtime/volfile/print.ts';
import { counterVolume, delayVolume } from '../../bench/run/bricks.ts';

export interface TutorialStack {
  readonly name: 'baseline' | 'native' | 'python' | 'python-kernel';
  /** As the table calls it. */
  readonly title: string;
  /** What it is, for people. */
  readonly what: string;
  /** Of examples/tutorial. */
  readonly volfile: string;
  /** Options of the volfile's volumes that differ, as --xlator-option takes them. */
  readonly options: readonly string[];
  /** What one search took in the talk; null: it had none. */
  readonly talkMs: number | null;
}

/** The folder of the volfiles, from the package's own. */
export const FOLDER = 'examples/tutorial';

/**
 * In the order in which they run. Source of the times: Jeff Darcy, GlusterFS Translators Almost Live
 * Tutorial (2012).
 */
export const stacks: readonly TutorialStack[] = [
  {
    name: 'baseline',
    title: 'no cache',
    what: 'the printed stack',
    volfile: 'original.vol',
    options: [],
    talkMs: 7.357,
  },
  {
    name: 'native',
    title: 'native',
    what: 'with the cache of absent names, here in TypeScript, there in C',
    volfile: 'negative.vol',
    options: [],
    talkMs: 1.095,
  },
  {
    name: 'python',
    title: 'Python',
    what: 'with the cache in Python',
    volfile: 'python.vol',
    options: [],
    talkMs: 1.286,
  },
  {
    name: 'python-kernel',
    title: 'Python + kernel',
    what: 'the same, and Python tells the kernel how long a name stays absent',
    volfile: 'python.vol',
    options: ['test-negative.kernel-timeout=1h'],
    talkMs: null,
  },
];

/** Where the volfile is that was printed, or would have been. */
export const printed = ({ volfile }: Pick<TutorialStack, 'volfile'>): string =>
  join(packageRoot, FOLDER, volfile);

const clients = [0, 1].map((at) => ({ client: `test-client-${at}`, at }));
const wireOf = (at: number): string => `test-wire-${at}`;

/** The volumes at which what is sent to bricks is counted. */
export const counted = clients.map(({ at }) => wireOf(at));

/**
 * The text of a volfile, with volumes above one of its own: what was above that is above the last of
 * them.
 */
function withAbove(text: string, name: string, above: readonly PlainVolume[]): string {
  const places = above.map((volume, at) => ({
    ...volume,
    subvolumes: [at === 0 ? name : above[at - 1]!.name],
  }));
  return text
    .replace(/^( *subvolumes )(.*)$/gm, (_, key: string, names: string) => {
      const known = names.split(' ').map((it) => (it === name ? above.at(-1)!.name : it));
      return key + known.join(' ');
    })
    .replace(
      new RegExp(`^volume ${name}\n[^]*?^end-volume\n`, 'm'),
      (own) => `${own}\n${printVolumes(places)}`,
    );
}

/** The text of a printed volfile, with what is sent counted, and kept for so long before it is. */
export function measurable(text: string, delayMs: number): string {
  return clients.reduce((known, { client, at }) => {
    const way = delayMs === 0 ? [] : [delayVolume(`test-way-${at}`, delayMs)];
    return withAbove(known, client, [...way, counterVolume(wireOf(at))]);
  }, text);
}

/** The volfile to measure with, made at `path`. */
export function writeMeasurable(stack: TutorialStack, path: string, delayMs: number): string {
  writeFileSync(path, measurable(readFileSync(printed(stack), 'utf8'), delayMs));
  return path;
}
