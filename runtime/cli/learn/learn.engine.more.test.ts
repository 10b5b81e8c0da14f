/** `glossa learn` as somebody uses it: at a terminal, in a pipe, for a class, and with lessons of one's own. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GLOSSA } from '../../../test/support/mount.ts';
import { PseudoTerminal } from '../../../test/support/pty.ts';
import { isInstalled } from '../../../test/support/tools.ts';
import { packageRoot } from '../../sys/paths.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glossa-learn-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const env = (): Record<string, string> => ({ XDG_STATE_HOME: join(folder, 'state'), LANG: 'C' });
const mine = (...path: string[]): string => join(folder, 'glossa-lessons', ...path);
const ofCourse = (...path: string[]): string => join(packageRoot, 'lessons', ...path);

function learn(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [GLOSSA, 'learn', ...args], {
    cwd: folder,
    env: { ...process.env, ...env() },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

describe.skipIf(!isInstalled('script'))('at a terminal', () => {
  const start = (args: string): PseudoTerminal =>
    new PseudoTerminal(`exec "${process.execPath}" "${GLOSSA}" learn ${args}`, folder, env());

  it('explains, checks at each save, helps, and keeps what was done', async () => {
    const terminal = start('1 --language javascript');
    await terminal.until(/1\. What a stack is/);
    await terminal.until(/Your file: glossa-lessons\/1-stack\/stack\.js\r\n/);
    await terminal.until(/not yet\s+The file \/books\/moby was looked up/);
    await terminal.until(/n next lesson/);
    terminal.type('h');
    await terminal.until(/is a text\. Put it into the line/);
    terminal.type('s');
    await terminal.until(/\+ {4}this\.log\.info\('somebody asks for %s', loc\.path\);/);
    const solution = readFileSync(ofCourse('1-stack', 'solution.js'), 'utf8');
    writeFileSync(mine('1-stack', 'stack.js'), solution);
    await terminal.until(/✓ right/);
    await terminal.until(/n next lesson/);
    terminal.type('r');
    await terminal.until(/What you had is in glossa-lessons\/1-stack\/stack\.js\.old1/);
    await terminal.until(/not yet/);
    await terminal.until(/n next lesson/);
    expect(readFileSync(mine('1-stack', 'stack.js.old1'), 'utf8')).toBe(solution);
    unlinkSync(mine('1-stack', 'stack.js'));
    await terminal.until(/stack\.js is gone\. r gives it anew/);
    terminal.type('n');
    await terminal.until(/2\. A translator that does nothing/);
    await terminal.until(/n next lesson/);
    expect(await terminal.end('q')).toBe(0);
    expect(learn('--language', 'javascript').out).toMatch(/✓ 1-stack .*\n {4}2-nothing .*/);
  });

  it('may be closed in the middle of a lesson', async () => {
    const terminal = start('1 --language javascript');
    await terminal.until(/n next lesson/);
    writeFileSync(mine('1-stack', 'stack.js'), '// half done');
    await terminal.end('\x04');
    expect(readFileSync(mine('1-stack', 'stack.js'), 'utf8')).toBe('// half done');
  });
});

describe('without a terminal', () => {
  it('shows the text, and never writes over what is there', () => {
    mkdirSync(mine('1-stack'), { recursive: true });
    writeFileSync(mine('1-stack', 'stack.js'), 'my own');
    const { status, out } = learn('stack', '--language', 'javascript');
    expect(status).toBe(1);
    expect(out).toContain('export class xlator');
    expect(out).not.toContain('from glupy');
    // What is said of C is so in all languages.
    expect(out).toContain('gf_log');
    expect(out).toContain('this.log.info');
    expect(out).toMatch(/not yet\n {2}Your translator does not start/);
    expect(readFileSync(mine('1-stack', 'stack.js'), 'utf8')).toBe('my own');
    expect(existsSync(mine('1-stack', 'stack-js.vol'))).toBe(true);
  });

  it('says which lessons there are, and which was meant', () => {
    expect(learn('cahce')).toMatchObject({
      status: 2,
      err: expect.stringContaining("no lesson is called 'cahce' (did you mean 'cache'?)"),
    });
    writeFileSync(join(folder, 'taken'), '');
    expect(learn('1', '--dir', 'taken')).toMatchObject({
      status: 1,
      err: expect.stringMatching(/cannot write into taken\/1-stack: .*--dir names another/),
    });
  });

  it('has results for teachers', () => {
    const [good, bad] = [ofCourse('3-fop', 'solution.js'), ofCourse('3-fop', 'starter.js')];
    const { status, out } = learn('3', '--json', '--check', good, '--check', bad);
    expect(status).toBe(1);
    expect(JSON.parse(out).results).toMatchObject([
      { file: good, lesson: '3-fop', language: 'javascript', passed: true },
      { file: bad, passed: false, answer: expect.stringContaining('/ghost was looked up') },
    ]);
    expect(learn('--check', join(folder, 'none.py')).status).toBe(2);
    expect(learn('3', '--check', join(folder, 'none.py')).err).toContain('is not there');
  });

  it('runs lessons of their own, translated where they are', () => {
    const lesson = join(folder, 'own', '1-plain');
    const german = join(folder, 'own', 'de', '1-plain');
    for (const each of [lesson, german]) mkdirSync(each, { recursive: true });
    writeFileSync(join(lesson, 'lesson.md'), '# 1. Plain\n\nDo nothing.\n');
    writeFileSync(join(german, 'lesson.md'), '# 1. Schlicht\n\nTu nichts.\n');
    writeFileSync(join(lesson, 'starter.js'), 'export class xlator {}\n');
    writeFileSync(
      join(lesson, 'plain.test.js'),
      "import { assert, graph, test } from 'glossa/testing';\n" +
        "test('reads', async () => {\n  const g = await graph('plain');\n" +
        "  assert(!(await g.exists('/a')), 'there is no /a');\n});\n",
    );
    expect(learn('--lessons', 'own').out).toContain('1-plain  Plain');
    const args = ['1', '--lessons', 'own', '--check', ofCourse('2-nothing', 'solution.js')];
    expect(learn(...args)).toMatchObject({ status: 0 });
    const { stdout } = spawnSync(process.execPath, [GLOSSA, 'learn', '--lessons', 'own'], {
      cwd: folder,
      env: { ...process.env, ...env(), LANG: 'de_DE.UTF-8', LC_ALL: '' },
      encoding: 'utf8',
    });
    expect(stdout).toContain('1-plain  Schlicht');
    rmSync(join(lesson, 'lesson.md'));
    expect(learn('1', '--lessons', 'own')).toMatchObject({
      status: 1,
      err: expect.stringContaining('lesson 1-plain is not whole'),
    });
  });
});
