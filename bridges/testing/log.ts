/** Lines of a graph's log, taken apart again for the one who tests. The form is `core/log.ts`'s. */

/** [level's letter, file, line, function, text]; the text has all lines of a traceback. */
export type ParsedLine = readonly [string, string, number, string, string];

const LINE =
  /^\[[^\]]*\] ([A-Z]) (?:\[MSGID: \d+\] )?\[(.*?):(\d+):(.*?)\] \d+-([^:]*): ([\s\S]*)$/;

/** Undefined for what is no line of a log. */
export function parseLine(text: string): ParsedLine | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, level, file, line, func, , message] = match;
  return [level!, file!, Number(line), func!, message!];
}

/** Files that scripts write lines from; the runtime's own are `.ts`, or those named here. */
const SCRIPT = /\.(py|mjs)$|^(?!(frame|graph|host|host-api|interpreter|index)\.)[^/]*\.js$/;

export const isScript = (file: string): boolean => SCRIPT.test(file);

/** A line for people: the level, the place if it is a script's, the text. */
export function formatLogLine([level, file, line, , text]: ParsedLine): string {
  return isScript(file) ? `${level} ${file}:${line}: ${text}` : `${level} ${text}`;
}
