/** Compares the drawing in the architecture page with the imports. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importsOf } from './imports.ts';
import { sources } from './sources.ts';

const PAGE = 'docs/how-it-works/architecture.md';
/** The floors from the highest to the lowest, with a description. */
const FLOORS = {
  tools: 'builds and generates',
  cli: 'the command: one file for each',
  apps: 'programs on top of the runtime',
  server: 'the process that serves a mount or bricks',
  terminal: 'tables, colours, flags and signals that commands share',
  bridges: 'modules in Python, JavaScript, C and TypeScript',
  gluster: "speaks GlusterFS's protocol, as client and as brick",
  runtime: 'the engine: graph, storages, caches, the mount',
};
const WIDTH = 94;

const floorOf = (path: string): string => path.split('/', 1)[0]!;

const files = sources('.ts');

/** The folders of a floor that hold sources, by name. */
const rooms = (floor: string): string[] =>
  [
    ...new Set(
      files
        .map(({ path }) => path.split('/'))
        .filter(([own, , inner]) => own === floor && inner !== undefined)
        .map(([, room]) => room!),
    ),
  ].sort();

/** Each floor's name → the other floors that its files import, tests apart. */
function arrows(): Map<string, Set<string>> {
  const found = new Map(Object.keys(FLOORS).map((floor) => [floor, new Set<string>()]));
  for (const file of files) {
    const own = found.get(floorOf(file.path));
    if (own === undefined || file.path.endsWith('.test.ts')) continue;
    for (const { target } of importsOf(file)) {
      const floor = floorOf(target);
      if (floor !== floorOf(file.path) && found.has(floor)) own.add(floor);
    }
  }
  return found;
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const longer = lines[last] === '' ? word : `${lines[last]} ${word}`;
    if (longer.length <= width) lines[last] = longer;
    else lines.push(word);
  }
  return lines;
}

function drawing(): string {
  const rule = `+${'-'.repeat(WIDTH)}+`;
  const row = (text: string): string => `| ${text.padEnd(WIDTH - 2)} |`;
  const order = Object.keys(FLOORS);
  const boxes = [...arrows()].flatMap(([floor, uses]) => {
    const below = order.filter((name) => uses.has(name));
    const head = `${floor.toUpperCase()}  ${FLOORS[floor as keyof typeof FLOORS]}`;
    const lines = wrapped(rooms(floor).join(' '), WIDTH - 6);
    const arrow = below.length === 0 ? [] : [`--> ${below.join(', ')}`];
    return [rule, row(head), ...[...lines, ...arrow].filter(Boolean).map((it) => row(`  ${it}`))];
  });
  return ['```text', ...boxes, rule, '```'].join('\n');
}

it('the architecture drawing shows every floor, its folders, and its imports', () => {
  const text = readFileSync(PAGE, 'utf8');
  const part = /(<!-- house: .*? -->\n)(.*)(<!-- end of house -->)/s;
  const wanted = `${drawing()}\n`;
  if (process.env.UPDATE === '1') {
    writeFileSync(
      PAGE,
      text.replace(part, (_, open, _old, end) => `${open}${wanted}${end}`),
    );
  } else expect(part.exec(text)?.[2]).toBe(wanted);
});

it('every file that the architecture page names exists', () => {
  const named = readFileSync(PAGE, 'utf8').matchAll(/`([\w/-]+\/[\w./-]+)`/g);
  const files = [...named]
    .map(([, path]) => path!)
    .filter((path) => !/^(features|storage)\//.test(path));
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((path) => !existsSync(path))).toEqual([]);
});

it.each(Object.keys(FLOORS))('the README of %s names five files to read first', (floor) => {
  const named = readFileSync(`${floor}/README.md`, 'utf8').matchAll(/^\d\. `([^`]+)`/gm);
  const paths = [...named].map(([, path]) => join(floor, path!));
  expect(paths.length).toBe(5);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});
