/** Replaces the varying parts of a program's output: times, sizes, ids. */

const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\d{8}-\d{6}\.\d{6}/g, 'TIME'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*/g, 'TIME'],
  [/\b\d\d:\d\d:\d\d\.\d+/g, 'TIME'],
  [/[0-9a-f]{8}(-[0-9a-f]{1,4}){1,3}(-[0-9a-f]{0,12})?/g, 'GFID'],
  [/^([<>]) \d+ /gm, '$1 N '],
  [/(?<=\w\.(js|py):)\d+/g, 'N'],
  [/^#\d+ /gm, '#N '],
  [/\b(process|pid|user|uid) \d+/gi, '$1 N'],
  [/\b\d+(\.\d+)? (ns|µs|us|ms|s)\b/g, 'N s'],
];

export const normalize = (text: string): string =>
  VARYING.reduce((result, [pattern, name]) => result.replace(pattern, name), text);

/** The words and their order alone: no numbers, and lines broken anywhere. */
export const reduceToWords = (text: string): string =>
  normalize(text)
    .replace(/(?<![a-z])\d[\d.]*[a-zµ%]*|(?<= )-(?= |$)/gim, 'N')
    .replace(/\s+/g, ' ')
    .trim();

/** '' if `text` contains `part`, else the missing part; `…` stands for any text. */
export function findMissing(text: string, part: string): string {
  let rest = text;
  for (const piece of part.split('…')) {
    const expected = piece.trim();
    const at = rest.indexOf(expected);
    if (at < 0) return expected;
    rest = rest.slice(at + expected.length);
  }
  return '';
}
