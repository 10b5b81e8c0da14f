/**
 * Modules that end their interpreter: a new one serves, and a request that ends it again is
 * refused.
 */
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, withScratch } from '../support/mount.ts';
import { describeStages } from '../support/stage.ts';
import { onlyInFirst } from '../support/test-selection.ts';

const EIO = 'Input/output error';
const ENOENT = 'No such file or directory';

/** Names whose lookup ends the interpreter, each in its own way. */
const LOST = `from glupy import Translator
import os


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name and loc.name.startswith("crash"):
            os._exit(3)
        if loc.name == "nested":
            nested = ()
            for _ in range(2_000_000):
                nested = (nested,)
            del nested
        while loc.name == "stubborn":
            try:
                while True:
                    pass
            except BaseException:
                pass
        frame.wind(loc, xdata)
`;

for (const [name, why] of [
  ['crash', /broke down/],
  ['nested', /broke down/],
  ['stubborn', /ran too long/],
] as const) {
  describeStages(
    `a module that loses its interpreter (${name})`,
    { kernel: ['posix'], user: ['posix'], 'fuse-native': ['posix'] },
    (stage) => {
      it('fails the waiting requests, and a new interpreter serves the later ones', async () => {
        const { out } =
          await stage.runScript(`echo data > f; mkdir d; exec 3< f 4>> f; cat ${name} 2>&1; cat <&3
            echo more >&4
          stat -L -c %s /proc/self/fd/3; cat other 2>&1; cat ${name} 2>&1; cat other 2>&1
          cat ${name} 2>&1; ls`);
        expect(out).toBe(
          `cat: ${name}: ${EIO}\ndata\n10\ncat: other: ${ENOENT}\ncat: ${name}: ${EIO}\n` +
            `cat: other: ${ENOENT}\ncat: ${name}: ${EIO}\nd\nf\n`,
        );
        expect(stage.mount.log()).toMatch(why);
        // Only that name is refused, from its second lookup on.
        expect(stage.mount.log()).not.toMatch(/started anew in/);
        expect(stage.mount.log()).toMatch(
          new RegExp(
            `lookup of '/.*${name}' ends the interpreter again and again: refused for 1 s`,
          ),
        );
      });

      if (name === 'crash') {
        it('repeatedly, for different names, does not block other requests', async () => {
          const out = await stage.runOk(`echo data > f
            for n in 1 2; do (for i in 1 2; do cat crash$n.$i crash; done) 2>/dev/null & done
            for i in $(seq 10); do cat f; done | sort | uniq -c | tr -d ' '; wait`);
          expect(out).toBe('10data\n');
        });
      }
    },
    {
      above: { name: 'lost', text: LOST, options: ['option time-limit 1'] },
      mayComplain: true,
      args: ['--entry-timeout', '0'],
    },
  );
}

/** Frees nested objects, and calls itself through functions in C. */
const DEEP = `from functools import partial
from glupy import ENOENT, Translator


class xlator(Translator):
    observes = True  # else the log warns of names that are still listed

    def lookup(self, frame, loc, xdata):
        kind, _, depth = (loc.name or "").partition("-")
        getattr(self, kind, lambda depth: None)(int(depth or 0))
        frame.fail(ENOENT) if loc.name else frame.wind(loc, xdata)

    def free(self, depth):
        for wrap in (lambda x: [x], lambda x: (x,), lambda x: {0: x}, lambda x: frozenset([x])):
            nested = wrap(0)
            for _ in range(depth):
                nested = wrap(nested)
            del nested

    def recurse(self, depth):
        for call in (
            lambda below: sorted([0], key=lambda _: below()),
            lambda below: partial(below)(),
            lambda below: eval("below()", {"below": below}),
        ):
            def go(left):
                if left:
                    call(lambda: go(left - 1))
                return 0

            try:
                go(depth)
            except (RecursionError, MemoryError):
                pass
`;

onlyInFirst(() =>
  describeMounts('a module with deep structures', () => {
    it('frees 10,000 levels, and recursion through C code ends in an exception', () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('deep.py', DEEP);
        await scratch.writeFile(
          'deep.vol',
          `volume storage\n type storage/memory\nend-volume
volume deep\n type features/glupy\n option module-name deep\n subvolumes storage\nend-volume\n`,
        );
        const names = ['free-1000', 'free-10000', 'recurse-100', 'recurse-10000', 'last'];
        const script = names.map((name) => `cat ${name}`).join('; ');
        const { err } = await runGlossa(scratch, ['run', 'deep.vol', '--', 'sh', '-c', script]);
        expect(err.trim().split('\n')).toEqual(names.map((name) => `cat: ${name}: ${ENOENT}`));
      }));
  }),
);
