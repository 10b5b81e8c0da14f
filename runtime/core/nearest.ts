/**
 * Finds the candidate that a mistyped word most likely stands for. Messages about unknown options, types and
 * commands use it ("did you mean"). `findNearest` ignores case and compares only the parts that differ. Distance is
 * restricted Damerau–Levenshtein (insert, delete, replace, swap neighbours).
 */

/** Computes the smallest number of edits from `a` to `b`. */
export function computeEditDistance(a: string, b: string): number {
  let rowBeforePrevious: number[] = [];
  let previousRow = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let best = Math.min(
        previousRow[j]! + 1,
        row[j - 1]! + 1,
        previousRow[j - 1]! + (isSame ? 0 : 1),
      );
      // Before its first letter a word has undefined, which no letter equals.
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) best = Math.min(best, rowBeforePrevious[j - 2]! + 1);
      row.push(best);
    }
    rowBeforePrevious = previousRow;
    previousRow = row;
  }
  return previousRow[b.length]!;
}

/** Longer words get no suggestion: a comparison costs the product of both lengths. */
const LENGTH_MAX = 256;

/** One edit is allowed per so many letters. */
const LETTERS_PER_EDIT = 3;

/** In a shorter word, a part of one letter may not be edited, because every letter would match it. */
const SHORT_WORD_LENGTH = 3;

/** Returns the number of edits allowed in a part of a word; both are given by their numbers of letters. */
const countAllowedEdits = (partLength: number, wordLength: number): number =>
  partLength < 2 && wordLength < SHORT_WORD_LENGTH
    ? 0
    : Math.max(1, Math.floor(partLength / LETTERS_PER_EDIT));

/** The characters between the parts of a name. */
const SEPARATOR = /[/._ -]/;

/** Computes the length of the common prefix that ends at a separator. */
function computeCommonPrefixLength(a: string, b: string): number {
  let length = 0;
  for (let i = 0; i < a.length && a[i] === b[i]; i++) if (SEPARATOR.test(a[i]!)) length = i + 1;
  return length;
}

const reverseText = (text: string): string => text.split('').reverse().join('');

/** Returns both texts without common parts at either end: `features/shard`, `features/trash` → `shard`, `trash`. */
function stripCommonWords(a: string, b: string): [string, string] {
  const prefixLength = computeCommonPrefixLength(a, b);
  const [reversedA, reversedB] = [
    reverseText(a.slice(prefixLength)),
    reverseText(b.slice(prefixLength)),
  ];
  const suffixLength = computeCommonPrefixLength(reversedA, reversedB);
  return [reverseText(reversedA.slice(suffixLength)), reverseText(reversedB.slice(suffixLength))];
}

/**
 * Returns the candidate nearest to `word`; undefined if no candidate is near. In the parts that differ, at most one
 * letter in three (at least one) may be edited. The first of equally near candidates wins.
 */
export function findNearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LENGTH_MAX) return undefined;
  const lower = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    // Common parts have one length, so that the difference of the whole words is that of the rest.
    const mostEdits = countAllowedEdits(Math.max(word.length, candidate.length), word.length);
    if (Math.abs(word.length - candidate.length) > mostEdits) continue;
    const [a, b] = stripCommonWords(lower, candidate.toLowerCase());
    const maxDistance = Math.min(
      bestDistance - 1,
      countAllowedEdits(Math.max(a.length, b.length), word.length),
    );
    if (Math.abs(a.length - b.length) > maxDistance) continue;
    const distance = computeEditDistance(a, b);
    if (distance <= maxDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Returns ` (did you mean 'X'?)` to append to a message; empty when no candidate is near. */
export function formatSuggestion(word: string, candidates: Iterable<string>): string {
  const guess = findNearest(word, candidates);
  return guess === undefined ? '' : ` (did you mean '${guess}'?)`;
}
