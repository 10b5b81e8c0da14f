/**
 * Prints volumes as a volfile: each statement on a line, indented by four spaces, a blank line between volumes, quotes
 * only where needed. Reading the text returns the same volumes. Comments and places are lost.
 */
import type { PlainVolume } from './description.ts';

/** Prints volumes; the text ends with a newline. @throws {RangeError} for a word that no volfile can contain */
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
