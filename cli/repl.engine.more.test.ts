/** `glossa repl` fed by a pipe. */
import { expect, it } from 'vitest';
import { GLOSSA, type Outcome, run, type Scratch, withScratch } from '../test/support/mount.ts';

const MODULE = `
from glupy import Translator
LIMIT = 7
class xlator(Translator):
    def init(self):
        self.seen = []
    async def twice(self):
        return [await self.child.statfs(self.root(), None) for _ in range(2)]
`;

/** Runs glossa repl with these lines as its input. */
async function repl(scratch: Scratch, args: string, lines: readonly string[]): Promise<Outcome> {
  await scratch.writeFile('lines', `${lines.join('\n')}\n`);
  const script = `exec "$0" "$1" repl ${args} < lines`;
  return run(scratch, 'sh', ['-c', script, process.execPath, GLOSSA], { patience: 60_000 });
}

const stack = `volume mem
    type storage/memory
end-volume
volume a
    type features/glupy
    option module-name m
    subvolumes mem
end-volume
volume b
    type features/glupy
    option module-name m
    subvolumes a
end-volume
`;

it('glossa repl evaluates Python lines in the module, with self as the translator', () =>
  withScratch(async (scratch) => {
    await scratch.writeFile('m.py', MODULE);
    const lines = [
      'LIMIT',
      'self.name',
      'self.seen.append(1); self.seen',
      '',
      'for i in range(2):',
      '    print(i)',
      '',
      'import asyncio',
      'await asyncio.sleep(0.01, "slept")',
      'def f(): return 3',
      '',
      'f()',
    ];
    const { status, out, err } = await repl(scratch, 'm.py', lines);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toBe("7\n'm'\n[1]\n0\n1\n'slept'\n3\n");
  }));

it('glossa repl with piped input runs a last unfinished statement, and ends at the first exception', () =>
  withScratch(async (scratch) => {
    await scratch.writeFile('m.py', MODULE);
    const open = await repl(scratch, 'm', ['for i in range(2):', '    print(i)']);
    expect(open).toMatchObject({ status: 0, out: '0\n1\n' });
    const { status, out } = await repl(scratch, 'm.py', ['1/0', '2']);
    expect(out).toContain('ZeroDivisionError');
    expect({ status, last: out.endsWith('\n2\n') }).toEqual({ status: 1, last: false });
  }));

it('glossa repl asks for --volume when the volfile has several modules', () =>
  withScratch(async (scratch) => {
    await scratch.writeFile('m.py', MODULE);
    await scratch.writeFile('v.vol', stack);
    expect((await repl(scratch, 'v.vol', ['1'])).err).toBe(
      'glossa: v.vol has several scripted volumes: --volume a or b\n',
    );
    expect((await repl(scratch, 'v.vol --volume b', ['self.name'])).out).toBe("'b'\n");
    expect((await repl(scratch, 'v.vol --volume c', ['1'])).err).toContain("scripted volume 'c'");
    await scratch.writeFile('none.vol', 'volume m\n    type storage/memory\nend-volume\n');
    expect((await repl(scratch, 'none.vol', ['1'])).err).toBe(
      'glossa: none.vol has no scripted volume (features/glupy)\n',
    );
    expect((await repl(scratch, 'absent.py', ['1'])).err).toBe('glossa: absent.py is not there\n');
  }));

it('glossa repl evaluates JavaScript lines in the module', () =>
  withScratch(async (scratch) => {
    const module = `import { Translator } from 'glossa';
export class xlator extends Translator {
  init() { this.seen = []; }
}
`;
    await scratch.writeFile('j.js', module);
    const lines = [
      'self.name',
      'const three = 3',
      'three + 1',
      'self.seen.push(1); self.seen',
      'await self.sleep(0.01)',
      'ENOENT',
      '(() => {',
      '  return "over lines"',
      '})()',
      'self.nothing.at.all',
    ];
    const { status, out, err } = await repl(scratch, 'j.js', lines);
    expect(status).toBe(1);
    expect(err).toBe('');
    expect(out).toMatch(/^"j"\n4\n\[1\]\n2\n"over lines"\nTypeError: .*/);
  }));
