/**
 * Finds the candidate that a mistyped word most likely stands for ("did you mean"). Distance is restricted
 * Damerau–Levenshtein (insert, delete, replace, swap neighbours), without case.
 */

/** Smallest number of edits from `a` to `b`. */
export function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** Longer words are not compared: the cost is the product of both lengths. */
const LENGTH_MAX = 256;

/** One edit is allowed per so many letters. */
const LETTERS = 3;

/** In a shorter word, a part of one letter allows no edit. */
const LENGTH_MIN = 3;

/** Number of edits allowed in a part of `length` letters of a word of `whole` letters. */
const slipsIn = (length: number, whole: number): number =>
  length < 2 && whole < LENGTH_MIN ? 0 : Math.max(1, Math.floor(length / LETTERS));

const SEPARATOR = /[/._ -]/;

/** Length of the common prefix that ends at a separator. */
function commonWords(a: string, b: string): number {
  let length = 0;
  for (let i = 0; i < a.length && a[i] === b[i]; i++) if (SEPARATOR.test(a[i]!)) length = i + 1;
  return length;
}

const reversed = (text: string): string => text.split('').reverse().join('');

/** Both texts without common words at either end: `shard` and `trash` of two types. */
function differing(a: string, b: string): [string, string] {
  const from = commonWords(a, b);
  const [x, y] = [reversed(a.slice(from)), reversed(b.slice(from))];
  const end = commonWords(x, y);
  return [reversed(x.slice(end)), reversed(y.slice(end))];
}

/**
 * Returns the candidate nearest to `word`; undefined when none is near. In the words that differ, at most one
 * letter in three (at least one) may be edited. The first of equals wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LENGTH_MAX) return undefined;
  const lower = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const [a, b] = differing(lower, candidate.toLowerCase());
    const most = Math.min(bestDistance - 1, slipsIn(Math.max(a.length, b.length), word.length));
    if (Math.abs(a.length - b.length) > most) continue;
    const d = distance(a, b);
    if (d <= most) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** ` (did you mean 'X'?)` to append to a message; empty when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? '' : ` (did you mean '${guess}'?)`;
}
