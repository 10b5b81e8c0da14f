/**
 * Records the functions that one LOOKUP of a file runs, in their order: from `/dev/fuse` through negative.py to a folder,
 * and back. Makes docs/how-it-works/lookup.md of them.
 *
 *   tsx tools/walk.ts           prints them      (npm run walk)
 *   tsx tools/walk.ts page      writes the page
 *
 * The compiled sources get a call at the start of each function, and Python's profiler notes those of the module and
 * its library. So the page shows what has run.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseAst } from 'rolldown/parseAst';
import { bundle } from './bundle.ts';
import { isNode, type SyntaxNode } from './syntax.ts';

const root = join(import.meta.dirname, '..');
/** The page that is made. */
export const PAGE = join(root, 'docs/how-it-works/lookup.md');
/** Number of lookups; what is made once is made for the first. */
const TIMES = 5;
/** Milliseconds for one of them. */
const PATIENCE_MS = 60_000;
const MODULE = 'examples/negative/negative.py';

/** A function of the sources. */
export interface SourceFunction {
  readonly file: string;
  readonly name: string;
}

/** Returns a function's name; for one without a name, that of the function that made it. */
function findName(node: SyntaxNode, parents: readonly SyntaxNode[]): string {
  let suffix = '';
  for (const each of [node, ...parents.slice().reverse()]) {
    const named = [each.id, each.key, each.left].find(isNode);
    const name = named?.name ?? (named?.property as SyntaxNode | undefined)?.name;
    if (typeof name === 'string') return name + suffix;
    if (each !== node && /Function/.test(each.type)) suffix = "'s function";
  }
  return '?';
}

/** Adds a call to the start of each function of a compiled module. */
function instrument(path: string, file: string, functions: SourceFunction[]): void {
  const text = readFileSync(path, 'utf8');
  const insertions: (readonly [at: number, text: string])[] = [];
  const visit = (node: SyntaxNode, parents: readonly SyntaxNode[]): void => {
    const { body } = node;
    // A getter reads as a field.
    const isAccessor = /^[gs]et$/.test(String(parents.at(-1)?.kind));
    if (/Function/.test(node.type) && isNode(body) && !isAccessor) {
      const note = `globalThis.noteWalk?.(${functions.length})`;
      functions.push({ file, name: findName(node, parents) });
      if (body.type === 'BlockStatement') insertions.push([body.start + 1, `${note};`]);
      else insertions.push([body.start, `(${note}, `], [body.end, ')']);
    }
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value])
        if (isNode(child)) visit(child, [...parents, node]);
  };
  visit(parseAst(text) as unknown as SyntaxNode, []);
  let changed = text;
  for (const [at, inserted] of insertions.sort(([one], [other]) => other - one))
    changed = changed.slice(0, at) + inserted + changed.slice(at);
  writeFileSync(path, changed);
}

/** Notes functions in a process, by number, and writes the last ones when it ends. */
const NOTES = `import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
const notes = [];
globalThis.noteWalk = (id) => notes.push(id);
if (isMainThread)
  process.on('exit', () => writeFileSync(process.env.WALK_NOTES, JSON.stringify(notes.slice(-100_000))));
`;

/** Notes the functions of the module and its library, and logs those of the last request. */
const PYTHON_NOTES = `
import sys
calls = []
def note(frame, event, arg):
    if event == "call" and "/python" not in frame.f_code.co_filename[:8]:
        calls.append((frame.f_code.co_filename, frame.f_code.co_qualname))
sys.setprofile(note)
def fini(self):
    sys.setprofile(None)
    for file, name in calls[-60:]:
        self.log.warning("walk %s %s", file, name)
xlator.fini = fini
`;

/** The kernel caches nothing, so that each stat is a LOOKUP. */
const NEVER = ['--entry-timeout', '0', '--attribute-timeout', '0'];
const MOUNT = ['mount', '--no-daemon', ...NEVER];

const VOLFILE = `volume storage
  type storage/posix
  option directory files
end-volume
volume negative
  type features/glupy
  option module-name negative
  option timeout 60
  subvolumes storage
end-volume
`;

/** Compiles the sources into a folder, each function with its call; returns the functions. */
function compile(folder: string): SourceFunction[] {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(manifest), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tools/tsconfig.build.json', '--outDir', folder], {
    cwd: root,
    stdio: 'inherit',
  });
  bundle(root, folder);
  const functions: SourceFunction[] = [];
  for (const room of ['runtime', 'bridges', 'gluster', 'server', 'terminal', 'cli'])
    for (const name of readdirSync(join(folder, room), { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.js')) {
        const file = join(room, name);
        instrument(join(folder, file), file.replace(/js$/, 'ts'), functions);
      }
  return functions;
}

/** Serves a mount, looks a file up, and returns all that the server ran, and the lines of its log. */
async function serveLookups(folder: string): Promise<{ ids: number[]; lines: string[] }> {
  const at = (name: string): string => join(folder, name);
  for (const name of ['files', 'mnt']) mkdirSync(at(name));
  writeFileSync(at('files/greeting'), 'hello');
  writeFileSync(at('notes.mjs'), NOTES);
  writeFileSync(at('walk.vol'), VOLFILE);
  const module = readFileSync(join(root, 'examples/negative/negative.py'), 'utf8');
  writeFileSync(at('negative.py'), module + PYTHON_NOTES);
  const server = spawn(
    process.execPath,
    [at('cli/main.js'), ...MOUNT, '--log-file', at('log'), 'walk.vol', 'mnt'],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        NODE_OPTIONS: `--import=${at('notes.mjs')}`,
        WALK_NOTES: at('notes.json'),
      },
    },
  );
  const ended = once(server, 'exit');
  const isMounted = (): boolean => spawnSync('mountpoint', ['-q', at('mnt')]).status === 0;
  try {
    while (!isMounted()) {
      if (server.exitCode !== null) throw new Error(`no mount: ${readFileSync(at('log'), 'utf8')}`);
      await delay(100);
    }
    for (let times = 0; times < TIMES; times++)
      execFileSync('stat', [at('mnt/greeting')], { stdio: 'ignore', timeout: PATIENCE_MS });
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
  return {
    ids: JSON.parse(readFileSync(at('notes.json'), 'utf8')),
    lines: readFileSync(at('log'), 'utf8').split('\n'),
  };
}

