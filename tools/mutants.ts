/**
 * Changes one place of the sources at a time, and says whether `npm test` notices: operators, constants, statements and
 * branches, drawn by a seed from the rooms on the path of a request. What lives on is a test that is missing, or code
 * that may leave.
 *
 *   tsx tools/mutants.ts [COUNT [SEED [RECORD]]]     200 changes with seed 1; npm run mutants
 *
 * One Vitest runs in a copy of the checkout whose sources have all changes, each behind a switch; a file says which is
 * on. The first run has none on, and shows which tests reach each place: only these run with a change. QuickJS has no
 * files, so there no change is on. RECORD keeps the results (/tmp/glossa-mutants-SEED.jsonl); the next run goes on.
 */
import { execSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { parseAst } from 'rolldown/parseAst';
import { BaseSequencer, createVitest, type TestModule, type TestSpecification } from 'vitest/node';
import { drawBelow, seedRandom } from '../apps/bench/engine/random.ts';
import { isNode, type SyntaxNode } from './syntax.ts';

const root = join(import.meta.dirname, '..');
/** The rooms, drawn from equally often. */
const ROOMS = [
  ...['runtime/core', 'runtime/xlators/storage', 'runtime/xlators/performance'],
  ...['bridges/host', 'runtime/mount/fuse', 'gluster/protocol'],
];
/** Milliseconds beyond thrice its usual time in which a file has to end: longer is an endless loop. */
const PATIENCE_MS = 120_000;

/** Operators, and what each becomes. */
const OPERATORS: Readonly<Record<string, string>> = {
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===' },
  ...{ '+': '-', '-': '+', '*': '+', '/': '*', '%': '+', '&': '|', '|': '&' },
  ...{ '<<': '>>', '>>': '<<', '>>>': '<<', '&&': '||', '||': '&&', '??': '&&' },
};

/** A change: the expression or statement from `start` to `end` becomes `text`. */
type Mutant = Readonly<{ file: string; start: number; end: number; text: string }>;

/** Finds what the node of a source becomes; undefined for one that remains. */
function mutateNode(source: string, node: SyntaxNode): [SyntaxNode, string] | undefined {
  const { type, start, end, left, test, value } = node;
  // Without super() nothing is made; in the block of a probe neither.
  if (type === 'ExpressionStatement')
    return source.startsWith('super(', start) ? undefined : [node, ';'];
  if (type === 'Literal' && typeof value === 'number') return [node, `${value + 1}`];
  if (type === 'Literal' && typeof value === 'boolean') return [node, `${!value}`];
  if (isNode(test) && /^(If|Conditional)/.test(type))
    return [test, `!(${source.slice(test.start, test.end)})`];
  const operator = String(node.operator);
  if (!isNode(left) || !(operator in OPERATORS)) return undefined;
  const tail = source.slice(left.end, end).replace(operator, OPERATORS[operator]!);
  return [node, source.slice(start, left.end) + tail];
}

/** Lists the changes of a file; types and names of properties have none. */
function mutateFile(file: string): Mutant[] {
  const source = fs.readFileSync(join(root, file), 'utf8');
  const visit = (node: SyntaxNode): Mutant[] => {
    if (node.type.startsWith('TS') && !/As|NonNull|Satisfies/.test(node.type)) return [];
    const [changed, text] = mutateNode(source, node) ?? [node];
    const { start, end } = changed;
    const inside = Object.entries(node)
      .filter(([part]) => part !== 'key' || node.computed)
      .flatMap(([, value]) => value)
      .filter(isNode);
    return [...(text === undefined ? [] : [{ file, start, end, text }]), ...inside.flatMap(visit)];
  };
  return visit(parseAst(source, { lang: 'ts' }) as unknown as SyntaxNode);
}

/** Draws changes, as many from each room. */
function drawMutants(count: number, seed: number): Mutant[] {
  const tracked = execSync("git ls-files '*.ts'", { cwd: root, encoding: 'utf8' });
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

const apply = (source: string, { start, end, text }: Mutant): string =>
  source.slice(0, start) + text + source.slice(end);

/** Formats a change as file, line, and the line before and after. */
function formatMutant(mutant: Mutant): string {
  const source = fs.readFileSync(join(root, mutant.file), 'utf8');
  const changed = apply(source, mutant);
  let at = mutant.start;
  while (source[at] === changed[at]) at += 1;
  const line = source.slice(0, at).split('\n').length;
  const [before, after] = [source, changed].map((text) => text.split('\n')[line - 1]!.trim());
  return `${mutant.file}:${line}\n  ${before}\n  ${after}`;
}

/** The file that each test file executes first; added to it: how and by which test file a place is reached. */
const SETUP = 'test/support/unforced-collection.ts';
const SETUP_ADDITION = `
import * as fs from 'node:fs';
import { beforeAll as beforeTests, expect as state } from 'vitest';
const by = '\\t' + state.getState().testPath.slice(process.cwd().length + 1);
Object.assign(globalThis, { reachedBy: 'import' + by });
process.env.REACHED_BY = 'child' + by;
fs.writeFileSync('.by-' + process.pid, 'child' + by);
beforeTests(() => Object.assign(globalThis, { reachedBy: 'test' + by }));
`;
const folder = fs.mkdtempSync('/tmp/gm-');
/**
 * The head of a file with switches: `isOn$` tells whether a change is on. While none is, it writes each place once for a
 * test file; threads may have no environment.
 */
const HEAD = `// @ts-nocheck
globalThis.isOn$??=(()=>{const p=globalThis.process,fs=p?.getBuiltinModule?.('fs');if(!fs)return ()=>false;\
let on='';try{on=fs.readFileSync('${folder}/.on','latin1')}catch{}\
const seen=new Set();return on!==''?(place)=>place===+on:(place)=>{try{\
const by=globalThis.reachedBy??=p.env.REACHED_BY??fs.readFileSync('${folder}/.by-'+p.pid,'latin1');\
const line=by+'\\t'+place+'\\n';if(!seen.has(line)){seen.add(line);fs.appendFileSync('${folder}/.reached',line)}\
}catch{}return false}})();
`;

/** Inserts the changes of a file, each behind its switch. */
function insertSwitches(source: string, mutants: readonly (readonly [number, Mutant])[]): string {
  const parts: [number, number, string][] = [];
  for (const [nth, { start, end, text }] of mutants) {
    const isOn = `globalThis.isOn$(${nth})`;
    const [head, tail] = text === ';' ? [`{if(!${isOn}){`, '}}'] : [`(${isOn}?(${text}):(`, '))'];
    const size = end - start - nth / 1e6;
    parts.push([start, size, head], [end, 1e9 - size, tail]);
  }
  // From the end on; where several meet, those of the larger places are outside.
  parts.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  return parts.reduce((text, [at, , part]) => text.slice(0, at) + part + text.slice(at), source);
}

const [count = 200, seed = 1] = process.argv.slice(2, 4).map(Number);
const record = process.argv[4] ?? `/tmp/glossa-mutants-${seed}.jsonl`;
const mutants = drawMutants(count, seed);
const texts = mutants.map(formatMutant);
const lines = fs.readFileSync(record, { encoding: 'utf8', flag: 'a+' }).split('\n').filter(Boolean);
/** Why a change was found, or null, by its text. */
const verdicts = new Map<string, string | null>(lines.map((line) => JSON.parse(line)));

/** Keeps the order in which the files are given. */
class AsGiven extends BaseSequencer {
  override sort = async (files: TestSpecification[]): Promise<TestSpecification[]> => files;
}

execSync(`bash tools/copy-checkout.sh --built ${folder}`, { cwd: root });
process.chdir(folder);
// Vitest ends the process at a signal.
process.once('exit', () => fs.rmSync(folder, { recursive: true, maxRetries: 5 }));
// Tests run as several users. What killed ones leave goes with the copy.
execSync('chmod 755 . && mkdir -m 1777 t && install -m 666 /dev/null .reached && touch .on');
process.env.TMPDIR = join(folder, 't');
/** Milliseconds of each test file that passes without a change. */
const times: Record<string, number> = {};
/** Why the run under way fails. */
let failure: string | undefined;
let watchdog: NodeJS.Timeout | undefined;
const sink = new Writable({ write: (_chunk, _encoding, done) => done() }) as NodeJS.WriteStream;
const reporter = {
  onTestModuleEnd(module: TestModule) {
    watchdog?.refresh();
    const file = relative(folder, module.moduleId);
    if (module.state() === 'failed') failure ??= file;
    else if (module.state() === 'passed') times[file] ??= module.diagnostic().duration;
  },
};
const options = { root: folder, watch: false, project: ['test'], reporters: [reporter] };
const limits = { maxWorkers: 2, sequence: { sequencer: AsGiven } };
const output = { stdout: sink, stderr: sink };
const vitest = await createVitest('test', { ...options, ...limits }, {}, output);

/** Ends a run; the second time kills the processes. */
function cancelRun(): void {
  failure ??= 'an endless loop';
  for (let i = 0; i < 2; i += 1) void vitest.cancelCurrentRun('test-failure');
}

/** Inserts the switches and runs all tests; returns lines of how, by which file and which place was reached. */
async function probe(): Promise<string[][]> {
  const open = [...mutants.entries()].filter(([nth]) => !verdicts.has(texts[nth]!));
  for (const file of new Set(open.map(([, mutant]) => mutant.file))) {
    const places = open.filter(([, mutant]) => mutant.file === file);
    fs.writeFileSync(file, HEAD + insertSwitches(fs.readFileSync(file, 'utf8'), places));
  }
  fs.appendFileSync(SETUP, SETUP_ADDITION);
  execSync('npm run -s build');
  // Tests of the sources' texts fail by the switches, and run no more.
  await vitest.runTestSpecifications(await vitest.globTestSpecifications());
  for (const { config } of vitest.projects) config.bail = 1;
  const reached = fs.readFileSync('.reached', 'utf8').split('\n');
  return reached.map((line) => line.split('\t'));
}

/** Runs test files, those near a file and the short ones first; returns why one fails. */
async function runTests(file: string, tests: readonly string[]): Promise<string | undefined> {
  const cost = (test: string): number =>
    (times[test]! + 200) * relative(dirname(file), dirname(test)).split('/').length;
  // Tests of the sources' texts read the switches, not what the code does.
  const isOfCode = (test: string): boolean => test in times && !test.startsWith('test/tidy/');
  const chosen = tests.filter(isOfCode).sort((a, b) => cost(a) - cost(b));
  failure = undefined;
  const longestMs = Math.max(0, ...chosen.map((test) => times[test]!));
  watchdog = setTimeout(cancelRun, PATIENCE_MS + 3 * longestMs);
  const files = chosen.flatMap((test) => vitest.getModuleSpecifications(join(folder, test)));
  const { unhandledErrors: errors } = await vitest.runTestSpecifications(files);
  clearTimeout(watchdog);
  return failure ?? (errors.length > 0 ? 'an error outside of the tests' : undefined);
}

const reached = texts.every((text) => verdicts.has(text)) ? [] : await probe();
for (const [nth, mutant] of mutants.entries()) {
  const text = texts[nth]!;
  if (verdicts.has(text)) continue;
  const began = performance.now();
  const of = reached.filter(([, , place]) => place === `${nth}`);
  // Code of a module itself runs once for many test files.
  const isOfModule = of.some(([by]) => by === 'import');
  fs.writeFileSync('.on', `${nth}`);
  const tests = isOfModule ? Object.keys(times) : [...new Set(of.map(([, test]) => test!))];
  const found = await runTests(mutant.file, tests);
  verdicts.set(text, found ?? null);
  fs.appendFileSync(record, `${JSON.stringify([text, found ?? null])}\n`);
  const result = found ?? `lives on, reached ${of.length} times`;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${nth + 1}, ${seconds} s, ${result}: ${found ? text.split('\n')[0] : text}`);
}
for (const room of [...ROOMS, '']) {
  const judged = texts.filter((text) => text.startsWith(room) && verdicts.has(text));
  const found = judged.filter((text) => verdicts.get(text) !== null);
  console.log(`${found.length} of ${judged.length} are found  ${room}`);
}
await vitest.close();
process.exit();
