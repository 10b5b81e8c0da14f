/** Tests of the map of the tutorial: it lists every slide, and its commands are valid. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseLesson, findLessons } from '../../apps/course/terminal/lessons.ts';
import { commands } from '../../cli/commands.ts';
import { findCommand } from '../../cli/dispatch.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { commonFlags, readFlags } from '../../terminal/flags.ts';
import { runCommand } from '../support/cli.ts';

const SLIDES = 33;
/** These neither mount nor start an interpreter, and leave nothing. */
const QUICK = ['help', 'graph'];

const [table = ''] = readFileSync(join(packageRoot, 'apps/course/lessons/map.md'), 'utf8').split(
  '## Words',
);
const rows = [...table.matchAll(/^\| (\d+) \| (.*) \| (.*) \| (.*) \|$/gm)];
const lines = new Set(
  rows.flatMap(([, , , , cell]) =>
    [...cell!.matchAll(/`(glossa [^`]+)`/g)].map(([, command]) => command!),
  ),
);

it('the map of the tutorial lists every slide in order, each with a command or link', () => {
  expect(rows.map(([, slide]) => Number(slide))).toEqual(
    Array.from({ length: SLIDES }, (_, i) => i + 1),
  );
  expect(rows.filter(([, , , , cell]) => !/`glossa |\]\(/.test(cell!))).toEqual([]);
});

describe.each([...lines])("the command '%s' on the course's map", (line) => {
  const words = line.split(' ').slice(1);

  it('has valid options and existing files', async () => {
    const { name, args } = findCommand(words);
    const known = (await commands.get(name)!.load()).default;
    const { operands } = readFlags({ ...commonFlags, ...known.flags }, args, known);
    const files = operands.filter((word) => /^(examples|volfiles)\//.test(word));
    expect(files.filter((file) => !existsSync(join(packageRoot, file)))).toEqual([]);
    if (name === 'learn') {
      for (const word of operands) chooseLesson(findLessons(undefined), word);
    }
    if (!QUICK.includes(name)) return;
    const at = words.map((word) => (files.includes(word) ? join(packageRoot, word) : word));
    const { status, out, err } = await runCommand(at);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.length).toBeGreaterThan(0);
  });
});
