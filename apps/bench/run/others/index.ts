/** The implementations that `--with` measures beside glossa, by their words. */
import { Failure } from '../../../../terminal/exit.ts';
import { listed, type Stacks } from '../stacks.ts';
import { fuseNative } from './fuse-native.ts';
import { fusepy } from './fusepy.ts';
import { glusterfs, nlCache } from './gluster.ts';
import { type Implementation, type PreparedStacks, runToEnd } from './implementation.ts';
import { libfuse } from './libfuse.ts';

const others = {
  glusterfs,
  'nl-cache': nlCache,
  libfuse,
  'fuse-native': fuseNative,
  fusepy,
} as const satisfies Record<string, Implementation>;

export type OtherName = keyof typeof others;
export const otherNames = Object.keys(others) as OtherName[];

export interface WithOthers extends Stacks {
  readonly others: PreparedStacks;
}

/**
 * Adds the stacks of other implementations, and a warning about each that cannot run here.
 * @throws {Failure} for stacks of the same name
 */
export function withOthers(
  stacks: Stacks,
  wanted: readonly OtherName[],
  scratch: string,
): WithOthers {
  const names: readonly string[] = wanted.flatMap((word) => others[word].names);
  const twice = stacks.stacks.find(({ name }) => names.includes(name));
  if (twice !== undefined) {
    throw new Failure(`${twice.path} has the name of a stack of --with: call it something else`);
  }
  const prepared = wanted.map((word) => {
    const found = others[word].prepare(scratch);
    return { word, found: typeof found === 'string' ? found : (mounterProblem() ?? found) };
  });
  const ready = prepared.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]));
  const warnings = prepared.flatMap(({ word, found }) =>
    typeof found === 'string' ? [`${word} is left out: ${found}`] : [],
  );
  const beside = ready.flatMap((it) => it.stacks);
  const besides = beside.length === 0 ? '' : `, beside ${listed(beside.map(({ name }) => name))}`;
  return {
    ...stacks,
    question: stacks.question.replace(/\?$/, `${besides}?`),
    warnings: [...stacks.warnings, ...warnings],
    others: {
      stacks: beside,
      versions: Object.assign({}, ...ready.map(({ versions }) => versions)),
    },
  };
}

/** Why only root can mount here; null if this user can. */
function mounterProblem(): string | null {
  if (process.getuid?.() === 0) return null;
  const { status } = runToEnd(['fusermount3', '--version']);
  return status === 0 ? null : 'there is no fusermount3 (apt install fuse3)';
}
