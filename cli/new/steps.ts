/** What to type once `glossa new` has written a module: for the terminal, and for its README. */
import { join } from 'node:path';
import { pathFrom, programIn, shellWord } from '../../terminal/invocation.ts';
import { table } from '../../terminal/layout.ts';
import { type Kind, moduleFile } from './kinds.ts';

/** A line to be typed, and what it does. */
export type Step = readonly [line: string, what: string];

/** Lines that work in the folder `here`, for a module in `folder`. */
export function stepsFor(kind: Kind, name: string, folder: string, here: string): Step[] {
  const glossa = programIn(here);
  const at = (file: string): string => shellWord(pathFrom(here, join(folder, file)));
  const { first } = kind.template;
  const module = at(moduleFile(kind, name));
  const within = pathFrom(here, folder);
  const edit = first === undefined ? 'save' : 'compile';
  const compile = within === '.' ? first : `${first} -C ${shellWord(within)}`;
  return [
    ...(first === undefined ? [] : [[compile, 'compile it'] as Step]),
    [`${glossa} test ${module}`, 'its tests, without a mount'],
    [`${glossa} dev ${module} ${at('files')}`, `mounted, loaded again when you ${edit} it`],
    [`${glossa} run ${at(`${name}.vol`)} -- rm precious.keep`, 'a command in a mount of its own'],
  ];
}

/** The same in a README: and how to mount it for good. */
export const readmeSteps = (kind: Kind, name: string, folder: string): Step[] => [
  ...stepsFor(kind, name, folder, folder),
  [
    `${programIn(folder)} mount ${shellWord(`${name}.vol`)} MOUNTPOINT`,
    `for good, until ${programIn(folder)} umount MOUNTPOINT`,
  ],
];

/** Indented, with `mark` before what each does. */
export const formatSteps = (steps: readonly Step[], mark = ''): string =>
  table(
    steps.map(([line, what]) => [line, mark + what]),
    { gap: '   ', indent: '    ' },
  ).join('\n');
