/** Defines the language of volfiles for the editor: classifies words by their statement. */
import { StreamLanguage, type StringStream } from '@codemirror/language';

/** The position of the parser in the current statement. */
interface ParserState {
  /** The first word of the statement, and the number of words since. */
  statement: string;
  wordIndex: number;
}

/** Matches the first word of a statement. */
const STATEMENT_PATTERN = /^(?:volume|type|option|subvolume[sS]|end-volume)$/;
/** Classes of the words after a statement's first word; the last is for all further words. */
const WORD_CLASSES: Readonly<Record<string, readonly string[]>> = {
  volume: ['variableName.definition'],
  type: ['typeName'],
  option: ['propertyName', 'string'],
  subvolumes: ['variableName'],
};

/** Reads a word, string or comment. @returns its class, which decides its colour; null: none */
function readToken(stream: StringStream, state: ParserState): string | null {
  if (stream.eatSpace()) return null;
  if (stream.peek() === '#') {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match(/^"(?:\\.|[^"\\])*"?/) || stream.match(/^`[^`]*`?/)) {
    state.wordIndex += 1;
    return 'string';
  }
  stream.match(/^[^\s"`]+/);
  const word = stream.current();
  if (word === '') {
    stream.next();
    return 'invalid';
  }
  if (STATEMENT_PATTERN.test(word)) {
    state.statement = word.toLowerCase();
    state.wordIndex = 0;
    return 'keyword';
  }
  const classes = WORD_CLASSES[state.statement.replace(/^subvolume$/, 'subvolumes')];
  if (classes === undefined) return 'invalid';
  const wordClass = classes[Math.min(state.wordIndex, classes.length - 1)]!;
  state.wordIndex += 1;
  return wordClass === 'string' && /^[-+]?\d/.test(word) ? 'number' : wordClass;
}

/** The language of volfiles. */
export const volfileLanguage = StreamLanguage.define<ParserState>({
  name: 'volfile',
  startState: () => ({ statement: '', wordIndex: 0 }),
  copyState: (state) => ({ ...state }),
  token: readToken,
  languageData: { commentTokens: { line: '#' } },
});
