/** The audit trail of a mount, in the log or in a file. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { NOBODY } from '../../test/support/client.ts';
import { type Example, onExample } from '../../test/support/example.ts';

type Line = Readonly<Record<string, unknown>>;

const linesOf = (example: Example): Line[] =>
  example.moduleLog().flatMap((text) => (text.startsWith('{') ? [JSON.parse(text) as Line] : []));

onExample('audit-log', (example) => {
  it('the audit log has a line with user, fop, path and result for each change', async () => {
    await example.runOk('mkdir -m 777 d');
    await example.runOk('echo text > f; cat f; chmod 600 f; mv f g; ln g h; rm g', {
      in: 'd',
      as: NOBODY,
    });
    expect(await example.runFailing('rmdir d')).toBe('Directory not empty');
    const lines = linesOf(example);
    const nobody = lines.filter(({ uid }) => uid === NOBODY.uid);
    expect(nobody).toMatchObject([
      { fop: 'create', path: '/d/f', result: 'ok', gid: NOBODY.gid },
      { fop: 'open', path: '/d/f', result: 'ok' },
      { fop: 'setattr', path: '/d/f', ia_prot: 0o600, result: 'ok' },
      { fop: 'rename', path: '/d/f', to: '/d/g', result: 'ok' },
      { fop: 'link', path: '/d/g', to: '/d/h', result: 'ok' },
      { fop: 'unlink', path: '/d/g', result: 'ok' },
    ]);
    expect(lines.at(-1)).toMatchObject({ fop: 'rmdir', path: '/d', result: 'ENOTEMPTY', uid: 0 });
    for (const { time, pid } of lines) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
      expect(pid).toBeGreaterThan(0);
    }
  });

  it('concurrent requests get one line each in the audit log, even if names contain unusual bytes', async () => {
    const before = linesOf(example).length;
    await example.runOk('for i in $(seq 50); do : > $i & done; wait; : > "a\nb"; : > $\'\\377\'');
    const made = linesOf(example).slice(before);
    expect(made.filter(({ fop }) => fop === 'create')).toHaveLength(52);
    expect(made.at(-2)).toMatchObject({ path: '/a\nb' });
    expect(made.at(-1)).toMatchObject({ path: '/\udcff' });
  });
});

onExample(
  'audit-log',
  (example) => {
    const read = async (): Promise<Line[]> => {
      const text = await readFile(example.scratch.at('lines.jsonl'), 'utf8');
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
    };

    it("each line is in the audit log before the request's reply", async () => {
      await example.runOk('mkdir d');
      expect((await read()).at(-1)).toMatchObject({ fop: 'mkdir', path: '/d', result: 'ok' });
      await example.runOk('rmdir d');
      expect((await read()).at(-1)).toMatchObject({ fop: 'rmdir', path: '/d', result: 'ok' });
      expect(linesOf(example)).toEqual([]);
    });

    it('after a restart, new lines are appended to the audit log', async () => {
      await example.restart();
      await example.runOk('mkdir d');
      expect((await read()).map(({ fop }) => fop)).toEqual(['mkdir', 'rmdir', 'mkdir']);
    });
  },
  {
    title: 'with a file',
    edit: (volfile, folder) =>
      volfile.replace(
        'option module-name audit-log\n',
        `option module-name audit-log
    option allow-write ${folder}
    option file ${folder}/lines.jsonl
`,
      ),
  },
);
