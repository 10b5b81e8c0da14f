/** Parses the log lines of a graph under test; `core/log.ts` writes them. */

/** [level's letter, file, line, function, text]; the text has all lines of a traceback. */
export type ParsedLine = readonly [string, string, number, string, string];

const LINE =
  /^\[[^\]]*\] ([A-Z]) (?:\[MSGID: \d+\] )?\[(.*?):(\d+):(.*?)\] \d+-([^:]*): ([\s\S]*)$/;

/** Parses a line; undefined if it is not a log line. */
export function parseLine(text: string): ParsedLine | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, level, file, line, func, , message] = match;
  return [level!, file!, Number(line), func!, message!];
}

/** Matches the files of modules. The runtime's own files are `.ts`, or the `.js` files excluded here. */
const MODULE_FILE = /\.(py|mjs)$|^(?!(frame|graph|host|host-api|interpreter|index)\.)[^/]*\.js$/;

export const isModuleFile = (file: string): boolean => MODULE_FILE.test(file);

/** Formats a line for people: the level, a module's position, the text. */
export function formatLogLine([level, file, line, , text]: ParsedLine): string {
  return isModuleFile(file) ? `${level} ${file}:${line}: ${text}` : `${level} ${text}`;
}
