/** What volumes tell of themselves, for a person. */

import { printable } from '../../runtime/volfile/printable.ts';
import { paint } from '../../terminal/terminal.ts';
import type { Statedump, VolumeDump } from './volumes.ts';

/** What there is to say beside a value; '' for nothing. */
type Beside = (volume: VolumeDump, key: string, value: string | number) => string;

/** A volume a paragraph, its values in a column. */
export function formatStatedump(
  { volumes, replaced = [] }: Statedump,
  colour: boolean,
  beside: Beside = () => '',
): string {
  const keys = [...volumes, ...replaced].flatMap(({ dump }) => Object.keys(dump));
  const width = Math.max(0, ...keys.map((key) => key.length));
  const shown = (volume: VolumeDump, what = ''): string => {
    const { name, type, dump } = volume;
    const rows = Object.entries(dump).map(([key, value]) => {
      const more = beside(volume, key, value);
      return `    ${key.padEnd(width)}  ${printable(String(value))}${more && `  ${more}`}`;
    });
    const head = `${paint('bold', printable(name), colour)}  ${printable(type)}${what}`;
    return [head, ...rows].join('\n');
  };
  const gone = replaced.map((volume) => shown(volume, ' (replaced, and not idle)'));
  return [...volumes.map((volume) => shown(volume)), ...gone].join('\n');
}
