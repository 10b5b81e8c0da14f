/**
 * Modules that end their interpreter: a new one serves, and a request that ends it again is
 * refused.
 */
import { expect, it } from 'vitest';
import { describeStages } from '../support/stage.ts';

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
