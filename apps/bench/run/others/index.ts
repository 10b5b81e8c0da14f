/**
 * Lists the implementations that `--with` measures beside glossa, and adds their stacks to a run.
 */
import { Failure } from '../../../../terminal/exit.ts';
import { joinNames, type Stacks } from '../stacks.ts';
import { fuseNative } from './fuse-native.ts';
import { fusepy } from './fusepy.ts';
import { glusterfs, nlCache } from './gluster.ts';
import { type Implementation, type PreparedStacks, runToEnd } from './implementation.ts';
import { libfuse } from './libfuse.ts';

/** All implementations, by their words of --with. */
const implementations = {
  glusterfs,
  'nl-cache': nlCache,
  libfuse,
  'fuse-native': fuseNative,
  fusepy,
} as const satisfies Record<string, Implementation>;

export type ImplementationName = keyof typeof implementations;
export const implementationNames = Object.keys(implementations) as ImplementationName[];

/** The stacks of glossa, with those of other implementations. */
export interface StacksWithOtherImplementations extends Stacks {
  readonly otherImplementations: PreparedStacks;
}

/**
 * Adds the stacks of other implementations, and a warning about each that cannot run here.
 * @throws {Failure} for stacks of the same name
 */
export function addOtherImplementations(
  stacks: Stacks,
  requestedNames: readonly ImplementationName[],
  scratch: string,
): StacksWithOtherImplementations {
  const names: readonly string[] = requestedNames.flatMap(
    (requestedName) => implementations[requestedName].names,
  );
  const duplicate = stacks.stacks.find(({ name }) => names.includes(name));
  if (duplicate !== undefined) {
    throw new Failure(
      `${duplicate.path} has the name of a stack of --with: call it something else`,
    );
  }
  const prepared = requestedNames.map((word) => {
    const stacksOrProblem = implementations[word].prepare(scratch);
    return typeof stacksOrProblem === 'string'
      ? { word, stacksOrProblem }
      : { word, stacksOrProblem: findMountProblem() ?? stacksOrProblem };
  });
  const preparedStacks = prepared.flatMap(({ stacksOrProblem }) =>
    typeof stacksOrProblem === 'string' ? [] : [stacksOrProblem],
  );
  const warnings = prepared.flatMap(({ word, stacksOrProblem }) =>
    typeof stacksOrProblem === 'string' ? [`${word} is left out: ${stacksOrProblem}`] : [],
  );
  const otherStacks = preparedStacks.flatMap((entry) => entry.stacks);
  const otherNamesText =
    otherStacks.length === 0 ? '' : `, beside ${joinNames(otherStacks.map(({ name }) => name))}`;
  return {
    ...stacks,
    question: stacks.question.replace(/\?$/, `${otherNamesText}?`),
    warnings: [...stacks.warnings, ...warnings],
    otherImplementations: {
      stacks: otherStacks,
      versions: Object.assign({}, ...preparedStacks.map(({ versions }) => versions)),
    },
  };
}

/** Returns why this user cannot mount: without fusermount3, only root can. Null if the user can. */
function findMountProblem(): string | null {
  if (process.getuid?.() === 0) return null;
  const { status } = runToEnd(['fusermount3', '--version']);
  return status === 0 ? null : 'there is no fusermount3 (apt install fuse3)';
}
