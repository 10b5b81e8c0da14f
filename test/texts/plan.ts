/** Plans the test of a text: its blocks in order, with the rows of the table that apply to them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { type Block, chooseTest, findBlocks, findCommands, withoutRemark } from './blocks.ts';
import { findPageTest, findRows, programPages, type Row } from './table.ts';

/** Folders with texts for users; those of `test/` are for developers of glossa. */
const FOLDERS = ['docs', 'examples', 'bridges', 'runtime', 'gluster', 'apps', 'templates'];

const below = (folder: string): string[] =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join(folder, path));

/** All texts, from the top of the repository. */
export const pages: readonly string[] = [
  ...readdirSync(packageRoot).filter((name) => name.endsWith('.md')),
  ...FOLDERS.flatMap(below),
].sort();

export const readPage = (page: string): string => readFileSync(join(packageRoot, page), 'utf8');

export const readBlocks = (page: string): Block[] => findBlocks(page, readPage(page));

/** A script that runs in the page's own folder and shell. */
export interface Step {
  readonly line: number;
  readonly script: string;
  /** The expected exit status; undefined where the output is compared instead. */
  readonly status?: number;
  /** The expected output. */
  readonly output?: string;
  /** Expected parts of the output. */
  readonly parts?: readonly string[];
}

export interface Plan {
  readonly page: string;
  /** Shell, run before the first step. */
  readonly setup: string;
  readonly files: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** PAGE:LINE of each block without a test and without a reason. */
  readonly open: readonly string[];
  /** Rows of the table, and commands of marks, without a block in the text. */
  readonly idle: readonly string[];
}

/** Whether one of the tests of programs on all pages runs a block. */
function hasProgramTest({ page, language, text }: Block): boolean {
  if (programPages.includes(page)) return language === 'ts' || language === 'python';
  // docs.engine.test.ts, docs-javascript.engine.test.ts, fragments.engine.more.test.ts
  const isInterpreted = language === 'python' || language === 'js';
  const isModule = text.includes(language === 'python' ? 'class xlator' : 'export class xlator');
  return isInterpreted && (isModule || text.startsWith(' '));
}

/** A lesson is read in the folder that `glossa learn` makes. Other pages begin in an empty folder. */
function makeSetup(page: string): string {
  const name = /^apps\/course\/lessons\/(\d.*)\/lesson\.md$/.exec(page)?.[1];
  return name === undefined ? '' : `glossa learn ${name} > /dev/null; cd glossa-lessons/${name}`;
}

export function makePlan(page: string): Plan {
  const rows = findRows(page);
  const used = new Set<string>();
  const files: Record<string, string> = {};
  const steps: Step[] = [];
  const open: string[] = [];
  const idle: string[] = [];

  const find = (key: string): Row | undefined => {
    if (rows[key] !== undefined) used.add(key);
    return rows[key];
  };

  const runCommands = (block: Block): void => {
    const commands = findCommands(block);
    // If no command shows its output, none is expected to be silent.
    const isShown = commands.some(({ output = '' }) => output !== '');
    const marked = block.marks.map(({ command }) => command);
    for (const command of marked)
      if (!commands.some(({ text }) => withoutRemark(text) === command)) idle.push(`${command}`);
    for (const { line, text, output } of commands) {
      if (marked.includes(withoutRemark(text))) continue;
      const row = find(withoutRemark(text)) ?? {};
      const { run = text, status = 0 } = row as { run?: string; status?: number };
      // A placeholder for several commands is run once.
      if (/ --help$/.test(run) && steps.some(({ script }) => script === run)) continue;
      steps.push({ line, script: run, ...(isShown ? { output: output! } : { status }) });
    }
  };

  const show = ({ line, text }: Block, row: Row): void => {
    if ('file' in row) files[row.file] = text;
    if ('file' in row && row.ran !== undefined) steps.push({ line, script: row.ran, status: 0 });
    if (!('writtenBy' in row)) return;
    const { writtenBy: script, only } = row;
    const parts = only === undefined ? [text] : text.split('\n').filter((line) => only.test(line));
    steps.push({ line, script, parts });
  };

  const isNamed = (block: Block): boolean =>
    findCommands(block).some(({ text }) => rows[withoutRemark(text)] !== undefined);

  for (const block of readBlocks(page)) {
    const first = block.text.split('\n', 1)[0]!.trim();
    const blockTest = chooseTest(block);
    if (block.marks.some(({ command }) => command === undefined)) continue;
    const row = blockTest !== 'commands' ? find(first) : isNamed(block) ? undefined : find('*');
    if (row !== undefined) show(block, row);
    else if (blockTest === 'commands') {
      if (findPageTest(page) === undefined) runCommands(block);
    } else if (blockTest === 'shown' || (blockTest === 'program' && !hasProgramTest(block)))
      open.push(`${page}:${block.line}: ${first}`);
  }
  idle.push(...Object.keys(rows).filter((key) => !used.has(key)));
  return { page, setup: makeSetup(page), files, steps, open, idle };
}
