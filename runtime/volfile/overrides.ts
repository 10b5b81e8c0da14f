/**
 * Applies `--xlator-option VOLUME.KEY=VALUE`: options of the command line replace those of the file before the volumes
 * are checked.
 *
 * As in GlusterFS, the text is split at the first '.' and the first '=', and VOLUME is a pattern (`*`, `?`, `[…]`). A
 * name that contains a '.' needs a pattern, such as `?` in place of the '.'. Unlike in GlusterFS, a pattern that
 * matches no volume is an error.
 */

import { findNearest } from '../core/nearest.ts';
import { compileShellPattern } from '../core/shell-pattern.ts';
import { quote } from './printable.ts';
import type { Problems } from './problems.ts';
import { Source } from './source.ts';
import type { LooseWord } from './statement-words.ts';
import type { LooseVolume } from './statements.ts';

/** The file name in problems of overrides, whose lines are the overrides. */
const OVERRIDES_FILE = '--xlator-option';

interface Override {
  readonly volume: LooseWord;
  readonly key: LooseWord;
  readonly value: LooseWord;
}

/** Makes a source of the overrides, one a line, so that problems in them have places. */
export const makeOverridesSource = (overrides: readonly string[]): Source =>
  // A line break in one override must not shift the lines of the others.
  new Source(OVERRIDES_FILE, overrides.map((text) => text.replace(/[\r\n]/g, '\u2424')).join('\n'));

/** Returns the volumes with their new options; later overrides win. */
export function applyOverrides(
  volumes: readonly LooseVolume[],
  overrides: readonly string[],
  problems: Problems,
): LooseVolume[] {
  const source = makeOverridesSource(overrides);
  let result = [...volumes];
  let start = 0;
  for (const text of overrides) {
    const override = parseOverride(text, start, source, problems);
    start += text.length + 1;
    if (override === undefined) continue;
    const pattern = compileShellPattern(override.volume.text);
    if (!volumes.some(({ name }) => pattern.test(name.text))) {
      reportNoVolume(override, volumes, problems);
    }
    result = result.map((volume) =>
      pattern.test(volume.name.text) ? withOption(volume, override) : volume,
    );
  }
  return result;
}

/** Parses an override; reports it and returns undefined if it is malformed. @param start its offset in `source` */
function parseOverride(
  text: string,
  start: number,
  source: Source,
  problems: Problems,
): Override | undefined {
  const dot = text.indexOf('.');
  const equals = text.indexOf('=');
  const reason = describeMalformation(text, dot, equals);
  if (reason !== undefined) {
    problems.add('malformed-override', source.makePlace(start, start + text.length), [
      text,
      reason,
    ]);
    return undefined;
  }
  const makeWord = (from: number, to: number): LooseWord => ({
    text: text.slice(from, to),
    at: source.makePlace(start + from, start + to),
    isDoubtful: false,
  });
  return {
    volume: makeWord(0, dot),
    key: makeWord(dot + 1, equals),
    value: makeWord(equals + 1, text.length),
  };
}

function describeMalformation(text: string, dot: number, equals: number): string | undefined {
  if (/[\r\n]/.test(text)) return 'contains the end of a line';
  if (dot < 0) return "has no '.'";
  if (equals < 0) return "has no '='";
  if (equals < dot) return "has no '.' before its '='";
  if (dot === 0) return 'names no volume';
  if (equals === dot + 1) return 'has no key';
  if (equals === text.length - 1) return 'has no value';
  return undefined;
}

function reportNoVolume(
  { volume }: Override,
  volumes: readonly LooseVolume[],
  problems: Problems,
): void {
  const names = volumes.map(({ name }) => name.text);
  const dotted = names.find((name) => name.startsWith(`${volume.text}.`));
  const suggestion = findNearest(volume.text, names);
  let hint: string | undefined;
  if (dotted !== undefined)
    hint = `for ${quote(dotted)} write ${quote(dotted.replaceAll('.', '?'))}`;
  else if (suggestion !== undefined) hint = `did you mean ${quote(suggestion)}?`;
  problems.add('override-without-volume', volume.at, [volume.text], hint);
}

function withOption(volume: LooseVolume, { key, value }: Override): LooseVolume {
  const otherOptions = volume.options.filter((option) => option.key.text !== key.text);
  return { ...volume, options: [...otherOptions, { key, value }] };
}
