/**
 * Runs the commands of README.md and of two examples in a shell, with `npx glossa` as the built
 * program, and compares their output.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { describeMounts, GLOSSA, run, type Scratch, withScratch } from './support/mount.ts';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
  /** The last file in backquotes in the paragraph above. */
  readonly file: string | undefined;
}

/** The fenced blocks of a document, or of one of its sections. */
function findFileBlocks(document: string, heading?: string): Block[] {
  const start = heading === undefined ? 0 : document.indexOf(`\n## ${heading}\n`);
  expect(start).toBeGreaterThanOrEqual(0);
  const end = heading === undefined ? -1 : document.indexOf('\n## ', start + 1);
  const section = document.slice(start, end < 0 ? undefined : end);
  const matches = section.matchAll(
    /([^\n]*(?:\n[^\n]+)*)\n\n(?:<!-- [^\n]* -->\n)*```(\w*)\n(.*?)^```$/gms,
  );
  return [...matches].map(([, above, language, text]) => ({
    language: language!,
    text: text!,
    file: [...above!.matchAll(/`([\w./-]+\.\w+)`/g)].at(-1)?.[1],
  }));
}

/** A shell in which `npx glossa` is the program under test. */
async function shell(scratch: Scratch, script: string, cwd: string): Promise<string> {
  const text = `npx() { shift; "$NODE" "$GLOSSA" "$@"; }
    cd "$FOLDER" || exit
    exec 2>&1
    ${script}`;
  const env = { NODE: process.execPath, GLOSSA, FOLDER: cwd };
  return (await run(scratch, 'sh', ['-c', text], { env })).out;
}

describeMounts('commands in the documents', () => {
  it('in the README print what it shows for the first translator', () =>
    withScratch(async (scratch) => {
      const home = await scratch.makeFolder('home');
      const blocks = findFileBlocks(read('README.md'), 'Your own translator in two minutes');
      let printed = '';
      let shown = '';
      for (const { language, text, file } of blocks) {
        if (language === 'sh') printed += await shell(scratch, text, home);
        else if (file !== undefined) {
          await mkdir(dirname(join(home, file)), { recursive: true });
          await writeFile(join(home, file), text);
        } else shown += text;
      }
      const timeless = (lines: string): string => lines.replace(/^\[[\d:. +-]+\]/gm, '[time]');
      expect(timeless(shown)).toContain('[time]');
      expect(timeless(printed)).toBe(timeless(shown));
      expect(scratch.findMounts()).toEqual([]);
    }));

  it('in the README run the translator of examples/hello', () => {
    const blocks = findFileBlocks(read('README.md'), 'Your own translator in two minutes');
    const findText = (file: string) => blocks.find((block) => block.file === `hello/${file}`)?.text;
    expect(findText('hello.py')).toBe(read('examples/hello/hello.py'));
    // The volfile has its first comment there.
    expect(read('examples/hello/hello.vol')).toContain(findText('hello.vol'));
  });

  it('in the README of examples/hello print the greeting and a log line', () =>
    withScratch(async (scratch) => {
      const [{ text } = { text: '' }] = findFileBlocks(read('examples/hello/README.md'));
      const printed = await shell(scratch, text, packageRoot);
      expect(printed).toContain(`\n${read('examples/hello/files/greeting')}`);
      expect(printed).toMatch(/\[hello\.py:8:lookup\] 0-hello: hello, \/greeting\n/);
    }));

  it('in the README of examples/negative show that the cache answers repeated lookups, and leave nothing behind', () =>
    withScratch(async (scratch) => {
      const readme = read('examples/negative/README.md');
      const text = ['Run it', 'Observations']
        .flatMap((heading) => findFileBlocks(readme, heading))
        .map((block) => block.text)
        .join('');
      expect(text).toContain('/tmp/negative');
      const here = text.replaceAll('/tmp/negative', scratch.at('negative'));
      const printed = await shell(scratch, here, packageRoot);
      const lookups = (volume: string): number =>
        Number(new RegExp(`^${volume} .*?^ +LOOKUP\\.hits +(\\d+)`, 'ms').exec(printed)?.[1]);
      // The root, and one time the name.
      expect(lookups('brick')).toBe(2);
      expect(lookups('top')).toBeGreaterThanOrEqual(4);
      expect(existsSync(scratch.at('negative'))).toBe(false);
      expect(scratch.findMounts()).toEqual([]);
    }));
});
