/**
 * Learners' mistakes: edits of a lesson's solution, and the expected answer. Mistakes of both
 * languages are made in JavaScript, whose interpreter starts at once; `mistakes-python.ts` has
 * those of Python alone.
 */

export interface Mistake {
  readonly name: string;
  /** The edit of the solution: a replaced part. */
  readonly js?: readonly [from: string, to: string];
  readonly py?: readonly [from: string, to: string];
  readonly answer: RegExp;
  /** A part of the lesson's sentence with 'must', 'never', 'always' or 'only' that the mistake breaks. */
  readonly breaks?: string;
}

const UNWIND = 'frame.unwind(opRet, opErrno, ...reply);';
const KEY = `\`\${loc.pargfid}/\${loc.name}\``;

/** Keeps the notes of lesson 5 in an array, from which the callback takes one by this method. */
const takeNotesBy = (method: string): readonly [from: string, to: string] => [
  `frame.local = loc.path;
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    this.log.info('%s: %s', frame.local`,
  `this.notes = [...(this.notes ?? []), loc.path];
    frame.wind();
  }

  lookupCbk(frame, opRet, opErrno, ...reply) {
    this.log.info('%s: %s', this.notes.${method}()`,
];

export const mistakes: Readonly<Record<string, readonly Mistake[]>> = {
  '1-stack': [
    {
      name: 'one path, written down',
      js: ['loc.path', "'/books/moby'"],
      answer: /different one for each request/,
    },
    { name: 'only the name', js: ['loc.path', 'loc.name'], answer: /should say the path/ },
    {
      name: 'another name for the class',
      js: ['class xlator', 'class Stack'],
      answer: /does not start.*xlator/s,
      breaks: 'the name is always the same',
    },
    {
      name: 'the wind lost',
      js: ['frame.wind();', ''],
      answer: /is a frame\.wind, frame\.unwind or frame\.fail missing/,
    },
    {
      name: 'the log lost',
      js: ["this.log.info('a program asks for %s', loc.path);", ''],
      answer: /nothing is in the log/,
    },
  ],
  '2-nothing': [
    {
      name: 'another name',
      js: ['class xlator', 'class Nothing'],
      answer: /does not start.*xlator/s,
      breaks: 'The class must be called `xlator`',
    },
    {
      name: 'a method that changes',
      js: [
        '{}',
        '{ setattr(frame, loc, stbuf, valid) { frame.wind(loc, stbuf.copy({ iaProt: 0o600 }), valid, null); } }',
      ],
      answer: /The file got the mode 640, and the storage has/,
      breaks: 'through your translator, which must change nothing',
    },
    {
      name: 'a method that says it has removed',
      js: ['{}', '{ unlink(frame) { frame.unwind(0, 0, new Iatt(), new Iatt()); } }'],
      answer: /The file was removed, and the storage still has b|Iatt/,
      breaks: 'through your translator, which must change nothing',
    },
    { name: 'not exported', js: ['export class', 'class'], answer: /does not start.*export/s },
    {
      name: 'a method that swallows',
      js: ['{}', '{ lookup(frame) {} }'],
      answer: /neither answered nor passed on/,
    },
    {
      name: 'a method that answers',
      js: ['{}', '{ lookup(frame) { frame.fail(2); } }'],
      answer: /answered a lookup by itself/,
    },
  ],
  '3-fop': [
    {
      name: 'everything hidden',
      js: ["if (loc.name === 'ghost') ", ''],
      answer: /only the name ghost is to be hidden/i,
    },
    {
      name: 'the path compared',
      js: ["loc.name === 'ghost'", "loc.path === '/ghost'"],
      answer: /`loc\.name`/,
    },
    {
      name: 'a name with a slash',
      js: ["'ghost'", "'/ghost'"],
      answer: /The file \/ghost was looked up, and it was found/,
      breaks: '`loc.name` only ghost',
    },
    {
      name: 'a part of the name',
      js: ["loc.name === 'ghost'", "loc.name?.includes('ghost')"],
      answer: /ghostwriter/,
    },
    { name: 'another error', js: ['fail(ENOENT)', 'fail(5)'], answer: /says EIO.*ENOENT/s },
    {
      name: 'the return lost',
      js: ['return frame.fail', 'frame.fail'],
      answer: /answered|already/,
      breaks: 'call one of these two, and only one',
    },
    {
      name: 'the storage asked in folders',
      js: [
        "if (loc.name === 'ghost') return frame.fail(ENOENT);\n    frame.wind();\n  }",
        "if (loc.path === '/ghost') return frame.fail(ENOENT);\n    frame.local = loc.name;\n    frame.wind();\n  }\n\n" +
          "  lookupCbk(frame, ...reply) {\n    if (frame.local === 'ghost') return frame.fail(ENOENT);\n" +
          '    frame.unwind(...reply);\n  }',
      ],
      answer: /hides \/house\/ghost by ENOENT .*the storage was asked once/,
      breaks: 'Requests for ghost must not reach the storage',
    },
    {
      name: 'nothing winds',
      js: ['\n    frame.wind();', ''],
      answer: /neither answered nor passed on/,
    },
  ],
  '4-callback': [
    {
      name: 'winds again and again',
      js: [UNWIND, 'frame.wind();'],
      answer: /never got an answer: lookup of \/cat\./,
    },
    { name: 'no unwind', js: [UNWIND, ''], answer: /neither answered nor passed on/ },
    {
      name: 'the reply lost',
      js: [UNWIND, 'frame.unwind(opRet, opErrno);'],
      answer: /inode|answered: EIO/,
    },
    {
      name: 'always success',
      js: [UNWIND, 'frame.unwind(0, 0, ...reply);'],
      answer: /answered: EIO|inode/,
    },
    {
      name: 'always absent',
      js: [UNWIND, 'frame.fail(ENOENT);'],
      answer: /found \/cat, and your translator answered: ENOENT/,
    },
    {
      name: 'op_ret and op_errno swapped',
      js: [UNWIND, 'frame.unwind(opErrno, opRet, ...reply);'],
      answer: /answered: (found|EIO)|inode/,
    },
    {
      name: 'op_ret taken for true',
      js: ['opRet >= 0', 'opRet'],
      answer: /logged 'failed', and 'found' was right/,
    },
    {
      name: 'every failure is absent',
      js: ['opErrno === ENOENT', 'true'],
      answer: /EACCES is not ENOENT/,
    },
    {
      name: 'zero taken for a failure',
      js: ['opRet >= 0', 'opRet > 0'],
      answer: /logged 'failed', and 'found' was right/,
    },
    {
      name: 'a name of its own',
      js: ['lookupCbk', 'lookupCallback'],
      answer: /lookupCallback|logged nothing/,
    },
    {
      name: 'two lines for a reply',
      js: ["this.log.info('found')", "this.log.info('found'), this.log.info('found')"],
      answer: /Log one line for each reply/,
    },
    {
      name: 'op_errno tested first',
      js: [
        "if (opRet >= 0) this.log.info('found');\n    else if (opErrno === ENOENT) this.log.info('absent');\n    else",
        "if (opErrno === ENOENT) this.log.info('absent');\n    else if (opRet >= 0) this.log.info('found');\n    else",
      ],
      answer: /left over from an earlier failure.*Test `opRet` first/,
      breaks: 'Only a failure has a meaningful',
    },
    {
      name: 'nothing in one branch',
      js: ["this.log.info('absent')", 'null'],
      answer: /should log 'absent'/,
    },
  ],
  '5-local': [
    {
      name: 'kept in the module',
      js: ['frame.local = loc.path', 'globalThis.path = loc.path; frame.local = 1'],
      answer: /Your callback logged '1: found'/,
    },
    {
      name: 'never noted',
      js: ['frame.local = loc.path;', ''],
      answer: /Your callback logged '(null|undefined): found'/,
    },
    {
      name: 'only the name',
      js: ['loc.path', 'loc.name'],
      answer: /'cat: found', and '\/cat: found' was right/,
    },
    {
      name: 'noted after the wind',
      js: [
        'frame.local = loc.path;\n    frame.wind();',
        'frame.wind();\n    this.path = loc.path;',
      ],
      answer: /Your callback logged/,
    },
    {
      name: 'a queue of notes',
      js: takeNotesBy('shift'),
      answer: /reply for \/dragon came first: replies come in any order.*mixed them up/,
    },
    {
      name: 'a heap of notes',
      js: takeNotesBy('pop'),
      answer: /under way at once: \/cat is there, \/dragon is not\. Your translator logged/,
    },
    {
      name: 'turned round',
      js: ["'found' : 'absent'", "'absent' : 'found'"],
      answer: /'\/cat: absent', and/,
    },
  ],
  '6-options': [
    {
      name: 'a name in the code',
      js: ['loc.name === this.hidden', "loc.name === 'ghost'"],
      answer: /\/cat was found/,
    },
    {
      name: 'not declared',
      js: ["hidden: Option.str('ghost', { help: 'the name that is hidden' }),", ''],
      answer: /hid(ing|den)/,
    },
    { name: 'another default', js: ["'ghost', {", "'spook', {"], answer: /'hiding spook'/ },
    {
      name: 'everything at level info',
      js: ['log.debug', 'log.info'],
      answer: /`this\.log\.debug`/,
    },
    {
      name: 'nothing at the start',
      js: ["this.log.info('hiding %s', this.hidden);", ''],
      answer: /volume started, and nothing was logged/,
    },
    {
      name: 'nothing for a request',
      js: ["this.log.debug('hid %s', loc.path);", ''],
      answer: /no line says so/,
    },
    { name: 'a number', js: ["Option.str('ghost'", 'Option.int(1'], answer: /'hiding 1'/ },
  ],
  '7-cache': [
    {
      name: 'never remembers',
      js: ['this.absent.add(frame.local)', 'null'],
      answer: /storage was asked 3 times/,
    },
    { name: 'no set', js: ['this.absent = new Set();', ''], answer: /cache\.js:11/ },
    {
      name: 'remembers before the reply',
      js: ['frame.local = key;', 'frame.local = key; this.absent.add(key);'],
      answer: /At the second lookup.*not before/s,
    },
    {
      name: 'remembers every name',
      js: ['if (opRet < 0 && opErrno === ENOENT) ', ''],
      answer: /At the second lookup/,
    },
    {
      name: 'remembers what is found',
      js: ['opRet < 0 && opErrno === ENOENT', 'opRet >= 0'],
      answer: /asked 3 times/,
    },
    {
      name: 'keyed by the name',
      js: [KEY, 'loc.name'],
      answer: /The same name can be in many folders/,
    },
    {
      name: 'keyed by the path',
      js: [KEY, 'loc.path'],
      answer: /it remembers paths, and a folder can be renamed/,
      breaks: 'a unique number that never changes',
    },
    {
      name: 'remembers every failure',
      js: ['opRet < 0 && opErrno === ENOENT', 'opRet < 0'],
      answer: /answered for \/diary once: EACCES .*at no other failure/,
    },
    {
      name: 'EIO as well',
      js: ['opErrno === ENOENT', '(opErrno === ENOENT || opErrno === 5)'],
      answer: /answered for \/disk once: EIO .*at no other failure/,
    },
    {
      name: 'the key kept in the translator',
      js: ['frame.local', 'this.key'],
      answer: /frame\.local|asked 3 times/,
    },
    { name: 'no note of the key', js: ['frame.local = key;', ''], answer: /asked 3 times/ },
    { name: 'never asks', js: ['if (this.absent.has(key)) ', ''], answer: /cannot know yet/ },
    {
      name: 'another error',
      js: ['fail(ENOENT)', 'fail(5)'],
      answer: /second time the answer was: EIO/,
    },
    {
      name: 'answers and winds',
      js: ['return frame.fail', 'frame.fail'],
      answer: /wound after the request was answered.*is a return missing/,
    },
  ],
  '8-wrong': [
    {
      name: 'creation forgotten',
      js: ['entryCreated', '_entryCreated'],
      answer: /a file was made \(create\)/,
    },
    {
      name: 'create alone',
      js: [
        'entryCreated(loc) {\n    ',
        'createCbk(frame, ...reply) {\n    this.absent.clear();\n    frame.unwind(...reply);\n  }\n\n  _unused(loc) {\n    ',
      ],
      answer: /a folder was made \(mkdir\)/,
    },
    {
      name: 'every error',
      js: ['opRet < 0 && opErrno === ENOENT', 'opRet < 0'],
      answer: /it hid a file from its owner/,
    },
    {
      name: 'EIO as well',
      js: ['opErrno === ENOENT', '(opErrno === ENOENT || opErrno === 5)'],
      answer: /moment of weakness/,
    },
    {
      name: 'keyed by the path',
      js: [`const key = ${KEY}`, 'const key = loc.path'],
      answer: /Then a file was made|it remembers paths/,
    },
    {
      name: 'UPCALL unheard',
      js: ["event !== 'UPCALL'", "event !== 'Upcall'"],
      answer: /Another client made \/late/,
    },
    {
      name: 'for ever',
      js: ['this.options.timeout * 1000', 'Infinity'],
      answer: /it would for ever/,
      breaks: 'your translator must forget a name after a while',
    },
    {
      name: 'milliseconds for seconds',
      js: [' * 1000', ''],
      answer: /30 seconds later the storage was asked again/,
    },
    {
      name: 'no cache any more',
      js: ['this.absent.get(key) > performance.now()', 'false'],
      answer: /does not cache any more/,
    },
    {
      name: 'the count never changes',
      js: ['this.made += 1;', ''],
      answer: /Before its reply came up, another client made it.*`this\.made`/,
      breaks: 'Only then the old reply comes up',
    },
    {
      name: 'the count ignores what others do',
      js: ["'UPCALL') return;\n    this.made += 1;", "'UPCALL') return;"],
      answer: /past your translator, and the event UPCALL came/,
    },
    {
      name: 'half the time',
      js: ['Option.time(60', 'Option.time(20'],
      answer: /30 seconds later the storage was asked again/,
    },
  ],
  '9-measure': [
    {
      name: 'a default of its own',
      js: ['Option.time(0', 'Option.time(30'],
      answer: /Without the option it must be 0/,
    },
    {
      name: 'not declared',
      js: [
        "'kernel-timeout': Option.time(0, { help: 'how long the kernel remembers it, too' }),",
        '',
      ],
      answer: /does not know that option/,
    },
    {
      name: 'only from the cache',
      js: ['\n      return this.fail(frame);', ''],
      answer: /The first answer for \/dragon/,
    },
    {
      name: 'only when it is learnt',
      js: [
        'performance.now()) return this.fail(frame)',
        'performance.now()) return frame.fail(ENOENT)',
      ],
      answer: /The second answer for \/dragon/,
    },
    { name: 'every error', js: ['opErrno === ENOENT', 'true'], answer: /about \/diary/ },
    {
      name: 'no cache any more',
      js: ['this.absent.get(key) > performance.now()', 'false'],
      answer: /200 of these requests/,
    },
  ],
};

/** Sentences with 'must', 'never', 'always' or 'only' that state a fact, or are about what the rows of a table say one by one. */
export const factualSentences: readonly string[] = [
  'what your translator must do',
  'is a clock that never goes backwards',
  'you write only the fops that you want to change',
  'you have seen the way down only',
];
