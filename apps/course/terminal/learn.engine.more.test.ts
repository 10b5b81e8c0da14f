/** `glossa learn` for learners and teachers: at a terminal, in a pipe, for a class, own lessons. */
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import {
  describeMounts,
  GLOSSA,
  glossaCommand,
  startMount,
  withScratch,
} from '../../../test/support/mount.ts';
import { PseudoTerminal } from '../../../test/support/pty.ts';
import { isInstalled } from '../../../test/support/tools.ts';
import { LearnerFiles } from './learner-files.ts';
import { findLessons } from './lessons.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };

let folder: string;
beforeEach(() => {
  folder = makeFolder();
});

const env = (): Record<string, string> => ({ XDG_STATE_HOME: join(folder, 'state'), LANG: 'C' });
const mine = (...path: string[]): string => join(folder, 'glossa-lessons', ...path);
const ofCourse = (...path: string[]): string => join(packageRoot, 'apps/course/lessons', ...path);

function learn(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [GLOSSA, 'learn', ...args], {
    cwd: folder,
    env: { ...process.env, ...env() },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

describe.skipIf(!isInstalled('script'))('glossa learn at a terminal', () => {
  const start = (args: string): PseudoTerminal =>
    new PseudoTerminal(`exec ${glossaCommand} learn ${args}`, folder, env());

  it('explains, checks at each save, gives hints, and keeps the progress', async () => {
    const terminal = start('1 --language javascript');
    await terminal.readUntil(/1\. What a stack is/);
    await terminal.readUntil(/Your file: glossa-lessons\/1-stack\/stack\.js\r\n/);
    await terminal.readUntil(/not yet\s+The file \/books\/moby was looked up/);
    await terminal.readUntil(/n next lesson/);
    terminal.type('h');
    await terminal.readUntil(/is a text\. Put it into the logged line/);
    terminal.type('s');
    await terminal.readUntil(/\+ {4}this\.log\.info\('a program asks for %s', loc\.path\);/);
    const solution = readFileSync(ofCourse('1-stack', 'solution.js'), 'utf8');
    writeFileSync(mine('1-stack', 'stack.js'), solution);
    await terminal.readUntil(/✓ right/);
    await terminal.readUntil(/n next lesson/);
    terminal.type('r');
    await terminal.readUntil(/What you had is in glossa-lessons\/1-stack\/stack\.js\.old1/);
    await terminal.readUntil(/not yet/);
    await terminal.readUntil(/n next lesson/);
    expect(readFileSync(mine('1-stack', 'stack.js.old1'), 'utf8')).toBe(solution);
    unlinkSync(mine('1-stack', 'stack.js'));
    await terminal.readUntil(/stack\.js is gone\. r writes it again/);
    terminal.type('n');
    await terminal.readUntil(/2\. A translator that does nothing/);
    await terminal.readUntil(/n next lesson/);
    expect(await terminal.end('q')).toBe(0);
    expect(learn('--language', 'javascript').out).toMatch(/✓ 1-stack .*\n {4}2-nothing .*/);
  });

  it('continues a lesson after its terminal was closed', async () => {
    const terminal = start('1 --language javascript');
    await terminal.readUntil(/n next lesson/);
    writeFileSync(mine('1-stack', 'stack.js'), '// half done');
    await terminal.end('\x04');
    expect(readFileSync(mine('1-stack', 'stack.js'), 'utf8')).toBe('// half done');
  });

  it("names a lesson's missing files, keeps the learner's file, and ends when its terminal is closed", async () => {
    const own = writeLesson('1-plain', { 'starter.js': 'export class xlator {}\n' });
    const terminal = new PseudoTerminal(
      `echo pid $$.; exec ${glossaCommand} learn 1 --lessons own --language javascript`,
      folder,
      env(),
    );
    const [, pid] = await terminal.readUntil(/pid (\d+)\./);
    await terminal.readUntil(/n next lesson/);
    terminal.type('s');
    await terminal.readUntil(/lesson 1-plain is not whole: solution\.js: /);
    writeFileSync(mine('1-plain', 'plain.js'), '// mine');
    await terminal.readUntil(/n next lesson/);
    rmSync(join(own, 'starter.js'));
    terminal.type('r');
    await terminal.readUntil(/lesson 1-plain is not whole: starter\.js: /);
    expect(readFileSync(mine('1-plain', 'plain.js'), 'utf8')).toBe('// mine');
    terminal.closeTerminal();
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), PATIENCE);
  });
});

