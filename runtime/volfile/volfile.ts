/**
 * Parses and checks the text of a volfile. Callers:
 *
 *     const source = new Source('test.vol', text);       // or await runCommands(…), commands.ts
 *     const { description, warnings } = readVolfile(source, { registry });
 *
 * `readVolfile` throws one VolfileError with all problems; `inspectVolfile` returns them. The
 * caller decodes the file (core/bytes.ts keeps names that are not UTF-8).
 *
 * Source: GlusterFS `libglusterfs/src/graph.y`, graph.c (gf_add_cmdline_options).
 */

import { findNearest } from '../core/nearest.ts';
import { compileShellPattern } from '../core/shell-pattern.ts';
import { checkEdges } from './check-edges.ts';
import { checkTypes, type TypeRegistry } from './check-types.ts';
import type { VolfileDescription, VolumeDescription, Word } from './description.ts';
import { parse } from './parse.ts';
import { quote } from './printable-text.ts';
import { Problems, VolfileError, type VolfileProblem } from './problems.ts';
import { Source } from './source.ts';
import type { LooseWord } from './statement-words.ts';
import { assembleVolumes, type LooseVolume } from './statements.ts';

/** The file name in problems of overrides, whose lines are the overrides. */
const OVERRIDES_FILE = '--xlator-option';

/** An override that was split into its three parts. */
interface Override {
  readonly volume: LooseWord;
  readonly key: LooseWord;
  readonly value: LooseWord;
}

/**
 * Makes a source of the overrides `--xlator-option VOLUME.KEY=VALUE`, one a line, so that problems in them have places.
 * The options of the command line replace those of the file before the volumes are checked.
 *
 * As in GlusterFS, the text is split at the first '.' and the first '=', and VOLUME is a pattern (`*`, `?`, `[…]`). A
 * name that contains a '.' needs a pattern, such as `?` in place of the '.'. Unlike in GlusterFS, a pattern that
 * matches no volume is an error.
 */
const makeOverridesSource = (overrides: readonly string[]): Source =>
  // A line break in one override must not shift the lines of the others.
  new Source(OVERRIDES_FILE, overrides.map((text) => text.replace(/[\r\n]/g, '\u2424')).join('\n'));

/** Returns the volumes with their new options; later overrides win. */
function applyOverrides(
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
  const dotIndex = text.indexOf('.');
  const equalsIndex = text.indexOf('=');
  const reason = describeMalformation(text, dotIndex, equalsIndex);
  if (reason !== undefined) {
    problems.add('malformed-override', source.makePlace(start, start + text.length), [
      text,
      reason,
    ]);
    return undefined;
  }
  const makeWord = (from: number, to: number): LooseWord => ({
    text: text.slice(from, to),
    place: source.makePlace(start + from, start + to),
    hasMistake: false,
  });
  return {
    volume: makeWord(0, dotIndex),
    key: makeWord(dotIndex + 1, equalsIndex),
    value: makeWord(equalsIndex + 1, text.length),
  };
}

/** Describes why an override is malformed; undefined if it is not. The indices are those of `.` and `=`, or -1. */
function describeMalformation(
  text: string,
  dotIndex: number,
  equalsIndex: number,
): string | undefined {
  if (/[\r\n]/.test(text)) return 'contains the end of a line';
  if (dotIndex < 0) return "has no '.'";
  if (equalsIndex < 0) return "has no '='";
  if (equalsIndex < dotIndex) return "has no '.' before its '='";
  if (dotIndex === 0) return 'names no volume';
  if (equalsIndex === dotIndex + 1) return 'has no key';
  if (equalsIndex === text.length - 1) return 'has no value';
  return undefined;
}

