/** Tests how the build rewrites joined files. */
import { expect, it } from 'vitest';
import { makeFastToLoad } from '../../tools/fast-to-load.ts';

/** Code as rolldown writes it: two modules, and the exports. */
const CODE = `const require_runtime = require("./rolldown-runtime.cjs");
let node_fs = require("node:fs");
let picomatch = require("picomatch");
picomatch = require_runtime.__toESM(picomatch, 1);
// a.js
const label = "picomatch.node_fs is a name";
let count = 0, later;
const open = (path) => (0, node_fs.openSync)(path);
const local = (picomatch) => picomatch.source;
function match(glob) {
	count += 1;
	later = count;
	return (0, picomatch.default)(glob) || shape.node_fs.size === node_fs.constants.O_RDONLY;
}
// b.js
const shape = { node_fs: new node_fs.Stats(), sign: "\u2713" };
var Kind = class {};
${['count', 'later', 'match', 'open', 'local', 'shape', 'Kind', 'label'].map(makeGetter).join('')}`;

function makeGetter(name: string): string {
  return `Object.defineProperty(exports, "${name}", {\n\tenumerable: true,\n\tget: function() {\n\t\treturn ${name};\n\t}\n});\n`;
}

interface Exports {
  readonly count: number;
  readonly later: number;
  readonly shape: object;
  match(glob: string): boolean;
  open(path: string): string;
  local(picomatch: object): string;
}

/** Runs code as Node runs a CommonJS file; returns its exports, and the modules that it has loaded. */
function run(code: string) {
  const exports: Record<string, unknown> = {};
  const loaded: string[] = [];
  const modules: Record<string, unknown> = {
    './rolldown-runtime.cjs': { __toESM: (module: object) => ({ default: module }) },
    'node:fs': {
      openSync: (path: string) => `open ${path}`,
      constants: { O_RDONLY: 7 },
      Stats: class {
        size = 7;
      },
    },
    picomatch: (glob: string) => glob === '*',
  };
  new Function('exports', 'require', code)(exports, (id: string) => {
    loaded.push(id);
    return modules[id];
  });
  return { exports: exports as unknown as Exports, loaded };
}

it('a joined file does the same, loads packages when it uses them, and exports constants as values', () => {
  const before = run(CODE);
  const after = run(makeFastToLoad(CODE));
  expect(before.loaded).toEqual(['./rolldown-runtime.cjs', 'node:fs', 'picomatch']);
  // A constant needs a class of node:fs at once.
  expect(after.loaded).toEqual(['./rolldown-runtime.cjs', 'node:fs']);
  for (const { exports } of [before, after]) {
    expect(exports.local({ source: 'own' })).toBe('own');
    expect([exports.open('/f'), exports.match('*'), exports.match('x')]).toEqual([
      'open /f',
      true,
      true,
    ]);
    expect(exports).toMatchObject({
      count: 2,
      later: 2,
      label: 'picomatch.node_fs is a name',
      Kind: expect.any(Function),
    });
    expect(exports.shape).toEqual({ node_fs: { size: 7 }, sign: '✓' });
  }
  expect(after.loaded).toEqual(['./rolldown-runtime.cjs', 'node:fs', 'picomatch']);
  const getters = Object.entries(Object.getOwnPropertyDescriptors(after.exports)).filter(
    ([, { get }]) => get,
  );
  expect(getters.map(([name]) => name)).toEqual(['count', 'later']);
});

it('the lines of modules stay where they are, in ASCII', () => {
  const [before, after] = [CODE, makeFastToLoad(CODE)].map((code) => code.split('\n'));
  for (const comment of ['// a.js', '// b.js', 'function match(glob) {'])
    expect(after!.indexOf(comment)).toBe(before!.indexOf(comment));
  expect(after!.join('')).toMatch(/^[\t\x20-\x7e]+$/);
});
