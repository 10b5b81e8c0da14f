/**
 * Prints volumes as a volfile: one statement on a line, four spaces of indentation, a blank line
 * between volumes, quotes only where needed. Reading the text gives the same volumes again;
 * comments and places are lost.
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

const KEYWORDS = /^(volume|type|option|subvolume[sS]|end-volume)$/;

/** Prints a word, quoted if the grammar needs it. @throws {RangeError} as `printVolumes` */
export function printWord(word: string): string {
  if (word === '') throw new RangeError('an empty word cannot stand in a volfile');
  if (/[\n\0]/.test(word)) {
    throw new RangeError(`no volfile can contain a line break or NUL: ${JSON.stringify(word)}`);
  }
  const plain = !/[ \t\r"\\`]/.test(word) && !word.startsWith('#') && !KEYWORDS.test(word);
  return plain ? word : `"${word.replace(/["\\`]/g, '\\$&')}"`;
}
