/** `glossa new`: writes a working module with its volfile and its test. */
import { join } from 'node:path';
import { didYouMean } from '../runtime/core/nearest.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, UsageError } from '../terminal/exit.ts';
import { quietFlag, takeOperands, toggle } from '../terminal/flags.ts';
import { note, paint, type Terminal, warn } from '../terminal/terminal.ts';
import { checkName, formatSteps, type Kind, kinds, stepsFor } from './new/kinds.ts';
import {
  editorTexts,
  missingTexts,
  moduleTexts,
  refuseExisting,
  type Texts,
  writeTexts,
} from './new/template-files.ts';

const languages = Object.keys(kinds).join('|');

export default defineCommand({
  usage: [`glossa new ${languages} NAME [DIR]`, `glossa new --editor ${languages} [DIR]`],
  description:
    'Writes a module NAME that works, its volfile, its test and a README into the folder DIR ' +
    '(./NAME without it), and says what to type next; also what tells editors where the types are, ' +
    'which --editor writes alone, into the folder that the editor opens (without DIR, this one). ' +
    'Nothing is overwritten.',
  flags: {
    ...quietFlag,
    editor: toggle({
      help: 'only what editors need: pyrightconfig.json, jsconfig.json, tsconfig.json, compile_flags.txt',
    }),
  },
  async run({ flags, operands }, terminal) {
    if (flags.editor) {
      const [language, folder = '.'] = takeOperands(operands, ['LANGUAGE', '[DIR]']);
      write(new Map(), editorTexts(kindOf(language), folder), folder, terminal);
      return EXIT_OK;
    }
    const [language, name, operand] = takeOperands(operands, ['LANGUAGE', 'NAME', '[DIR]']);
    const kind = kindOf(language);
    checkName(name, kind);
    const folder = operand ?? name;
    write(moduleTexts(kind, name, folder), editorTexts(kind, folder), folder, terminal);
    const steps = stepsFor(kind, name, folder, process.cwd());
    note(`\nnow type:\n${formatSteps(steps)}`, terminal);
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

/**
 * Writes the files. A file of the module must not exist; an editor's file may, and stays. @throws {Failure}
 */
function write(module: Texts, editor: Texts, folder: string, terminal: Terminal): void {
  refuseExisting(module, folder);
  const { texts: wanted, warnings } = missingTexts(editor, folder);
  const all = new Map([...module, ...wanted]);
  writeTexts(all, folder);
  for (const path of all.keys()) {
    note(`${paint('good', 'wrote', terminal.colour.out)} ${join(folder, path)}`, terminal);
  }
  if (all.size === 0 && warnings.length === 0) note('editors know the types already', terminal);
  for (const text of warnings) warn(text, terminal);
}
