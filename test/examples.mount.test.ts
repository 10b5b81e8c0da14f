/**
 * What the READMEs of the examples tell people to type does what stands there. In a block called
 * `console`, lines that begin with `$ ` are commands, and those below one are what it writes. `UPDATE=1`
 * writes what they wrote this time.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { Client } from './support/client.ts';
import { describeMounts, GLOSSA, withScratch } from './support/mount.ts';

const CONSOLE = /^```console\n(.*?)^```$/ms;
const folder = join(packageRoot, 'examples');
const readmes = readdirSync(folder)
  .map((name) => ({ name, path: join(folder, name, 'README.md') }))
  .filter(({ path }) => CONSOLE.test(readFileSync(path, 'utf8')));

/** What is another every time. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\d{8}-\d{6}\.\d{6}/g, 'TIME'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*/g, 'TIME'],
  [/[0-9a-f]{8}(-[0-9a-f]{1,4}){1,3}(-[0-9a-f]{0,12})?/g, 'GFID'],
  [/^([<>]) \d+ /gm, '$1 N '],
];

const normal = (text: string): string =>
  VARYING.reduce((result, [pattern, name]) => result.replace(pattern, name), text);

/** Runs the commands in one shell, `npx glossa` being the program under test. */
async function typed(name: string, commands: readonly string[], scratch: string): Promise<string> {
  const place = (text: string): string => text.replaceAll(`/tmp/${name}`, scratch);
  const steps = commands.map((command) => {
    const quoted = `'$ ${command.replaceAll("'", `'\\''`)}'`;
    return `printf '%s\\n' ${quoted}\n${place(command)}`;
  });
  // A log of the test's own, where the text names none.
  const glossa = `npx() {
    shift
    case "$*" in
      *--log-file*) ;;
      mount*) set -- "$@" --log-file '${scratch}/mount.log' ;;
    esac
    '${process.execPath}' '${GLOSSA}' "$@"
  }`;
  const client = new Client(
    scratch,
    `exec 2>&1\n${glossa}\ncd '${packageRoot}'\n${steps.join('\n')}`,
  );
  const { out } = await client.outcome;
  return out
    .replace(new RegExp(`^${scratch}: line \\d+: `, 'gm'), 'bash: ')
    .replaceAll(scratch, `/tmp/${name}`);
}

describeMounts('the READMEs of the examples', () => {
  it('are there', () => expect(readmes.length).toBeGreaterThanOrEqual(10));

  describe.each(readmes)('$name', ({ name, path }) => {
    it('shows what happens', () =>
      withScratch(async (scratch) => {
        const text = readFileSync(path, 'utf8');
        const shown = CONSOLE.exec(text)![1]!;
        const commands = shown.match(/^\$ .*$/gm)!.map((line) => line.slice(2));
        const written = await typed(name, commands, scratch.path);
        if (process.env.UPDATE === '1') {
          writeFileSync(
            path,
            text.replace(CONSOLE, () => `\`\`\`console\n${written}\`\`\``),
          );
        } else expect(normal(written)).toBe(normal(shown));
        expect(scratch.mounts()).toEqual([]);
      }));
  });
});
