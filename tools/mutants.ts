/**
 * Changes one place of the sources at a time, and says whether `npm test` notices: operators, constants, statements and
 * branches, drawn by a seed from the rooms on the path of a request. What lives on is a test that is missing, or code
 * that may leave.
 *
 *   tsx tools/mutants.ts [COUNT [SEED [FOLDER]]]     200 changes with seed 1; npm run mutants
 *
 * It works in a copy of the checkout. The tests that import the file run first, then all.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { drawBelow, seedRandom } from '../apps/bench/engine/random.ts';
import { isNode, type SyntaxNode } from './syntax.ts';

const root = join(import.meta.dirname, '..');
/** The rooms, drawn from equally often. */
const ROOMS = [
  'runtime/core',
  'runtime/xlators/storage',
  'runtime/xlators/performance',
  'bridges/host',
  'runtime/mount/fuse',
  'gluster/protocol',
];
/** Minutes after which a run counts as one that noticed: the change made a loop endless. */
const PATIENCE_MIN = 10;

/** Operators, and what each becomes. */
const OPERATORS: Readonly<Record<string, string>> = {
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===' },
  ...{ '+': '-', '-': '+', '*': '+', '/': '*', '%': '+', '&': '|', '|': '&' },
  ...{ '<<': '>>', '>>': '<<', '>>>': '<<', '&&': '||', '||': '&&', '??': '&&' },
};

/** A change of a file: the text from `start` to `end` becomes `text`. */
interface Mutant {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lists the changes of one node of a source. */
function mutateNode(file: string, source: string, node: SyntaxNode): Mutant[] {
  const { start, end, left, right, test, value } = node;
  const replace = (from: number, to: number, text: string): Mutant[] => [
    { file, start: from, end: to, text },
  ];
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const operator = String(node.operator);
      if (!isNode(left) || !isNode(right) || !(operator in OPERATORS)) return [];
      const at = source.indexOf(operator, left.end);
      return at < 0 || at > right.start
        ? []
        : replace(at, at + operator.length, OPERATORS[operator]!);
    }
    case 'Literal':
      if (typeof value === 'number') return replace(start, end, `${value + 1}`);
      return typeof value === 'boolean' ? replace(start, end, `${!value}`) : [];
    case 'ExpressionStatement':
      return replace(start, end, ';');
    case 'IfStatement':
    case 'ConditionalExpression':
      if (!isNode(test)) return [];
      return replace(test.start, test.end, `!(${source.slice(test.start, test.end)})`);
    default:
      return [];
  }
}

/** Lists the changes of a file; types have none. */
function mutateFile(file: string): Mutant[] {
  const source = readFileSync(join(root, file), 'utf8');
  const visit = (node: SyntaxNode): Mutant[] => {
    if (node.type.startsWith('TS') && !/As|NonNull|Satisfies/.test(node.type)) return [];
    const inside = Object.values(node).flatMap((value) =>
      (Array.isArray(value) ? value : [value]).filter(isNode).flatMap(visit),
    );
    return [...mutateNode(file, source, node), ...inside];
  };
  return visit(parseAst(source, { lang: 'ts' }) as unknown as SyntaxNode);
}

/** Draws changes, as many from each room. */
function drawMutants(count: number, seed: number): Mutant[] {
  const tracked = execFileSync('git', ['ls-files', '*.ts'], { cwd: root, encoding: 'utf8' });
  const files = tracked.split('\n').filter((file) => !/\.test\.ts$|\/testdata\//.test(file));
  const rooms = ROOMS.map((room) =>
    files.filter((file) => file.startsWith(`${room}/`)).flatMap(mutateFile),
  );
  const random = seedRandom(seed);
  return Array.from({ length: count }, (_, nth) => {
    const room = rooms[nth % rooms.length]!;
    return room[drawBelow(random, room.length)]!;
  });
}

/** Whether a command in the copy ends without a failure in time. */
function passes(folder: string, command: string, args: readonly string[]): boolean {
  const { status } = spawnSync(command, args, {
    cwd: folder,
    stdio: 'ignore',
    timeout: PATIENCE_MIN * 60_000,
    killSignal: 'SIGKILL',
  });
  return status === 0;
}

/** Whether the tests pass with a change. */
function livesOn(folder: string, { file, start, end, text }: Mutant): boolean {
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, source.slice(0, start) + text + source.slice(end));
  try {
    const related = ['vitest', 'related', file, '--run', '--project', 'test', '--bail', '1'];
    return passes(folder, 'npx', related) && passes(folder, 'npm', ['test', '--', '--bail', '1']);
  } finally {
    writeFileSync(path, source);
  }
}

/** Formats a change as file, line, and the line before and after. */
function formatMutant({ file, start, end, text }: Mutant): string {
  const source = readFileSync(join(root, file), 'utf8');
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const old = source.slice(lineStart, source.indexOf('\n', end)).trim();
  const changed = (
    source.slice(lineStart, start) +
    text +
    source.slice(end, source.indexOf('\n', end))
  ).trim();
  const line = source.slice(0, start).split('\n').length;
  return `${file}:${line}\n  ${old.replaceAll(/\s+/g, ' ')}\n  ${changed.replaceAll(/\s+/g, ' ')}`;
}

const [count = 200, seed = 1] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'glossa-mutants-'));
try {
  execFileSync('bash', ['tools/copy-checkout.sh', '--built', folder], { cwd: root });
  let found = 0;
  for (const mutant of drawMutants(count, seed)) {
    if (!livesOn(folder, mutant)) found += 1;
    else console.log(formatMutant(mutant));
  }
  console.log(`${found} of ${count} are found`);
} finally {
  rmSync(folder, { recursive: true });
}