/** Returns the functions of the module and its library in a call: of the fop, or of its callback. */
function findPythonCalls(lines: readonly string[], entry: 'enter' | 'reply'): SourceFunction[] {
  const calls = lines.flatMap((line) => {
    const [, path, name] = / walk (.*) (\S+)$/.exec(line) ?? [];
    if (path === undefined) return [];
    const file = path.replace(/^.*site-packages/, 'python').replace(/^.*negative\.py$/, MODULE);
    return [{ file: file.replace(/^<.*>$/, 'python/glupy/_entry.py'), name: name! }];
  });
  const start = calls.findLastIndex(({ name }) => name === entry);
  const after = calls.slice(start + 1);
  const end = after.findIndex(({ name }) => name === (entry === 'enter' ? 'reply' : 'notify'));
  return [calls[start]!, ...after.slice(0, end)];
}

/** Records the functions of the last look-up, in their order. */
export async function recordLookup(): Promise<SourceFunction[]> {
  const folder = mkdtempSync(join(root, '.dist-walk-'));
  try {
    const functions = compile(folder);
    const { ids, lines } = await serveLookups(folder);
    const all = ids.map((id) => functions[id]!);
    const isNamed = (file: string, name: string) => (each: SourceFunction) =>
      each.file === `runtime/mount/fuse/${file}` && each.name === name;
    const handled = all.findLastIndex(isNamed('handlers/lookup.ts', 'lookup'));
    const start = all.slice(0, handled).findLastIndex(isNamed('session.ts', 'handleMessage'));
    const rest = all.slice(start);
    // The answer is out; what follows is done for later requests.
    const end = rest.findIndex(isNamed('session.ts', 'checkWrite'));
    const walk = rest.slice(0, end + 1);
    // The interpreter runs where the host has made all arguments.
    let from = 0;
    for (const entry of ['enter', 'reply'] as const) {
      const entered = walk.findIndex(({ name }, at) => at >= from && name === 'enterGuest');
      const left = walk.findIndex(({ name }, at) => at >= entered && name === 'releaseArgument');
      const calls = findPythonCalls(lines, entry);
      walk.splice(left, 0, ...calls);
      from = left + calls.length;
    }
    return walk;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Returns the first sentence of a file's header. */
function readPurpose(file: string): string {
  const text = readFileSync(join(root, file), 'utf8');
  const [, comment = '', docstring = ''] =
    /^\/\*\*([\s\S]*?)\*\/|^"""([\s\S]*?)"""/.exec(text) ?? [];
  const words = (comment.replaceAll(/^ \* ?/gm, '') + docstring).replaceAll(/\s+/g, ' ').trim();
  return /^.*?[.:](?= |$)/.exec(words)?.[0].replace(/:$/, '.') ?? words;
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** Makes the page: a row for each file where the walk enters it for the first time on its way down, or up. */
export function makePage(walk: readonly SourceFunction[]): string {
  const turn = walk.findLastIndex(({ file }) => file.startsWith('runtime/xlators/storage'));
  const rows = [walk.slice(0, turn + 1), walk.slice(turn + 1)].map((part) =>
    unique(part.map(({ file }) => file)).map((file) => {
      const names = unique(part.filter((each) => each.file === file).map(({ name }) => name));
      const shown = names.map((name) => `\`${name}\``).join(', ');
      return `| \`${file}\` | ${shown} | ${readPurpose(file)} |`;
    }),
  );
  const head = '| file | functions, in order | what the file does |\n|---|---|---|';
  return `# One LOOKUP, function by function

\`stat mnt/greeting\` of a file that the kernel knows, over [negative.py](../../examples/negative/negative.py) and a folder. This page is
recorded (\`npm run walk page\`): ${formatCount(walk)}, accessors not counted, between the message of \`/dev/fuse\` and
the answer. The server did the same before, so that nothing is made for the first time.

## Down to the folder

${head}
${rows[0]!.join('\n')}

## Back to the kernel

${head}
${rows[1]!.join('\n')}

## Next

- [The architecture](architecture.md)
`;
}

/** Counts the files and functions of a walk. */
const formatCount = (walk: readonly SourceFunction[]): string =>
  `${unique(walk.map(({ file }) => file)).length} files, ${unique(walk.map(({ file, name }) => `${file} ${name}`)).length} functions`;

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const walk = await recordLookup();
  if (process.argv[2] === 'page') writeFileSync(PAGE, makePage(walk));
  for (const { file, name } of walk) console.log(file, name);
  console.log(formatCount(walk));
}
