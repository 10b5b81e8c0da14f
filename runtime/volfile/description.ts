/**
 * Declares a volfile's contents as data: volumes in the order of the file, each word with its place. Commands print,
 * draw and compare graphs with it, also as the text of a volfile. It needs no translator.
 */
import { maskValue } from '../core/secrets.ts';
import type { SourcePlace } from './source.ts';

/**
 * Prints volumes as a volfile: each statement on a line, indented by four spaces, a blank line between volumes, quotes
 * only where needed. Reading the text returns the same volumes. Comments and places are lost.
 * @throws {RangeError} for a word that no volfile can contain
 */
export function printVolumes(volumes: readonly PlainVolume[]): string {
  return volumes.map(printVolume).join('\n');
}

function printVolume({ name, type, options, subvolumes }: PlainVolume): string {
  const lines = [
    `volume ${printWord(name)}`,
    `    type ${printWord(type)}`,
    ...options.map(([key, value]) => `    option ${printWord(key)} ${printWord(value)}`),
    ...(subvolumes.length > 0 ? [`    subvolumes ${subvolumes.map(printWord).join(' ')}`] : []),
    'end-volume',
  ];
  return `${lines.join('\n')}\n`;
}

/** The grammar also accepts `subvolumeS`, as GlusterFS does. */
const KEYWORD_PATTERN = /^(volume|type|option|subvolume[sS]|end-volume)$/;

/** Prints a word, quoted if the grammar needs it. @throws {RangeError} as `printVolumes` */
export function printWord(word: string): string {
  if (word === '') throw new RangeError('an empty word cannot stand in a volfile');
  if (/[\n\0]/.test(word)) {
    throw new RangeError(`no volfile can contain a line break or NUL: ${JSON.stringify(word)}`);
  }
  const isPlain = !/[ \t\r"\\`]/.test(word) && !word.startsWith('#') && !KEYWORD_PATTERN.test(word);
  return isPlain ? word : `"${word.replace(/["\\`]/g, '\\$&')}"`;
}

/** A word of the file: a name, a type, or the key or value of an option. */
export interface Word {
  readonly text: string;
  readonly place: SourcePlace;
}

export interface OptionDescription {
  readonly key: Word;
  readonly value: Word;
}

/** A volume of the file. */
export interface VolumeDescription {
  readonly name: Word;
  readonly type: Word;
  /** The options, each key once, with the place of its last statement. */
  readonly options: readonly OptionDescription[];
  /** The names of volumes that stand before this one. */
  readonly subvolumes: readonly Word[];
}

/** A volfile without errors. */
export interface VolfileDescription {
  readonly file: string;
  /** At least one volume, in the order of the file; the last is the top. */
  readonly volumes: readonly VolumeDescription[];
}

/** A volume without places, so that volfiles with the same meaning have equal volumes. */
export interface PlainVolume {
  readonly name: string;
  readonly type: string;
  readonly options: readonly (readonly [key: string, value: string])[];
  readonly subvolumes: readonly string[];
}

export const findTopVolume = ({ volumes }: VolfileDescription): VolumeDescription =>
  volumes[volumes.length - 1]!;

/** Converts a description to plain volumes; secret values stay readable. */
export const toPlainVolumes = ({ volumes }: VolfileDescription): PlainVolume[] =>
  volumes.map(({ name, type, options, subvolumes }) => ({
    name: name.text,
    type: type.text,
    options: options.map(({ key, value }) => [key.text, value.text]),
    subvolumes: subvolumes.map(({ text }) => text),
  }));

/** Converts a description to plain volumes for output, with secret values masked. */
export const toMaskedVolumes = (description: VolfileDescription): PlainVolume[] =>
  toPlainVolumes(description).map(({ options, ...volume }) => ({
    ...volume,
    options: options.map(([key, value]) => [key, maskValue(key, value)]),
  }));

/**
 * Finds the children of each volume, as indices: each once, in order. A child that does not stand before its parent is
 * left out.
 */
export function findChildIndices(volumes: readonly PlainVolume[]): number[][] {
  const indices = new Map(volumes.map(({ name }, index) => [name, index]));
  return volumes.map(({ subvolumes }, parent) =>
    [...new Set(subvolumes)].flatMap((name) => {
      const child = indices.get(name);
      return child !== undefined && child < parent ? [child] : [];
    }),
  );
}
