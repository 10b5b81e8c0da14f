/** Parses flags of the bench that take several words of a known set. */
import { formatSuggestion } from '../../../runtime/core/nearest.ts';
import { UsageError } from '../../../terminal/exit.ts';

/** Splits a flag's values at commas into known words, each once. @throws {UsageError} */
export function parseFlagWords<V extends string>(
  flag: string,
  values: readonly string[],
  validWords: readonly V[],
): V[] {
  const words = values.flatMap((text) => text.split(',')).map((word) => word.trim().toLowerCase());
  return [...new Set(words)].map((word) => {
    const match = validWords.find((value) => value === word);
    if (match !== undefined) return match;
    const guess = formatSuggestion(word, validWords) || `; it takes ${validWords.join(', ')}`;
    throw new UsageError(`${flag} does not know '${word}'${guess}`);
  });
}
