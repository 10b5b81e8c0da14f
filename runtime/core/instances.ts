/**
 * The life of a graph's instances: wired, begun, waited for, ended. What all of them together are is
 * the graph's (`graph.ts`).
 */

import { GraphError } from './errors.ts';

import { messages } from './messages.ts';
import { checkOptions, genericOptions, type Options } from './options.ts';
import { childrenUp, type VolumeSpec, type Xlator } from './xlator.ts';

/**
 * Puts instances below each other as their descriptions say. The result is the top.
 * @throws {GraphError} when a subvolume is not among the volumes, or there is none at all
 */
export function connect(xlators: readonly Xlator[], specs: readonly VolumeSpec[]): Xlator {
  const byName = new Map(xlators.map((xl) => [xl.name, xl]));
  const problems: string[] = [];
  specs.forEach((spec, at) => {
    const below = spec.subvolumes.flatMap((name) => byName.get(name) ?? []);
    if (below.length < spec.subvolumes.length) {
      problems.push(`volume '${spec.name}': a subvolume is not in the graph`);
    }
    xlators[at]!.below = below;
  });
  const top = xlators.at(-1);
  if (top === undefined) problems.push('a graph needs at least one volume');
  if (problems.length > 0) throw new GraphError(problems);
  return top!;
}

export const namesOf = (xlators: readonly Xlator[]): string[] => xlators.map(({ name }) => name);

/** Begins them, the top first. @throws {GraphError}; those that were begun have ended then. */
export async function initAll(
  xlators: readonly Xlator[],
  volumes: readonly string[],
): Promise<void> {
  for (const xl of [...xlators].reverse()) {
    const problems = await init(xl, volumes);
    if (problems.length === 0) continue;
    await finiAll(xlators);
    throw new GraphError(problems);
  }
}

/** The reasons why an instance cannot be; none when it can. */
async function init(xl: Xlator, volumes: readonly string[]): Promise<string[]> {
  try {
    const options: Options = { ...genericOptions, ...xl.translator.options };
    const open = xl.translator.openOptions ?? false;
    const { values, problems } = checkOptions(options, xl.given, { open, volumes });
    const wrong = problems.filter((problem) => problem.severity === 'error');
    if (wrong.length > 0) return wrong.map((p) => `${p.where ?? xl.place}: ${p.message}`);
    xl.log.setOwnLevel(values['log-level'] as string | undefined);
    xl.priv = await xl.translator.init(xl, values as never);
    xl.initialised = true;
    const { fops } = xl.translator;
    xl.define(typeof fops === 'function' ? fops(xl) : fops);
    return [];
  } catch (error) {
    return reasons(xl, error);
  }
}

/** What a translator refused, with the volume's place. */
export function reasons(xl: Xlator, error: unknown): string[] {
  if (error instanceof GraphError) return [...error.problems];
  const text = error instanceof Error ? error.message : String(error);
  return [`${xl.place}: ${text}`];
}

/** Ends those that were begun, in this order. */
export async function finiAll(xlators: readonly Xlator[]): Promise<void> {
  for (const xl of xlators) {
    if (!xl.initialised) continue;
    xl.initialised = false;
    xl.up = false;
    try {
      await xl.translator.fini?.(xl);
    } catch (error) {
      xl.log.error(`fini failed: ${error instanceof Error ? error.message : String(error)}`, {
        msgid: messages.finiFailed.id,
      });
    }
  }
}

/**
 * Resolves when a top has said CHILD_UP.
 * @param abandoned rejects when that is to be waited for no longer
 * @throws {GraphError} after so long, naming the volumes that are waited for; they go on
 */
export function topIsUp(
  top: Xlator,
  patienceMs: number,
  abandoned?: Promise<never>,
): Promise<void> {
  if (top.up) return Promise.resolve();
  const { master } = top;
  let cancel = (): void => {};
  const isUp = new Promise<void>((resolve, reject) => {
    cancel = top.context.after(patienceMs, () => {
      reject(new GraphError(waitedFor(top, ` within ${patienceMs / 1000} s`)));
    });
    top.master = (event, data) => {
      master?.(event, data);
      if (event === 'CHILD_UP') resolve();
      // Where it was refused for good, nothing comes of waiting.
      else if (event === 'AUTH_FAILED') reject(new GraphError(waitedFor(top)));
    };
  });
  return Promise.race([isUp, abandoned ?? isUp]).finally(() => {
    cancel();
    top.master = master;
  });
}

/** Why a top is not up: a line for each volume that is waited for. */
export function waitedFor(top: Xlator, howLong = ''): string[] {
  const seen = new Set<Xlator>([top]);
  // A volume that is up has what it needs, whatever is below it.
  for (const xl of seen) for (const child of xl.below) if (!child.up) seen.add(child);
  return [...seen]
    .filter((xl) => !xl.up && childrenUp(xl))
    .map((xl) => {
      const though = xl.below.length === 0 ? '' : ', though what is below it has';
      const why = xl.translator.waitsFor?.(xl) ?? null;
      return `${xl.place}: has not come up${howLong}${though}${why === null ? '' : `: ${why}`}`;
    });
}
