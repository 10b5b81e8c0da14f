import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command, FakeTerminal } from '../test/support/cli.ts';
import { withScratch } from '../test/support/mount.ts';

const OLD = 'import os\nif d.has_key(k):\n    print "no", k\nos.chmod(x, 0777)\n';
const NEW = 'import os\nif k in d:\n    print("no", k)\nos.chmod(x, 0o777)\n';

/** Runs the command on a file of this text; its path in the output is FILE. */
async function port(text: string | Buffer, args: string[] = [], more: Record<string, string> = {}) {
  let outcome = { status: -1, out: '', err: '', text: '', orig: '' };
  await withScratch(async (scratch) => {
    const file = scratch.at('m.py');
    writeFileSync(file, text);
    for (const [name, content] of Object.entries(more)) await scratch.file(name, content);
    const { status, out, err } = await command(['port', file, ...args]);
    const read = (path: string) => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        // There is none.
        return '';
      }
    };
    const [named, said] = [out, err].map((words) => words.replaceAll(file, 'FILE'));
    outcome = { status, out: named!, err: said!, text: read(file), orig: read(`${file}.orig`) };
  });
  return outcome;
}

describe('glossa port', () => {
  it('shows what it would change, and changes nothing', async () => {
    expect(await port(OLD)).toEqual({
      status: 0,
      out: `--- FILE	Python 2
+++ FILE	Python 3
@@ -1,4 +1,4 @@
 import os
-if d.has_key(k):
-    print "no", k
-os.chmod(x, 0777)
+if k in d:
+    print("no", k)
+os.chmod(x, 0o777)
`,
      err: '',
      text: OLD,
      orig: '',
    });
  });

  it('writes it, and keeps what was there', async () => {
    expect(await port(OLD, ['--write'])).toEqual({
      status: 0,
      out: '',
      err: 'FILE: changed; what it was is in FILE.orig\n',
      text: NEW,
      orig: OLD,
    });
  });

  it('does not write over what was kept before', async () => {
    const { status, err, text, orig } = await port(OLD, ['--write'], { 'm.py.orig': 'mine' });
    expect([status, text, orig]).toEqual([1, OLD, 'mine']);
    expect(err).toMatch(/cannot keep FILE as FILE\.orig: it is there already; move it away first/);
  });

  it('says what it leaves to a person, with lines, and ends with 1', async () => {
    const found = await port('a = b / c\nraise "x"\nprint "a"\n');
    expect(found.status).toBe(1);
    expect(found.out).toMatch('+print("a")');
    expect(found.err).toBe(
      'FILE:1: look at this: / of whole numbers gives a fraction: is // meant?\n' +
        'FILE:2: look at this: a string cannot be raised: raise an exception\n',
    );
  });

  it('says that there is nothing to change', async () => {
    const found = await port(NEW, ['--write']);
    expect(found).toEqual({
      status: 0,
      out: '',
      err: 'FILE: nothing to change\n',
      text: NEW,
      orig: '',
    });
  });

  it('keeps line ends, a byte order mark, and a last line without an end', async () => {
    const { text } = await port('\ufeffprint "größe"\r\nprint 1', ['--write']);
    expect(text).toBe('\ufeffprint("größe")\r\nprint(1)');
  });

  it('is colourful on a terminal', async () => {
    await withScratch(async (scratch) => {
      const file = await scratch.file('m.py', OLD);
      const { out } = await command(['port', file], new FakeTerminal({ colour: true }));
      expect(out).toContain('\x1b[32m+if k in d:\x1b[39m');
      expect(out).toContain('\x1b[1m\x1b[31m-if d.has_key(k):\x1b[39m\x1b[22m');
    });
  });

  it('needs a file that can be read, in UTF-8', async () => {
    await withScratch(async (scratch) => {
      const { status, err } = await command(['port', scratch.at('none.py')]);
      expect([status, err]).toEqual([
        1,
        `glossa: cannot read ${scratch.at('none.py')}: No such file or directory\n`,
      ]);
    });
    expect((await command(['port'])).status).toBe(2);
    const { status, err } = await port(Buffer.from('print "gr\xf6\xdfe"\n', 'latin1'));
    expect(status).toBe(1);
    expect(err).toMatch(/FILE is not UTF-8: convert it first/);
  });
});
