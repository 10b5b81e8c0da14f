/** The suite `npm run bench small-files`: what git, npm and tar do all day, beside C, a directory, GlusterFS's client. */
import { CALL_LOADS, PLACES } from './brick-mounts.ts';
import { type Loads, makeCallPart } from './calls.ts';
import type { Operation } from './operations.ts';
import { besideDirectory, farChanges, makeProjectPart, overBricks, projects } from './projects.ts';
import { CLIENTS, SHARED_CALLS } from './speed.ts';
import type { Suite } from './suite.ts';
import { type Held, hold } from './table.ts';
import { makeCreationDirectories, makePassedTargets } from './targets.ts';

type CreationTarget = keyof ReturnType<typeof makeCreationDirectories>;

/** The system calls of a storage take at least as long as the programs' own in the bare directory. */
const makeCreatePart = (
  what: string,
  operation: Operation,
  loads: Loads,
  ...figures: readonly (readonly [string, CreationTarget, Held<CreationTarget>['bars']])[]
) =>
  makeCallPart<CreationTarget>({
    ...{ what, operation, loads, places: PLACES, targets: makeCreationDirectories() },
    ...{ first: 'pass', firstTitle: 'C' },
    held: figures.map(([title, mine, bars]) =>
      hold(`${what}: ${title} / C pass-through`, [mine, 'pass'], bars),
    ),
  });

const HIT = 'stat of a file, passed on';
const measureHit = makeCallPart({
  ...{ what: HIT, operation: 'stat', loads: CALL_LOADS, places: PLACES },
  ...{ targets: makePassedTargets(), first: 'typescript', firstTitle: 'TypeScript' },
  held: [
    hold(`${HIT}: Python / TypeScript`, ['python', 'typescript'], '≤ 1.3, aim 1.2'),
    hold(`${HIT}: the limit: Python that does only that`, ['seen', 'typescript'], null),
  ],
});

const clone = projects.clone.makeProgram();
/** The C pass-through holds a descriptor of each file, so that it has none left for a sixth clone: each is removed. */
const program = { ...clone, after: `${clone.after} && rm -r "$0"` };
const checkout = { ...projects.clone, count: 5_000, makeProgram: () => program };

export const smallFiles: Suite = {
  about: `Measures small files: one at a time beside a pass-through in C (create, creates, creates-clients, hit); programs in a
mount of a directory beside the directory itself (untar, npm-ci, checkout), and over bricks of GlusterFS beside its own
client (rm-…, clone-far, npm-far). As root on a quiet machine; a full run takes some 30 minutes.`,
  isPlaced: true,
  parts: {
    create: makeCreatePart(
      ...(['create+write 4 KiB+close+unlink', 'small', CALL_LOADS] as const),
      ['posix', 'served', ['≤ 1.25, aim 1.1', '≤ 0.9, aim 0.7']],
      ['negative in Python over posix', 'python', '≤ 1.5, aim 1.25'],
      ['the limit: Python that only passes lookups on', 'seen', null],
      ['the limit: C, which stores gfids and has xattrs', 'kept', null],
    ),
    creates: makeCreatePart('create+unlink', 'create', CALL_LOADS, ['posix', 'glossa', '≤ 1.1']),
    'creates-clients': makeCreatePart(
      ...([`create+unlink, ${CLIENTS} clients`, 'create', SHARED_CALLS] as const),
      ['posix', 'glossa', '≤ 0.8'],
    ),
    hit: measureHit,
    untar: makeProjectPart(projects.untar, besideDirectory),
    'npm-ci': makeProjectPart(projects.install, besideDirectory),
    checkout: makeProjectPart(checkout, besideDirectory),
    'rm-two': makeProjectPart(projects.remove, () => overBricks(2)),
    'rm-three': makeProjectPart(projects.remove, () => overBricks(3)),
    'rm-acls': makeProjectPart(projects.remove, () => overBricks(2, true)),
    'clone-far': makeProjectPart(projects.clone, farChanges),
    'npm-far': makeProjectPart(projects.install, farChanges),
  },
};