/** Writes a teacher's own lesson into `own`. */
function writeLesson(name: string, files: Readonly<Record<string, string>>): string {
  const lesson = join(folder, 'own', name);
  mkdirSync(lesson, { recursive: true });
  const all = { 'lesson.md': `# ${name}\n\nDo nothing.\n`, ...files };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(lesson, file), text);
  return lesson;
}

describe('two runs of glossa learn at once', () => {
  it("do not lose each other's files or progress", async () => {
    mkdirSync(mine('1-stack'), { recursive: true });
    mkdirSync(mine('2-nothing'), { recursive: true });
    const solutionOf = (lesson: string) => readFileSync(ofCourse(lesson, 'solution.js'), 'utf8');
    writeFileSync(mine('2-nothing', 'nothing.js'), solutionOf('2-nothing'));
    const runs = ['2', '2', '1'].map((lesson) =>
      promisify(execFile)(process.execPath, [GLOSSA, 'learn', lesson, '--language', 'javascript'], {
        cwd: folder,
        env: { ...process.env, ...env() },
      }).catch((error: { code: number }) => error.code),
    );
    expect((await Promise.all(runs)).map((run) => (typeof run === 'number' ? run : 0))).toEqual([
      0, 0, 1,
    ]);
    expect(readFileSync(mine('2-nothing', 'nothing.js'), 'utf8')).toBe(solutionOf('2-nothing'));
    expect(readFileSync(mine('1-stack', 'stack.js'), 'utf8')).toBe(
      readFileSync(ofCourse('1-stack', 'starter.js'), 'utf8'),
    );
    expect(learn('--language', 'javascript').out).toMatch(/✓ 2-nothing/);
  });

  it("keep two copies of the learner's file if both reset it", () => {
    const places = [1, 2].map(
      () => new LearnerFiles(findLessons(undefined, {})[0]!, 'javascript', mine()),
    );
    places[0]!.writeMissing();
    expect(places[1]!.writeMissing()).toBe(false);
    const kept = places.map((place, at) => {
      writeFileSync(place.path, `number ${at}`);
      return readFileSync(place.reset()!, 'utf8');
    });
    expect(kept).toEqual(['number 0', 'number 1']);
  });
});

describe('the progress of glossa learn', () => {
  const isPassed = (...args: string[]): boolean =>
    learn('--language', 'javascript', ...args).out.includes('✓ 2-nothing');
  const pass = (dir: string) => {
    mkdirSync(join(folder, dir, '2-nothing'), { recursive: true });
    copyFileSync(
      ofCourse('2-nothing', 'solution.js'),
      join(folder, dir, '2-nothing', 'nothing.js'),
    );
    return learn('2', '--language', 'javascript', '--dir', dir);
  };

  it('two folders of one user have progress of their own, and a copy of a folder has its progress', () => {
    expect(pass('one')).toMatchObject({ status: 0, err: '' });
    expect(isPassed('--dir', 'one')).toBe(true);
    expect(isPassed('--dir', 'two')).toBe(false);
    expect(isPassed()).toBe(false);
    cpSync(join(folder, 'one'), join(folder, 'copy'), { recursive: true });
    expect(isPassed('--dir', 'copy')).toBe(true);
    expect(learn('--dir', 'copy').out).not.toContain('✓');
    rmSync(join(folder, 'copy', '2-nothing'), { recursive: true });
    expect(isPassed('--dir', 'copy')).toBe(false);
  });

  it('marks of an earlier version in the state folder pass no lesson, and stay there', () => {
    mkdirSync(join(folder, 'state/glossa/learn'), { recursive: true });
    writeFileSync(join(folder, 'state/glossa/learn/2-nothing.javascript'), '');
    expect(isPassed()).toBe(false);
    expect(pass('one')).toMatchObject({ status: 0, err: '' });
    expect(readdirSync(join(folder, 'state/glossa/learn'))).toEqual(['2-nothing.javascript']);
  });

  it('another user, who may only read the folder, sees its progress, and a warning when a new pass cannot be kept', () => {
    pass('one');
    rmSync(join(folder, 'state'), { recursive: true, force: true });
    chmodSync(folder, 0o755);
    for (const path of ['one', 'one/2-nothing', 'one/2-nothing/files'])
      chmodSync(join(folder, path), 0o555);
    const user = process.getuid!() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const learnAs = (...args: string[]) =>
      spawnSync(process.execPath, [GLOSSA, 'learn', ...args, '--language', 'javascript'], {
        cwd: folder,
        env: { ...process.env, ...env() },
        encoding: 'utf8',
        ...user,
      });
    expect(learnAs('--dir', 'one').stdout).toContain('✓ 2-nothing');
    expect(learnAs('2', '--dir', 'one')).toMatchObject({ status: 0, stderr: '' });
    chmodSync(join(folder, 'one/2-nothing'), 0o755);
    rmSync(join(folder, 'one/2-nothing/.passed-javascript'));
    chmodSync(join(folder, 'one/2-nothing'), 0o555);
    expect(learnAs('2', '--dir', 'one')).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('that this lesson is passed cannot be kept'),
    });
    expect(learnAs('3', '--dir', 'one')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/cannot write into one\/3-fop: .*--dir names another/),
    });
    for (const path of ['one', 'one/2-nothing', 'one/2-nothing/files'])
      chmodSync(join(folder, path), 0o755);
  });
});

