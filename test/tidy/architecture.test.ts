/** Compares the drawing in the architecture page with the imports. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readImports } from './imports.ts';
import { readSources } from './sources.ts';

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

const floorName = (path: string): string => path.split('/', 1)[0]!;

const files = readSources('.ts');

/** The folders of a floor that hold sources, by name. */
const listRooms = (floor: string): string[] =>
  [
    ...new Set(
      files
        .map(({ path }) => path.split('/'))
        .filter(([imported, , inner]) => imported === floor && inner !== undefined)
        .map(([, room]) => room!),
    ),
  ].sort();

/** Each floor's name → the other floors that its files import, tests apart. */
function findImports(): Map<string, Set<string>> {
  const importsByFloor = new Map(Object.keys(FLOORS).map((floor) => [floor, new Set<string>()]));
  for (const file of files) {
    const imported = importsByFloor.get(floorName(file.path));
    if (imported === undefined || file.path.endsWith('.test.ts')) continue;
    for (const { target } of readImports(file)) {
      const floor = floorName(target);
      if (floor !== floorName(file.path) && importsByFloor.has(floor)) imported.add(floor);
    }
  }
  return importsByFloor;
}

function wrapWords(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.length - 1;
    const longer = lines[last] === '' ? word : `${lines[last]} ${word}`;
    if (longer.length <= width) lines[last] = longer;
    else lines.push(word);
  }
  return lines;
}

function drawArchitecture(): string {
  const rule = `+${'-'.repeat(WIDTH)}+`;
  const writeRow = (text: string): string => `| ${text.padEnd(WIDTH - 2)} |`;
  const order = Object.keys(FLOORS);
  const boxes = [...findImports()].flatMap(([floor, uses]) => {
    const below = order.filter((name) => uses.has(name));
    const head = `${floor.toUpperCase()}  ${FLOORS[floor as keyof typeof FLOORS]}`;
    const lines = wrapWords(listRooms(floor).join(' '), WIDTH - 6);
    const arrow = below.length === 0 ? [] : [`--> ${below.join(', ')}`];
    return [
      rule,
      writeRow(head),
      ...[...lines, ...arrow].filter(Boolean).map((line) => writeRow(`  ${line}`)),
    ];
  });
  return ['<!-- not run: a picture -->', '```text', ...boxes, rule, '```'].join('\n');
}

it('the architecture drawing shows every floor, its folders, and its imports', () => {
  const text = readFileSync(PAGE, 'utf8');
  const part = /(<!-- house: .*? -->\n<!-- not run: .*? -->\n)(.*)(<!-- end of house -->)/s;
  const expected = `${drawArchitecture()}\n`;
  if (process.env.UPDATE === '1') {
    writeFileSync(
      PAGE,
      text.replace(part, (_, open, _old, end) => `${open}${expected}${end}`),
    );
  } else expect(part.exec(text)?.[2]).toBe(expected);
});

it('every file that the architecture page names exists', () => {
  const named = readFileSync(PAGE, 'utf8').matchAll(/`([\w/-]+\/[\w./-]+)`/g);
  const files = [...named]
    .map(([, path]) => path!)
    .filter((path) => !/^(features\/|storage\/|\/)/.test(path));
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((path) => !existsSync(path))).toEqual([]);
});

it.each(Object.keys(FLOORS))('the README of %s names five files to read first', (floor) => {
  const named = readFileSync(`${floor}/README.md`, 'utf8').matchAll(/^\d\. `([^`]+)`/gm);
  const paths = [...named].map(([, path]) => join(floor, path!));
  expect(paths.length).toBe(5);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});
