/** Logs created and removed names, for the records of hooks*.ts. */
import {
  type AnyFop,
  type Dict,
  defineTranslator,
  type Fops,
  type Frame,
  fops,
  type Loc,
  RENAME_FLAGS,
  type Translator,
  unwindArgs,
  type Xlator,
} from 'glossa';
import { everyFop, plain, type Row } from './shapes.ts';

const RENAME_EXCHANGE = 2;

/** Gives the answer, with all that a reply carries. */
export type Answer = (opRet: number, opErrno: number, reply: readonly unknown[]) => void;
export type Answered = (
  row: Row,
) => (frame: Frame, xl: Xlator<unknown>, args: unknown[], answer: Answer) => void;

/** A translator that logs names before it unwinds the reply of the fops that `make` defines. */
export function telling(make: Answered): Translator<null, Record<string, never>> {
  const makeFop = (row: Row): AnyFop => {
    const ask = make(row);
    return (frame, xl, args) => {
      ask(frame, xl, args, (opRet, opErrno, reply) => {
        if (opRet >= 0) tell(xl, row, args);
        unwindArgs[row.name](frame, opRet, opErrno, reply);
      });
    };
  };
  return defineTranslator({ ...plain, options: {}, fops: everyFop(makeFop), init: () => null });
}

/** The same for just the fops that make or remove names. */
export function tellingOnly(make: Answered): Translator<null, Record<string, never>> {
  const { fops: all, ...record } = telling(make);
  const names = fops.filter(({ entry }) => entry.creates ?? entry.removes).map(({ name }) => name);
  const some = Object.entries(all).filter(([name]) => names.includes(name));
  return { ...record, fops: Object.fromEntries(some) as Fops<null> };
}

function tell(xl: Xlator<unknown>, row: Row, args: readonly unknown[]): void {
  const named = (name: string | undefined): Loc[] =>
    name === undefined ? [] : [args[row.args.findIndex((arg) => arg.name === name)] as Loc];
  let removed = named(row.entry.removes);
  let created = named(row.entry.creates);
  if (row.name === 'rename') {
    const [from, to, xdata] = args as [Loc, Loc, Dict | null];
    const exchange = ((xdata?.number(RENAME_FLAGS) ?? 0) & RENAME_EXCHANGE) !== 0;
    if (exchange) removed = created = [from, to];
    // Two names of one file: a rename between them does nothing.
    else if (from.inode !== null && from.inode === to.inode) removed = created = [];
  }
  const shown = (loc: Loc): string => `${loc.name} ${loc.pargfid.at(-1)}`;
  for (const loc of removed) xl.log.info(`-${shown(loc)}`);
  for (const loc of created) xl.log.info(`+${shown(loc)}`);
}