describeMounts('glossa learn on a full disk', () => {
  it('leaves no partial file, and names the error', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(
        scratch,
        `volume files
 type storage/memory
end-volume
volume full
 type debug/error-gen
 option enable writev
 option error-no ENOSPC
 option failure 100
 subvolumes files
end-volume
`,
      );
      const { status, stderr } = await promisify(execFile)(
        process.execPath,
        [GLOSSA, 'learn', '1', '--dir', mount.path],
        { cwd: folder, env: { ...process.env, ...env() } },
      ).then(
        () => ({ status: 0, stderr: '' }),
        (error: { code: number; stderr: string }) => ({ status: error.code, stderr: error.stderr }),
      );
      expect(status).toBe(1);
      expect(stderr).toMatch(/cannot write into .*1-stack: .*[Nn]o space left/);
      expect(await readdir(join(mount.path, '1-stack'))).toEqual(['files']);
      expect(await mount.stop()).toBe(0);
    }));
});

describe('glossa learn without a terminal', () => {
  it('prints the lesson, and never overwrites a file', () => {
    mkdirSync(mine('1-stack'), { recursive: true });
    writeFileSync(mine('1-stack', 'stack.js'), 'my own');
    const { status, out } = learn('stack', '--language', 'javascript');
    expect(status).toBe(1);
    expect(out).toContain('export class xlator');
    expect(out).not.toContain('from glupy');
    // Sections about C are equal in all languages.
    expect(out).toContain('gf_log');
    expect(out).toContain('this.log.info');
    expect(out).toMatch(/not yet\n {2}Your translator does not start/);
    expect(readFileSync(mine('1-stack', 'stack.js'), 'utf8')).toBe('my own');
    expect(existsSync(mine('1-stack', 'stack-js.vol'))).toBe(true);
  });

  it('lists the lessons, and suggests the nearest name', () => {
    expect(learn('cahce')).toMatchObject({
      status: 2,
      err: expect.stringContaining("no lesson is called 'cahce' (did you mean 'cache'?)"),
    });
    writeFileSync(join(folder, 'taken'), '');
    mkdirSync(mine('2-nothing'), { recursive: true });
    copyFileSync(ofCourse('2-nothing', 'solution.js'), mine('2-nothing', 'nothing.js'));
    // root may write everywhere that exists.
    symlinkSync(join(folder, 'absent', 'mark'), mine('2-nothing', '.passed-javascript'));
    expect(learn('2', '--language', 'javascript')).toMatchObject({
      status: 0,
      err: expect.stringContaining('that this lesson is passed cannot be kept'),
    });
    expect(learn('1', '--dir', 'taken')).toMatchObject({
      status: 1,
      err: expect.stringMatching(/cannot write into taken\/1-stack: .*--dir names another/),
    });
  });

  it('checks the files of --check, and prints their results as JSON with --json', () => {
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

  it("runs a teacher's own lessons, translated where a translation exists", () => {
    const lesson = writeLesson('1-plain', {
      'lesson.md': '# 1. Plain\n\nDo nothing.\n',
      'starter.js': 'export class xlator {}\n',
      'plain.test.js':
        "import { assert, graph, test } from 'glossa/testing';\n" +
        "test('reads', async () => {\n  const g = await graph('plain');\n" +
        "  assert(!(await g.exists('/a')), 'there is no /a');\n});\n",
    });
    const german = join(folder, 'own', 'de', '1-plain');
    mkdirSync(german, { recursive: true });
    writeFileSync(join(german, 'lesson.md'), '# 1. Schlicht\n\nTu nichts.\n');
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
    expect(learn('1', '--lessons', 'own', '--language', 'javascript')).toMatchObject({
      status: 1,
      err: expect.stringContaining('lesson 1-plain is not whole: lesson.md: '),
    });
  });
});
