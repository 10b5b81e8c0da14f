/** `glossa new include-dir`: prints the folder of the header or library for compiled translators. */

import { formatSuggestion } from '../runtime/core/nearest.ts';
import { includeDir, librariesByLanguage } from '../runtime/sys/paths.ts';
import { defineCommand } from '../terminal/command.ts';
import { EXIT_OK, UsageError } from '../terminal/exit.ts';
import { takeOperands } from '../terminal/flags.ts';

export default defineCommand({
  usage: [`glossa new include-dir [${Object.keys(librariesByLanguage).join('|')}]`],
  description:
    'Prints the folder of glossa.h, for a compiler: cc -shared -fPIC -I$(glossa new include-dir) -o ' +
    'mine.so mine.c. For rust it is the folder of the crate, for a dependency in Cargo.toml.',
  flags: {},
  async run({ operands }, terminal) {
    const [language] = takeOperands(operands, ['[LANGUAGE]']);
    const names = Object.keys(librariesByLanguage);
    if (language !== undefined && !names.includes(language)) {
      const hint = formatSuggestion(language, names) || `; use ${names.join(' or ')}`;
      throw new UsageError(`language '${language}' is unknown${hint}`);
    }
    terminal.out(language === undefined ? includeDir : librariesByLanguage[language]!);
    return EXIT_OK;
  },
});
