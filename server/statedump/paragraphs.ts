/** Formats the dumps of volumes for `glossa stats`. */

import { printable } from '../../runtime/volfile/printable.ts';
import { padRight, widest } from '../../terminal/layout.ts';
import { paint } from '../../terminal/terminal.ts';
import type { Statedump, VolumeDump } from './volumes.ts';

/** One paragraph for each volume, with its values in a column. */
export function formatStatedump({ volumes, replaced = [] }: Statedump, colour: boolean): string {
  const keys = [...volumes, ...replaced].flatMap(({ dump }) => Object.keys(dump));
  const width = widest(keys);
  const shown = (volume: VolumeDump, what = ''): string => {
    const { name, type, dump } = volume;
    const rows = Object.entries(dump).map(([key, value]) => {
      return `    ${padRight(key, width)}  ${printable(String(value))}`;
    });
    const head = `${paint('bold', printable(name), colour)}  ${printable(type)}${what}`;
    return [head, ...rows].join('\n');
  };
  const gone = replaced.map((volume) => shown(volume, ' (replaced, and not idle)'));
  return [...volumes.map((volume) => shown(volume)), ...gone].join('\n');
}
