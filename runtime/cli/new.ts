/** `glossa new`: a module that works, with its volfile and its test, to begin from. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { didYouMean } from '../core/nearest.ts';
import { defineCommand } from './command.ts';
import { EXIT_OK, Failure, UsageError } from './exit.ts';
import { takeOperands } from './flags.ts';
import { checkName, fill, type Kind, kinds, nextSteps, templateFolder } from './new/kinds.ts';
import { reason } from './reason.ts';
import { paint } from './terminal.ts';

export default defineCommand({
  usage: [`glossa new ${Object.keys(kinds).join('|')} NAME [DIR]`],
  description:
    'Writes a module NAME that works, its volfile, its test and a README into the folder DIR ' +
    '(./NAME without it), and says what to type next. Nothing is overwritten.',
  flags: {},
  async run({ operands }, terminal) {
    const [language, name, given] = takeOperands(operands, ['LANGUAGE', 'NAME', '[DIR]']);
    const kind = kindOf(language);
    checkName(name, kind);
    const folder = given ?? name;
    const texts = render(kind, name);
    write(folder, texts);
    const { colour } = terminal;
    for (const path of texts.keys()) {
      terminal.out(`${paint('good', 'wrote', colour.out)} ${join(folder, path)}`);
    }
    const near = relative(process.cwd(), resolve(folder)) || '.';
    const here = near.startsWith('..') ? resolve(folder) : near;
    terminal.out(`\nnow type:\n${nextSteps(kind, name, here)}`);
    return EXIT_OK;
  },
});

function kindOf(language: string): Kind {
  const known = Object.keys(kinds);
  const asked = language.toLowerCase();
  const kind = Object.values(kinds).find(
    ({ folder, aliases }) => folder === asked || aliases.includes(asked),
  );
  if (kind !== undefined) return kind;
  const guess = didYouMean(language, known) || `; there is ${known.join(', ')}`;
  throw new UsageError(`no language '${language}'${guess}`);
}

/** The files by their paths in the folder. */
function render(kind: Kind, name: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const part of [kind.folder, 'all']) {
    const folder = join(templateFolder, part);
    for (const path of filesIn(folder)) {
      const text = readFileSync(join(folder, path), 'utf8');
      texts.set(path.replaceAll('NAME', name), fill(text, name));
    }
  }
  return texts;
}

const filesIn = (folder: string, below = ''): string[] =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? filesIn(folder, path) : [path];
  });

/** Writes all files, or none. @throws {Failure} */
function write(folder: string, texts: ReadonlyMap<string, string>): void {
  const taken = [...texts.keys()].filter((path) => exists(join(folder, path)));
  if (taken.length > 0) {
    const verb = taken.length === 1 ? 'is' : 'are';
    throw new Failure(`${taken.join(', ')} ${verb} in ${folder} already: nothing was written`);
  }
  const made: string[] = [];
  try {
    for (const [path, text] of texts) {
      const file = join(folder, path);
      const first = mkdirSync(dirname(file), { recursive: true });
      if (first !== undefined) made.push(first);
      writeFileSync(file, text, { flag: 'wx' });
      made.push(file);
    }
  } catch (error) {
    for (const path of made.reverse()) rmSync(path, { recursive: true, force: true });
    throw new Failure(`cannot write into ${folder}: ${reason(error)}`);
  }
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
