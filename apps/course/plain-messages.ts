/** Rewrites the runtime's messages about a module for beginners; `judge.ts` calls it. */

/** Messages about a module that the interpreter's limits ended, with their meaning. */
const messageMeanings: readonly (readonly [RegExp, string])[] = [
  [
    /(?:_glossa\.TimeLimit: |TimeLimit: |Error: )?the call (?:took|ran) longer than (?:its time limit|[\d.]+ s \(option time-limit\))/g,
    'it computed for seconds and came to no end. Is there a loop that never ends?',
  ],
  [
    /an async function took too long and was interrupted \(option time-limit\)|a call ran too long (?:\([\d.]+ s\) )?and would not be interrupted(?: \(option time-limit\))?/g,
    'it goes on and on, and came to no end. Is there a loop, or a promise behind each promise, that never ends?',
  ],
  [
    /async functions took more memory than there is \(option memory-limit\)/g,
    'it took more memory than there is. Is there a promise behind each promise, without an end?',
  ],
  [
    /(?:the interpreter (?:is lost|broke down): )+(?:\w+: )*(?:the interpreter broke down: )?Program terminated with exit\(\d+\)/g,
    'it ended the whole interpreter, as `os._exit` does. A translator answers a request, and goes on.',
  ],
  [
    /(?<=: )(?:MemoryError|InternalError: out of memory)$/gm,
    '$&: it took more memory than there is',
  ],
];

/** Matches a traceback's lines about Python's own library. */
const LIBRARY_LINES_PATTERN = /^ *File "\/lib\/.*\n(?:(?! *File | *\S+: )(?: {4,}).*\n)*/gm;

/** Matches four or more equal lines, as in the traceback of an endless recursion. */
const REPEATED_LINE_PATTERN = /^(.*)\n(?:\1\n){3,}/gm;

/** Matches the last line of a traceback after a time limit, which repeats the message. */
const TIME_LIMIT_LINE_PATTERN = /^ *_glossa\.TimeLimit: .*\n/gm;

/** Shortens tracebacks to the learner's own lines, and explains the interpreter's limits. */
export function simplifyMessage(text: string): string {
  const ownText = `${text}\n`
    .replace(TIME_LIMIT_LINE_PATTERN, '')
    .replace(LIBRARY_LINES_PATTERN, '')
    .replace(
      REPEATED_LINE_PATTERN,
      // The match ends with a newline, so `split` returns one part more than lines.
      (lines, line: string) => `${line}\n… and ${lines.split('\n').length - 2} times more\n`,
    );
  return messageMeanings
    .reduce((message, [pattern, meaning]) => message.replace(pattern, meaning), ownText)
    .trimEnd();
}
