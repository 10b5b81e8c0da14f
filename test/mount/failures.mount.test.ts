/** Modules that fail: one request fails, the mount keeps serving, and the log names the cause. */
import { describe, expect, it, vi } from 'vitest';
import { runGlossa } from '../support/mount.ts';
import { describeStages, type Stage } from '../support/stage.ts';

/** The name that is looked up selects the failure. The first line is number 1. */
const MODULE = `import sys
from glupy import ENOENT, EACCES, Translator

kept = []


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        what = loc.name
        if what == "raise":
            raise ValueError("as the name says")
        if what == "silent":
            return
        if what == "twice":
            frame.fail(ENOENT)
            return frame.fail(EACCES)
        if what == "both":
            frame.wind(loc, xdata)
            return frame.fail(ENOENT)
        if what == "forever":
            while True:
                pass
        if what == "exit":
            sys.exit(3)
        if what == "deep":
            self.lookup(frame, loc, xdata)
        if what == "garbage":
            return frame.unwind(0, 0, "no inode", 17, None, [])
        if what == "nonsense":
            return frame.fail("no errno")
        if what == "keep":
            kept.append(frame)
            return self.log.info("kept a frame")
        if what == "late":
            kept.pop().fail(EACCES)
        frame.wind(loc, xdata)

    def lookup_cbk(self, frame, op_ret, op_errno, inode, buf, xdata, postparent):
        if buf is not None and buf.ia_size == 4321:
            raise KeyError("in the callback")
        frame.unwind(op_ret, op_errno, inode, buf, xdata, postparent)

    async def mkdir(self, frame, loc, mode, umask, xdata):
        reply = await self.child.mkdir(loc, mode, umask, xdata)
        if loc.name == "refused":
            raise PermissionError(1, "not this one")
        if loc.name == "broken":
            raise RuntimeError("after the fact")
        return reply

    def entry_created(self, loc):
        if loc.name == "told":
            raise LookupError("in a hook")
`;

const MODULE_FILE = 'fails.py';
const above = { name: 'fails', text: MODULE, options: ['option time-limit 1'] };
/** The number of the module's line with this text, from 1. */
const findLine = (text: string): number =>
  MODULE.split('\n').findIndex((line) => line.includes(text)) + 1;

/** Checks that the mount still works. */
const goesOn = async (stage: Stage): Promise<void> => {
  const out = await stage.runOk(
    'echo fine > f; cat f; mkdir d; mv f d/; ls d; cat absent 2>&1; rm -r d; ls',
  );
  expect(out).toBe('fine\nf\ncat: absent: No such file or directory\n');
};

/** The log lines written during an action. */
const logDuring = async (stage: Stage, action: () => Promise<void>): Promise<string> => {
  const before = stage.mount.log().length;
  await action();
  return stage.mount.log().slice(before);
};

const EIO = 'Input/output error';

