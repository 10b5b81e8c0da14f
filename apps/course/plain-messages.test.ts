import { expect, it } from 'vitest';
import { simplifyMessage } from './judge.ts';

it.each([
  [
    'a loop',
    `fop.py:4: lookup failed: _glossa.TimeLimit: the call ran longer than its time limit
    Traceback (most recent call last):
      File "fop.py", line 4, in lookup
        while True: pass
                    ^^^^
      File "/lib/python3.14/site-packages/_glossa.py", line 14, in _on_interrupt
    _glossa.TimeLimit: the call ran longer than its time limit

What came of it: EIO`,
    `fop.py:4: lookup failed: it computed for seconds and came to no end. Is there a loop that never ends?
    Traceback (most recent call last):
      File "fop.py", line 4, in lookup
        while True: pass
                    ^^^^

What came of it: EIO`,
  ],
  [
    'a loop in JavaScript',
    'a.js:3: lookup failed: the call took longer than 5 s (option time-limit)\n    at lookup (a.js:3:3)',
    'a.js:3: lookup failed: it computed for seconds and came to no end. Is there a loop that never ends?\n    at lookup (a.js:3:3)',
  ],
  [
    'an end of the interpreter',
    'the interpreter is lost: lookup: the interpreter broke down: Program terminated with exit(3)',
    'it ended the whole interpreter, as `os._exit` does. A translator answers a request, and goes on.',
  ],
  [
    'a repeated line',
    `deep\n${'  at f\n'.repeat(40)}end`,
    'deep\n  at f\n… and 39 times more\nend',
  ],
  ['any other error', 'a.py:1: KeyError', 'a.py:1: KeyError'],
])('simplifyMessage explains in plain words: %s', (_, text, wanted) => {
  expect(simplifyMessage(text)).toBe(wanted);
});