/** Reports an override whose pattern matches no volume, with a hint if a similar name exists. */
function reportNoVolume(
  { volume }: Override,
  volumes: readonly LooseVolume[],
  problems: Problems,
): void {
  const names = volumes.map(({ name }) => name.text);
  const dottedName = names.find((name) => name.startsWith(`${volume.text}.`));
  const suggestion = findNearest(volume.text, names);
  let hint: string | undefined;
  if (dottedName !== undefined)
    hint = `for ${quote(dottedName)} write ${quote(dottedName.replaceAll('.', '?'))}`;
  else if (suggestion !== undefined) hint = `did you mean ${quote(suggestion)}?`;
  problems.add('override-without-volume', volume.place, [volume.text], hint);
}

/** Returns a copy of the volume with this option in place of an earlier one of the same key. */
function withOption(volume: LooseVolume, { key, value }: Override): LooseVolume {
  const otherOptions = volume.options.filter((option) => option.key.text !== key.text);
  return { ...volume, options: [...otherOptions, { key, value }] };
}

/** The settings of parsing and checking. */
export interface VolfileSettings {
  /** The known types. Without it, types and options are not checked. */
  readonly registry?: TypeRegistry;
  /** Whether unknown options are errors. */
  readonly strict?: boolean;
  /** Options of the command line, each as `VOLUME.KEY=VALUE`. */
  readonly overrides?: readonly string[];
}

/** The result of checking a volfile. */
export interface VolfileInspection {
  /** Errors and warnings in the order of the text, those of overrides last. */
  readonly problems: readonly VolfileProblem[];
  /** The sources that problems refer to: the volfile, and the overrides if there are any. */
  readonly sources: readonly Source[];
  /** The volumes whose own words have no mistake, for further checks. */
  readonly volumes: readonly VolumeDescription[];
  /** Undefined when there are errors. */
  readonly description: VolfileDescription | undefined;
}

/** Checks a volfile, and returns all problems. Never throws. */
export function inspectVolfile(source: Source, settings: VolfileSettings = {}): VolfileInspection {
  const { registry, strict = false, overrides = [] } = settings;
  const problems = new Problems();
  const statements = parse(source.text, { commands: !source.isExpanded });
  const writtenVolumes = assembleVolumes(source, statements, problems);
  checkEdges(writtenVolumes, problems);
  const volumes = applyOverrides(writtenVolumes, overrides, problems);
  if (registry !== undefined) checkTypes(volumes, registry, strict, problems);
  const sources = [source, ...(overrides.length > 0 ? [makeOverridesSource(overrides)] : [])];
  return {
    problems: problems.sortBySource(sources),
    sources,
    volumes: volumes.filter(isComplete).map(describeVolume),
    description: problems.hasErrors
      ? undefined
      : { file: source.file, volumes: volumes.map(describeVolume) },
  };
}

/** A checked volfile without errors, with its warnings. */
export interface CheckedVolfile {
  readonly description: VolfileDescription;
  readonly warnings: readonly VolfileProblem[];
  readonly sources: readonly Source[];
}

/** Checks a volfile, and returns its description. @throws {VolfileError} with all problems, if one is an error */
export function readVolfile(source: Source, settings: VolfileSettings = {}): CheckedVolfile {
  const { problems, sources, description } = inspectVolfile(source, settings);
  if (description === undefined) throw new VolfileError(problems, sources);
  return { description, warnings: problems, sources };
}

/** Whether a volume has a type, and none of its own words has a mistake. */
const isComplete = ({ type, options }: LooseVolume): boolean =>
  type?.hasMistake === false &&
  !options.some(({ key, value }) => key.hasMistake || value.hasMistake);

/** Describes a volume without errors. */
function describeVolume({ name, type, options, subvolumes }: LooseVolume): VolumeDescription {
  const toWord = ({ text, place }: Word) => ({ text, place });
  return {
    name: toWord(name),
    type: toWord(type!),
    options: options.map(({ key, value }) => ({ key: toWord(key), value: toWord(value) })),
    subvolumes: subvolumes.map(toWord),
  };
}