describe('a module that fails', () => {
  describeStages(
    'in one request',
    { kernel: ['posix'], user: ['posix'], 'fuse-native': ['posix'] },
    (stage) => {
      const cases: readonly (readonly [string, string, readonly RegExp[]])[] = [
        [
          'raise',
          EIO,
          [
            new RegExp(`${MODULE_FILE}:${findLine('as the name')}.*ValueError: as the name says`),
            /Traceback/,
            new RegExp(`line ${findLine('as the name')}, in lookup`),
          ],
        ],
        ['silent', EIO, [/lookup/, new RegExp(MODULE_FILE)]],
        ['forever', EIO, [/time-limit|too long|limit/i, new RegExp(`${MODULE_FILE}:\\d+`)]],
        ['exit', EIO, [/SystemExit/, new RegExp(`${MODULE_FILE}:${findLine('sys.exit')}`)]],
        ['deep', EIO, [/RecursionError/, new RegExp(`${MODULE_FILE}:\\d+`)]],
        ['garbage', EIO, [/lookup/]],
        ['nonsense', EIO, [/errno/]],
      ];
      it.each(cases)(
        "by '%s' gives the caller an error, logs the line of the fault, and keeps the mount serving",
        async (name, error, lines) => {
          const log = await logDuring(stage, async () => {
            const { out } = await stage.runScript(`cat ${name} 2>&1`);
            expect(out).toBe(`cat: ${name}: ${error}\n`);
            await goesOn(stage);
          });
          for (const line of lines) expect(log).toMatch(line);
        },
      );

      it.each(['twice', 'both'])(
        "by a second reply ('%s') causes a log line, and keeps the mount serving",
        async (name) => {
          const log = await logDuring(stage, async () => {
            const { out } = await stage.runScript(`cat ${name} 2>&1`);
            expect(out).toMatch(/^cat: \w+: (No such file or directory|Input\/output error)\n$/);
            await goesOn(stage);
          });
          expect(log).toMatch(/ [EW] .*(twice|already|answered)/);
          expect(log).toMatch(new RegExp(`${MODULE_FILE}:\\d+`));
        },
      );

      it('in a callback gives the caller EIO, and logs the line of the fault', async () => {
        const log = await logDuring(stage, async () => {
          const { out } = await stage.runScript('truncate -s 4321 f 2>&1; cat f 2>&1');
          expect(out).toMatch(new RegExp(`cat: f: ${EIO}\n$`));
          await goesOn(stage);
        });
        expect(log).toMatch(new RegExp(`${MODULE_FILE}:${findLine('in the callback')}.*KeyError`));
      });

      it("in an async fop gives the caller the exception's errno or EIO, even after the change was made", async () => {
        const log = await logDuring(stage, async () => {
          const { out } = await stage.runScript(
            'mkdir refused 2>&1; mkdir broken 2>&1; mkdir good; ls',
          );
          expect(out).toBe(
            "mkdir: cannot create directory 'refused': Operation not permitted\n" +
              `mkdir: cannot create directory 'broken': ${EIO}\nbroken\ngood\nrefused\n`,
          );
          await goesOn(stage);
        });
        expect(log).toMatch(
          new RegExp(`${MODULE_FILE}:${findLine('after the fact')}.*RuntimeError`),
        );
        expect(log).not.toMatch('not this one');
      });

      it('in a hook is logged, and no request fails', async () => {
        const log = await logDuring(stage, async () => {
          expect(await stage.runOk('echo x > told; cat told')).toBe('x\n');
        });
        expect(log).toMatch(new RegExp(`${MODULE_FILE}:${findLine('in a hook')}.*LookupError`));
      });

      it('to reply at once, but replies during a later request, causes no error', async () => {
        const { mounted } = stage.nextFolders();
        const pending = stage.startClient(mounted, 'cat keep');
        await vi.waitFor(() => expect(stage.mount.log()).toMatch('kept a frame'), 50_000);
        // Elsewhere, as the kernel may look up one name of a directory at a time.
        await stage.runOk('[ ! -e late ]');
        expect((await pending.outcome).err).toBe('cat: keep: Permission denied\n');
      });

      it('repeatedly among successful requests affects no other request', async () => {
        const out = await stage.runOk(`for n in 1 2 3 4; do (for i in $(seq 20); do
          cat raise 2>/dev/null && echo wrong; echo $i > f$n; [ $(cat f$n) = $i ] || echo lost
          done) & done; wait; ls | tr '\\n' ' '`);
        expect(out).toBe('f1 f2 f3 f4 ');
      });

      it('is counted in glossa stats', async () => {
        const { out } = await runGlossa(stage.scratch, ['stats', stage.mount.path]);
        expect(out).toMatch(/failures\W+\d{2}/);
      });
    },
    // The kernel looks names up every time.
    { above, mayComplain: true, args: ['--entry-timeout', '0', '--attribute-timeout', '0'] },
  );
});
