/** Turns messages of the runtime about a module into words for the author of a first one. Pure. */

/** Messages about a module that a limit ended, with their meaning. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
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

/** Lines of a traceback in Python's own library. */
const ELSEWHERE = /^ *File "\/lib\/.*\n(?:(?! *File | *\S+: )(?: {4,}).*\n)*/gm;

/** A repeated line, as from a recursive function. */
const AGAIN = /^(.*)\n(?:\1\n){3,}/gm;

/** The last line of a traceback, which repeats the message. */
const LIMIT = /^ *_glossa\.TimeLimit: .*\n/gm;

export function simplifyMessage(text: string): string {
  const ownText = `${text}\n`
    .replace(LIMIT, '')
    .replace(ELSEWHERE, '')
    .replace(
      AGAIN,
      (lines, line: string) => `${line}\n… and ${lines.split('\n').length - 2} times more\n`,
    );
  return MEANINGS.reduce((message, [from, to]) => message.replace(from, to), ownText).trimEnd();
}
