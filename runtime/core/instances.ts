/**
 * Connects, starts, awaits and ends the instances of a graph, for `graph.ts` and `exchange.ts`.
 */
import { GraphError } from './errors.ts';
import { messages } from './messages.ts';
import { checkOptions, genericOptions, type Options } from './options.ts';
import { areChildrenUp, type VolumeSpec, type Xlator } from './xlator.ts';

/**
 * Connects instances with their subvolumes, and returns the top.
 * @throws {GraphError} when a subvolume is missing, or there is no volume
 */
export function connectSubvolumes(
  xlators: readonly Xlator[],
  specs: readonly VolumeSpec[],
): Xlator {
  const byName = new Map(xlators.map((xl) => [xl.name, xl]));
  const problems: string[] = [];
  specs.forEach((spec, index) => {
    const below = spec.subvolumes.flatMap((name) => byName.get(name) ?? []);
    if (below.length < spec.subvolumes.length) {
      problems.push(`volume '${spec.name}': a subvolume is not in the graph`);
    }
    xlators[index]!.below = below;
  });
  const top = xlators.at(-1);
  if (top === undefined) problems.push('a graph needs at least one volume');
  if (problems.length > 0) throw new GraphError(problems);
  return top!;
}

export const listNames = (xlators: readonly Xlator[]): string[] => xlators.map(({ name }) => name);

/** Starts instances, the top first. @throws {GraphError} after ending the started ones */
export async function initAll(
  xlators: readonly Xlator[],
  volumeNames: readonly string[],
): Promise<void> {
  for (const xl of [...xlators].reverse()) {
    const problems = await initInstance(xl, volumeNames);
    if (problems.length === 0) continue;
    await finiAll(xlators);
    throw new GraphError(problems);
  }
}

/** Starts an instance. Returns the problems, none on success. */
async function initInstance(xl: Xlator, volumeNames: readonly string[]): Promise<string[]> {
  try {
    const options: Options = { ...genericOptions, ...xl.translator.options };
    const openOptions = xl.translator.openOptions ?? false;
    const { values, problems } = checkOptions(options, xl.volfileOptions, {
      openOptions,
      volumeNames,
    });
    const errors = problems.filter((problem) => problem.severity === 'error');
    if (errors.length > 0)
      return errors.map(({ position, message }) => `${position ?? xl.label}: ${message}`);
    xl.log.setOwnLevel(values['log-level'] as string | undefined);
    xl.priv = await xl.translator.init(xl, values as never);
    xl.initialised = true;
    const { fops } = xl.translator;
    xl.define(typeof fops === 'function' ? fops(xl) : fops);
    return [];
  } catch (error) {
    return describeError(xl, error);
  }
}

/** Describes an exception of a translator, as lines with the volume's name and position. */
export function describeError(xl: Xlator, error: unknown): string[] {
  if (error instanceof GraphError) return [...error.problems];
  const text = error instanceof Error ? error.message : String(error);
  return [`${xl.label}: ${text}`];
}

/** Ends the started instances, in the given order. */
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
 * Resolves when a top has sent CHILD_UP.
 * @param whenAbandoned a promise whose rejection ends the wait
 * @throws {GraphError} after `timeoutMs`, naming the volumes that are not up; they keep running
 */
export function awaitTopUp(
  top: Xlator,
  timeoutMs: number,
  whenAbandoned?: Promise<never>,
): Promise<void> {
  if (top.up) return Promise.resolve();
  const { master } = top;
  let cancelTimeout = (): void => {};
  const whenUp = new Promise<void>((resolve, reject) => {
    cancelTimeout = top.context.after(timeoutMs, () => {
      reject(new GraphError(listBlockers(top, ` within ${timeoutMs / 1000} s`)));
    });
    top.master = (event, data) => {
      master?.(event, data);
      if (event === 'CHILD_UP') resolve();
      // The brick has refused for good, so waiting is useless.
      else if (event === 'AUTH_FAILED') reject(new GraphError(listBlockers(top)));
    };
  });
  return Promise.race([whenUp, whenAbandoned ?? whenUp]).finally(() => {
    cancelTimeout();
    top.master = master;
  });
}

/** Returns one line for each volume that keeps the top from being up. @param duration for the text: ` within 3 s` */
export function listBlockers(top: Xlator, duration = ''): string[] {
  const blockers = new Set<Xlator>([top]);
  // The loop also visits the children that it adds. Volumes below a child that is up do not matter.
  for (const xl of blockers) for (const child of xl.below) if (!child.up) blockers.add(child);
  // A volume with a child that is down only waits for that child, so it is not named.
  return [...blockers]
    .filter((xl) => !xl.up && areChildrenUp(xl))
    .map((xl) => {
      const childrenNote = xl.below.length === 0 ? '' : ', though what is below it has';
      const reason = xl.translator.waitsFor?.(xl) ?? null;
      return `${xl.label}: has not come up${duration}${childrenNote}${reason === null ? '' : `: ${reason}`}`;
    });
}
