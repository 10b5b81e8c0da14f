/** `glossa new`: writes a working module with its volfile and its test. */
import { join } from 'node:path';
import { formatSuggestion } from '../runtime/core/nearest.ts';
import { BlockingTty, findTtyPath } from '../terminal/blocking-tty.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, UsageError } from '../terminal/exit.ts';
import { choiceFlag, quietFlag, takeOperands, toggleFlag } from '../terminal/flags.ts';
import { paint, printNote, printWarning, type Terminal } from '../terminal/terminal.ts';
import {
  type FileTexts,
  findMissingTexts,
  makeEditorTexts,
  makeModuleTexts,
  refuseExisting,
  writeTexts,
} from './new/template-files.ts';
import {
  checkName,
  formatNextCommands,
  listNextCommands,
  listTargets,
  moduleKinds,
  selectKind,
  selectTarget,
  type TemplateLanguage,
  targets,
  templateLanguages,
} from './new/template-languages.ts';

/** The languages in the usage: `python|javascript|…`. */
const languageChoices = Object.keys(templateLanguages).join('|');

export default defineCommand({
  usage: [
    `glossa new ${languageChoices} NAME [DIR] [options]`,
    `glossa new --editor ${languageChoices} [DIR]`,
  ],
  description:
    'Writes a module NAME that works, its volfile, its test and a README into the folder DIR ' +
    '(./NAME without it), and says what to type next; also what tells editors where the types are, ' +
    'which --editor writes alone, into the folder that the editor opens (without DIR, this one). ' +
    'Nothing is overwritten. A module in C runs in the sandbox (.wasm), or with --target so as a ' +
    'shared object in the server itself; at a terminal, the command asks.',
  flags: {
    ...quietFlag,
    editor: toggleFlag({
      help: 'only what editors need, such as pyrightconfig.json, tsconfig.json or compile_flags.txt',
    }),
    kind: choiceFlag({
      placeholder: 'KIND',
      values: moduleKinds,
      help: 'a translator above a folder (the default), or files: a storage by path',
    }),
    target: choiceFlag({
      placeholder: 'TARGET',
      values: targets,
      help: `what the source is compiled to: ${targets.join(' or ')}`,
    }),
  },
  async run({ flags, operands }, terminal) {
    if (flags.editor) {
      const [language, folder = '.'] = takeOperands(operands, ['LANGUAGE', '[DIR]']);
      writeFiles(
        new Map(),
        makeEditorTexts(findTemplateLanguage(language), folder),
        folder,
        terminal,
      );
      return EXIT_OK;
    }
    const [language, name, folderOperand] = takeOperands(operands, ['LANGUAGE', 'NAME', '[DIR]']);
    const anyTarget = findTemplateLanguage(language);
    checkName(name, anyTarget);
    const anyKind = selectKind(anyTarget, flags.kind ?? moduleKinds[0]);
    const templateLanguage = selectTarget(anyKind, flags.target ?? askTarget(anyKind, terminal));
    const folder = folderOperand ?? name;
    writeFiles(
      makeModuleTexts(templateLanguage, name, folder),
      makeEditorTexts(templateLanguage, folder),
      folder,
      terminal,
    );
    const nextCommands = listNextCommands(templateLanguage, name, folder, process.cwd());
    printNote(`\nnow type:\n${formatNextCommands(nextCommands)}`, terminal);
    return EXIT_OK;
  },
});

/** Asks the user at a terminal which kind of module to write; without a terminal, it is the default. */
function askTarget(language: TemplateLanguage, terminal: Terminal): string {
  const choices = listTargets(language);
  const path = findTtyPath();
  const canAsk =
    choices.length > 1 && process.stdin.isTTY === true && terminal.isInteractive && path;
  if (!canAsk) return language.target;
  const tty = new BlockingTty(path, null);
  for (;;) {
    const answer = tty.readLine(
      `${choices.join(', in the sandbox, or ')}, in the server itself? [${language.target}] `,
    );
    // Ctrl-D takes the default, as an empty line does.
    const word = answer?.trim().replace(/^\./, '').toLowerCase() || language.target;
    if (choices.includes(word)) return word;
  }
}

/** Finds a language by its name or an alias. @throws {UsageError} */
function findTemplateLanguage(language: string): TemplateLanguage {
  const languageNames = Object.keys(templateLanguages);
  const lowerCase = language.toLowerCase();
  const templateLanguage = Object.values(templateLanguages).find(
    ({ folder, aliases }) => folder === lowerCase || aliases.includes(lowerCase),
  );
  if (templateLanguage !== undefined) return templateLanguage;
  const hint =
    formatSuggestion(language, languageNames) || `; there is ${languageNames.join(', ')}`;
  throw new UsageError(`no language '${language}'${hint}`);
}

/**
 * Writes the files, and prints each. If a file of `moduleTexts` exists, nothing is written; an
 * existing file of `editorTexts` is left unchanged. @throws {Failure}
 */
function writeFiles(
  moduleTexts: FileTexts,
  editorTexts: FileTexts,
  folder: string,
  terminal: Terminal,
): void {
  refuseExisting(moduleTexts, folder);
  const { texts: missingTexts, warnings } = findMissingTexts(editorTexts, folder);
  const allTexts = new Map([...moduleTexts, ...missingTexts]);
  writeTexts(allTexts, folder);
  for (const path of allTexts.keys()) {
    printNote(`${paint('good', 'wrote', terminal.colour.out)} ${join(folder, path)}`, terminal);
  }
  if (allTexts.size === 0 && warnings.length === 0)
    printNote('editors know the types already', terminal);
  for (const text of warnings) printWarning(text, terminal);
}
