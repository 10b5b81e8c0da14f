/**
 * Checks volumes by the `check` of their translators, before anything starts: missing options, absent files, the
 * declarations of a module. Each problem gets the place of the option that it is about. Used by `glossa check`.
 */

import type { Context } from '../core/context.ts';
import { listEffectlessOptions } from '../core/effectless-options.ts';
import { GraphError } from '../core/errors.ts';
import { Log, type LogLevels } from '../core/log.ts';
import { checkOptions, genericOptions, type Options } from '../core/options.ts';
import { Xlator } from '../core/xlator.ts';
import type { VolumeDescription } from './description.ts';
import { Problems } from './problems.ts';
import type { Registry } from './registry.ts';
import { formatPlace, type SourcePlace } from './source.ts';
import type { VolfileInspection } from './volfile.ts';

/** The means by which `inspectVolumes` checks volumes. */
export interface InspectionSettings {
  readonly registry: Registry;
  /** Whether warnings of translators are errors. */
  readonly strict: boolean;
  /** Makes a context with this `warn`. */
  makeContext(warn: (text: string) => void): Context;
}

/** Adds the problems that the translators of its volumes report to an inspection. Never throws. */
export async function inspectVolumes(
  inspection: VolfileInspection,
  settings: InspectionSettings,
): Promise<VolfileInspection> {
  const problems = new Problems(inspection.problems);
  const earlierVolumes = new Map<string, Xlator>();
  const silentContext = settings.makeContext(() => {});
  for (const volume of inspection.volumes) {
    await inspectVolume(volume, earlierVolumes, settings, problems);
    addEarlierVolume(volume, earlierVolumes, settings.registry, silentContext);
  }
  const { description } = inspection;
  return {
    ...inspection,
    problems: problems.sortBySource(inspection.sources),
    description: problems.hasErrors ? undefined : description,
  };
}

/** Adds a volume, without options, to those that the checks of volumes above it find. */
function addEarlierVolume(
  { name, type, subvolumes }: VolumeDescription,
  earlierVolumes: Map<string, Xlator>,
  registry: Registry,
  context: Context,
): void {
  const translator = registry.lookup(type.text);
  if (translator === undefined) return;
  const log = new Log(context.sink, NO_LOGGING, name.text);
  const xl = new Xlator(0, name.text, translator, [], log, context);
  xl.below = subvolumes.flatMap(({ text }) => earlierVolumes.get(text) ?? []);
  earlierVolumes.set(name.text, xl);
}

const NO_LOGGING: LogLevels = { default: 0, volumes: new Map() };

/** Runs one volume's `check`, and adds its reports to `problems`. @param earlierVolumes the earlier volumes, by name */
async function inspectVolume(
  volume: VolumeDescription,
  earlierVolumes: ReadonlyMap<string, Xlator>,
  { registry, strict, makeContext }: InspectionSettings,
  problems: Problems,
): Promise<void> {
  const translator = registry.lookup(volume.type.text);
  if (translator === undefined) return;
  const givenOptions = volume.options.map(({ key, value }) => ({
    key: key.text,
    value: value.text,
    position: formatPlace(value.place),
  }));
  const options: Options = { ...genericOptions, ...translator.options };
  const checked = checkOptions(options, givenOptions, { openOptions: true });
  // Wrong options are reported already, and further problems may only be their consequences.
  if (checked.problems.some(({ severity }) => severity === 'error')) return;
  const warnings = listEffectlessOptions(options, checked.values);
  const context = makeContext((text) => void warnings.push(text));
  const log = new Log(context.sink, NO_LOGGING, volume.name.text);
  const xl = new Xlator(0, volume.name.text, translator, givenOptions, log, context);
  xl.below = volume.subvolumes.flatMap(({ text }) => earlierVolumes.get(text) ?? []);
  const errors = await (translator.check?.(xl, checked.values as never) ?? NO_CHECK).then(
    () => [],
    (error: unknown) => listErrorTexts(error),
  );
  const { name, type } = volume;
  const warningCode = strict ? 'doubtful-volume-strict' : 'doubtful-volume';
  const report = (problemCode: typeof warningCode | 'wrong-volume', text: string): void => {
    // The message of the problem names the volume already.
    const prefix = `${xl.label}: `;
    const bareText = text.startsWith(prefix) ? text.slice(prefix.length) : text;
    const { place, message } = placeMessage(bareText, volume);
    problems.add(problemCode, place, [name.text, type.text, message]);
  };
  for (const text of errors) report('wrong-volume', text);
  for (const text of warnings) report(warningCode, text);
}

/** Stands for the result of `check` if a translator has no `check`. */
const NO_CHECK = Promise.resolve();

/** Lists the problems of a GraphError; of any other error, its message. */
const listErrorTexts = (error: unknown): readonly string[] => {
  if (error instanceof GraphError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
};

/**
 * Options that name the module or directory of a volume. A message that names no option gets the place of the first one
 * that is set.
 */
const SUBJECT_OPTIONS = ['module-name', 'module-path', 'directory'];

/** Finds the place that a message is about, and removes it from the message. */
function placeMessage(
  text: string,
  { name, options }: VolumeDescription,
): { place: SourcePlace; message: string } {
  const message = joinLines(text);
  for (const { key, value } of options) {
    const start = `${formatPlace(value.place)}: `;
    if (!message.startsWith(start)) continue;
    const rest = message.slice(start.length);
    // A message that begins with the option's name is about the value, any other about the key.
    const isValue = rest.startsWith(`option '${key.text}': `);
    return { place: isValue ? value.place : key.place, message: rest };
  }
  const optionName = /^option '?([^\s':]+)/.exec(message)?.[1];
  const findOption = (keyText: string | undefined) =>
    options.find(({ key }) => key.text === keyText);
  if (optionName !== undefined) {
    const option = findOption(optionName);
    const isUnknown = message.startsWith(`option '${optionName}' is not known here`);
    return { place: (isUnknown ? option?.key : option?.value)?.place ?? name.place, message };
  }
  const subject = SUBJECT_OPTIONS.map(findOption).find((option) => option !== undefined);
  return { place: subject?.value.place ?? name.place, message };
}

/** Joins the lines of a message; leaves out a traceback. */
function joinLines(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const isTrace = /^(Traceback|\s*at )/.test(rest[0] ?? '');
  return isTrace ? first : [first, ...rest.map((line) => line.trim())].join(' ').trim();
}
