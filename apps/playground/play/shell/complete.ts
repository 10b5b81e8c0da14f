/** What the end of a line may be completed by: commands, users, paths. */
import { FopError } from '../../../../runtime/api/driver.ts';
import type { Files } from '../../../../runtime/api/files.ts';
import { IA_IFDIR } from '../../../../runtime/core/iatt.ts';
import { commandNames } from './index.ts';
import { USERS } from './users.ts';
import { LineSyntaxError, parseLine, quoteWord } from './words.ts';

/** What stands for the word that is being typed, when there is none yet. */
const beginning = (known: Iterable<string>, word: string): string[] =>
  [...known].filter((one) => one.startsWith(word));

/** Whole words that may stand where the last one is, as they are typed. */
export async function completions(line: string, files: Files): Promise<readonly string[]> {
  const words = lastWords(line);
  if (words === null) return [];
  const word = words.at(-1)!;
  const before = words.slice(0, -1);
  while (before[0] === 'as' && before.length > 1) before.splice(0, 2);
  if (before.length === 0) return beginning(commandNames, word);
  if (before[0] === 'as') return beginning(Object.keys(USERS), word);
  if (before[0] === 'help') return beginning(commandNames, word);
  return paths(word, files);
}

/** The words of the command that is being typed, the last of which may be empty. */
function lastWords(line: string): string[] | null {
  try {
    // A mark that is no blank, so that a word ends here and an empty one is there.
    const command = parseLine(`${line}${MARK}`).at(-1);
    if (command === undefined) return null;
    const marked = command.to?.path.endsWith(MARK) ? ['>', command.to.path] : [...command.words];
    const last = marked.at(-1)!;
    return last.endsWith(MARK) ? [...marked.slice(0, -1), last.slice(0, -MARK.length)] : null;
  } catch (error) {
    if (error instanceof LineSyntaxError) return null;
    throw error;
  }
}

const MARK = '\u0001';

async function paths(word: string, files: Files): Promise<readonly string[]> {
  const cut = word.lastIndexOf('/') + 1;
  const [folder, begun] = [word.slice(0, cut), word.slice(cut)];
  try {
    const names = await files.list(folder === '' ? '/' : folder);
    const found: string[] = [];
    for (const name of beginning(names, begun)) {
      const { buf } = await files.lookup(`${folder}/${name}`);
      found.push(quoteWord(`${folder}${name}${buf.iaType === IA_IFDIR ? '/' : ''}`));
    }
    return found;
  } catch (error) {
    if (error instanceof FopError) return [];
    throw error;
  }
}
