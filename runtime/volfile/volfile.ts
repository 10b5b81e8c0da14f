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

import { checkEdges } from './check-edges.ts';
import { checkTypes, type TypeRegistry } from './check-types.ts';
import type { VolfileDescription, VolumeDescription, Word } from './description.ts';
import { applyOverrides, makeOverridesSource } from './overrides.ts';
import { parse } from './parse.ts';
import { Problems, VolfileError, type VolfileProblem } from './problems.ts';
import type { Source } from './source.ts';
import { assembleVolumes, type LooseVolume } from './statements.ts';

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
