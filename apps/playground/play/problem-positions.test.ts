/** Problems are placed at their line and column; the message keeps the rest. */
import { expect, it } from 'vitest';
import { makeProblemFromMessage } from './playground-runtime.ts';

const texts = {
  '/graph.vol': '',
  '/bad.py': 'x = 1\n    class xlator(Translator)\n',
  '/bad.js': '',
};
const VOLUME = "/graph.vol:4:8: volume 'top' (features/glupy): ";

it.each([
  [
    `${VOLUME}/bad.py:2: SyntaxError: expected ':'\nTraceback:\n  File "/bad.py", line 2\n` +
      '    class xlator(Translator)\n                            ^\nSyntaxError',
    { file: '/bad.py', line: 2, column: 29 },
    /^SyntaxError: expected ':'\nTraceback/,
  ],
  [
    `${VOLUME}/bad.js:3:11: SyntaxError: expecting '('`,
    { file: '/bad.js', line: 3, column: 11 },
    /^SyntaxError: expecting '\('$/,
  ],
  [
    `${VOLUME}/bad.js:1: SyntaxError: variable name expected\n    at /bad.js:1:5\n    let let\n        ^`,
    { file: '/bad.js', line: 1, column: 5 },
    /^SyntaxError: variable name expected\n/,
  ],
  [
    `${VOLUME}/elsewhere.py:3: NameError: x`,
    { file: '/graph.vol', line: 4, column: 8 },
    /^\/elsewhere.py:3: NameError: x$/,
  ],
  [
    `${VOLUME}option 'size': too much`,
    { file: '/graph.vol', line: 4, column: 8 },
    /^volume 'top' \(features\/glupy\): option 'size': too much$/,
  ],
  ['out of memory', { file: null, line: 0, column: 0 }, /^out of memory$/],
])(
  'makeProblemFromMessage splits a message into file, line, column and text: case %#',
  (text, place, message) => {
    expect(makeProblemFromMessage(text, 'error', texts)).toEqual({
      severity: 'error',
      ...place,
      message: expect.stringMatching(message),
    });
  },
);
