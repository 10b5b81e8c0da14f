/** Formats the dumps of volumes for `glossa stats`. */

import { makePrintable } from '../../runtime/volfile/printable-text.ts';
import { findMaxWidth, padRight } from '../../terminal/layout.ts';
import { paint } from '../../terminal/terminal.ts';
import type { VolumeDump, VolumeDumps } from './volume-dumps.ts';

/** Formats one paragraph for each volume: its name and type, then its values in a column. */
export function formatVolumeDumps(
  { volumes, replaced = [] }: VolumeDumps,
  colour: boolean,
): string {
  const keys = [...volumes, ...replaced].flatMap(({ dump }) => Object.keys(dump));
  const width = findMaxWidth(keys);
  const formatVolume = (volume: VolumeDump, remark = ''): string => {
    const { name, type, dump } = volume;
    const rows = Object.entries(dump).map(([key, value]) => {
      return `    ${padRight(key, width)}  ${makePrintable(String(value))}`;
    });
    const head = `${paint('bold', makePrintable(name), colour)}  ${makePrintable(type)}${remark}`;
    return [head, ...rows].join('\n');
  };
  const replacedTexts = replaced.map((volume) => formatVolume(volume, ' (replaced, and not idle)'));
  return [...volumes.map((volume) => formatVolume(volume)), ...replacedTexts].join('\n');
}
