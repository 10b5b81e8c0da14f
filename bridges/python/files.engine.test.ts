/** Files of a Python module: its own folder in memory, and the granted ones. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { ATTEMPT_FILES, runAttempt } from '../../test/support/attempt.ts';
import { startModule } from '../../test/support/module.ts';
import { rows } from '../../test/support/rows.ts';

/** Python code, its result, and the log. */
const STORY = rows`
a name in /tmp ⇒ open("/tmp/x", "w").write("a"); r = open("/tmp/x").read() ⇒ ^'a'$ ⇒ ^$
a relative name ⇒ open("notes.txt", "w").write("a"); r = open("/tmp/notes.txt").read() ⇒ ^'a'$ ⇒ ^$
the folder of relative names
  ⇒ import os, pathlib, tempfile; r = os.getcwd(), str(pathlib.Path.home()), tempfile.gettempdir()
  ⇒ ^\('\/tmp', '\/tmp', '\/tmp'\)$ ⇒ ^$
a missing relative name ⇒ open("rules.txt") ⇒ FileNotFoundError ⇒ ^$
a file of the host ⇒ open("/etc/passwd") ⇒ option allow-read \/etc\/passwd
  ⇒ : refused: open \/etc\/passwd \(option allow-read \/etc\/passwd\)$
a new file of the host ⇒ open("/srv/new", "w") ⇒ option allow-write \/srv\/new
  ⇒ : refused: open \/srv\/new \(option allow-write \/srv\/new\)$
the sources of the library ⇒ open("/lib/python3.14/site-packages/glupy/_describe.py")
  ⇒ FileNotFoundError ⇒ ^$
lines of a library in a traceback ⇒ import glupy, linecache, traceback
  try: glupy.Loc.of()
  except TypeError as e: r = len(traceback.format_exception(e)) > 1
  ⇒ ^True$ ⇒ ^$
the text of a function of the library ⇒ import glupy, inspect
  try: inspect.getsource(glupy.Loc)
  except OSError: r = 1
  ⇒ ^1$ ⇒ ^$
the licence ⇒ r = len(str(license)) > 1 ⇒ ^True$ ⇒ ^$
`;

it.each(STORY)(
  "a Python module's access to %s has the documented result and log line",
  async (_title, source, result, log) => {
    const run = await startModule(ATTEMPT_FILES);
    const tried = runAttempt(run, source);
    expect(tried.result).toMatch(new RegExp(result));
    expect(tried.log).toMatch(new RegExp(log));
  },
);

it('opening a missing relative path in a Python module fails with an error that names its own /tmp, and logs no refused access', async () => {
  const run = await startModule({
    'm.py': `from glupy import *
class xlator(Translator):
    def stat(self, frame, loc, xdata):
        loc.replace(nam="x")
    def access(self, frame, loc, mask, xdata):
        open("rules.txt")
`,
  });
  run.takeLines();
  run.ask('stat', run.knownLoc('a'), null);
  expect(run.takeLines().join('\n')).not.toContain('refused');
  run.ask('access', run.knownLoc('a'), 1, null);
  const lines = run.takeLines().join('\n');
  expect(lines).not.toContain('refused');
  expect(lines).toContain("relative names are in the module's own /tmp, in memory");
});

it('the /tmp of a Python module is empty after a reload, and its files do not exist on the host', async () => {
  const run = await startModule(ATTEMPT_FILES);
  runAttempt(run, 'open("mine", "w").write("a")');
  expect(runAttempt(run, 'import os; r = os.listdir()').result).toBe("['mine']");
  await run.reload();
  expect(runAttempt(run, 'import os; r = os.listdir()').result).toBe('[]');
  expect(readdirSync(tmpdir())).not.toContain('mine');
  expect(readdirSync(packageRoot)).not.toContain('mine');
});
