/**
 * Volumes against what their translators can tell before anything is started: what is missing, what
 * is not there, and for a script what it declares. A translator says so by `check` of its record;
 * each is told of at the option that it is about.
 */

import { withoutEffect } from '../core/accepted-options.ts';
import type { Context } from '../core/context.ts';
import { GraphError } from '../core/errors.ts';
import { Log, type LogLevels } from '../core/log.ts';
import { checkOptions, genericOptions, type Options } from '../core/options.ts';
import { Xlator } from '../core/xlator.ts';
import type { Registry } from './activate.ts';
import type { VolumeDescription } from './description.ts';
import { Problems } from './problems.ts';
import { type SourcePlace, where } from './source.ts';
import type { VolfileInspection } from './volfile.ts';

export interface InspectVolumes {
  readonly registry: Registry;
  /** What looks like a mistake is an error. */
  readonly strict: boolean;
  /** A context whose `warn` is this. */
  context(warn: (text: string) => void): Context;
}

/** What was found in a volfile, and in its volumes. Throws nothing. */
export async function inspectVolumes(
  inspection: VolfileInspection,
  how: InspectVolumes,
): Promise<VolfileInspection> {
  const problems = new Problems(inspection.problems);
  const below = new Map<string, Xlator>();
  const silent = how.context(() => {});
  for (const volume of inspection.volumes) {
    await inspectOne(volume, below, how, problems);
    addBelow(volume, below, how.registry, silent);
  }
  const { description } = inspection;
  return {
    ...inspection,
    problems: problems.sorted(inspection.sources),
    description: problems.hasErrors ? undefined : description,
  };
}

/** One that others may be above, with all that is below it; nobody asks it for its options. */
function addBelow(
  { name, type, subvolumes }: VolumeDescription,
  below: Map<string, Xlator>,
  registry: Registry,
  around: Context,
): void {
  const translator = registry.lookup(type.text);
  if (translator === undefined) return;
  const log = new Log(around.sink, SILENT, name.text);
  const xl = new Xlator(0, name.text, translator, [], log, around);
  xl.below = subvolumes.flatMap(({ text }) => below.get(text) ?? []);
  below.set(name.text, xl);
}

const SILENT: LogLevels = { default: 0, volumes: new Map() };

/** @param below the volumes before it, by their names */
async function inspectOne(
  volume: VolumeDescription,
  below: ReadonlyMap<string, Xlator>,
  { registry, strict, context }: InspectVolumes,
  problems: Problems,
): Promise<void> {
  const translator = registry.lookup(volume.type.text);
  if (translator === undefined) return;
  const given = volume.options.map(({ key, value }) => ({
    key: key.text,
    value: value.text,
    where: where(value.at),
  }));
  const options: Options = { ...genericOptions, ...translator.options };
  const checked = checkOptions(options, given, { open: true });
  // What is wrong already is known; what follows from that would mislead.
  if (checked.problems.some(({ severity }) => severity === 'error')) return;
  const doubts = withoutEffect(options, checked.values);
  const around = context((text) => void doubts.push(text));
  const log = new Log(around.sink, SILENT, volume.name.text);
  const xl = new Xlator(0, volume.name.text, translator, given, log, around);
  xl.below = volume.subvolumes.flatMap(({ text }) => below.get(text) ?? []);
  const errors = await (translator.check?.(xl, checked.values as never) ?? none).then(
    () => [],
    (error: unknown) => reasons(error),
  );
  const { name, type } = volume;
  const code = strict ? 'doubtful-volume-strict' : 'doubtful-volume';
  const tell = (as: typeof code | 'wrong-volume', text: string): void => {
    // What is said of a volume is said with its name anyway.
    const itself = `${xl.place}: `;
    const what = text.startsWith(itself) ? text.slice(itself.length) : text;
    const { at, message } = placed(what, volume);
    problems.add(as, at, [name.text, type.text, message]);
  };
  for (const text of errors) tell('wrong-volume', text);
  for (const text of doubts) tell(code, text);
}

/** Of a translator that checks nothing. */
const none = Promise.resolve();

const reasons = (error: unknown): readonly string[] => {
  if (error instanceof GraphError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
};

/** The options that name what a volume runs or serves: what is said of that stands there. */
const SUBJECTS = ['module-name', 'module-path', 'directory'];

/** The place that a message is about, and the message without it. */
function placed(
  text: string,
  { name, options }: VolumeDescription,
): { at: SourcePlace; message: string } {
  const message = oneLine(text);
  for (const { key, value } of options) {
    const start = `${where(value.at)}: `;
    if (!message.startsWith(start)) continue;
    const rest = message.slice(start.length);
    // Of a value it is said what it is; otherwise it is about the key.
    const isValue = rest.startsWith(`option '${key.text}': `);
    return { at: isValue ? value.at : key.at, message: rest };
  }
  const named = /^option '?([^\s':]+)/.exec(message)?.[1];
  const find = (wanted: string | undefined) => options.find(({ key }) => key.text === wanted);
  if (named !== undefined) {
    const option = find(named);
    const isUnknown = message.startsWith(`option '${named}' is not known here`);
    return { at: (isUnknown ? option?.key : option?.value)?.at ?? name.at, message };
  }
  const subject = SUBJECTS.map(find).find((option) => option !== undefined);
  return { at: subject?.value.at ?? name.at, message };
}

/** Without the way to it, which a traceback shows. */
function oneLine(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const isTrace = /^(Traceback|\s*at )/.test(rest[0] ?? '');
  return isTrace ? first : [first, ...rest.map((line) => line.trim())].join(' ').trim();
}
