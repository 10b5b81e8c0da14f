/**
 * Code that runs beyond its time limit, on a real mount: its caller gets EIO, other requests go on,
 * the log names the volume, and a new interpreter serves the next request.
 *
 * Each entry is an expression that the interpreter's C code computes for very long or for ever,
 * without running a line of the script; a lookup of its name starts it. A finite one takes seconds,
 * as a busy machine may notice the limit late.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  describeMounts,
  makeScratch,
  type Scratch,
  type ServedMount,
  startMount,
} from './mount.ts';

export type Ways = Readonly<Record<string, string>>;

export const pythonWays: Ways = {
  'sum of a chain': 'sum(chain.from_iterable(repeat([0])))',
  'list.__contains__': 'drain(map(([0] * 10**6).__contains__, repeat(1)))',
  'zlib.crc32': 'drain(map(zlib.crc32, repeat(bytes(10**8))))',
  'zlib.adler32': 'drain(map(zlib.adler32, repeat(bytes(10**8))))',
  'zlib.compress': 'zlib.compress(random.randbytes(5 * 10**7) * 2, 9)',
  'bytes.find': 'drain(map(bytes(10**8).find, repeat(b"1")))',
  'bytes.count': 'drain(map(bytes(10**8).count, repeat(b"1")))',
  'bytes.replace': 'bytes(10**8).replace(b"\\0", b"1").replace(b"1", b"2" * 2)',
  'sum of bytes': 'drain(map(sum, repeat(bytes(10**8))))',
  'max of bytes': 'max(bytes(4 * 10**8))',
  'str.replace': 'drain(map(("a" * 10**8).replace, repeat("a"), repeat("bb")))',
  'str.translate': '("é" * 10**8).translate({233: "e"})',
  'str.split': 'drain(map(("a " * 10**6).split, repeat(None)))',
  'unicodedata.normalize':
    'drain(map(unicodedata.normalize, repeat("NFKD"), repeat("\\u1e69" * 10**6)))',
  'decimal.exp': 'decimal.Context(prec=10**6).exp(decimal.Decimal(2))',
  'int hash collisions': 'set(map((2**31 - 1).__mul__, range(10**6)))',
  'a large power': 'pow(3, 10**8)',
  'a factorial': 'math.factorial(10**7)',
  'a binomial': 'math.comb(10**8, 5 * 10**7)',
  'a large remainder': 'pow(3, 10**5 * (2**10**5), 7**10**5)',
  md5: 'drain(map(hashlib.md5, repeat(bytes(10**8))))',
  sha3: 'hashlib.sha3_512(bytes(4 * 10**8)).digest()',
  blake2: 'drain(map(hashlib.blake2b, repeat(bytes(10**8))))',
  'all permutations': 'drain(itertools.permutations(range(30)))',
  'a product': 'drain(itertools.product(range(1000), repeat=4))',
  'lists that are equal': 'drain(map(operator.eq, repeat([0] * 10**7), repeat([0] * 10**7)))',
  'in of an endless iterator': '1 in repeat(0)',
  'any of an endless iterator': 'any(map(bool, repeat(0)))',
  'Counter of an endless iterator': 'collections.Counter(repeat(1))',
  'operator.countOf': 'operator.countOf(repeat(0), 1)',
  'functools.reduce': 'functools.reduce(operator.or_, repeat(0))',
  'views that are compared': 'memoryview(bytes(10**8)).cast("b") == memoryview(bytes(10**8))',
  'sets that are subsets': 'drain(map(set(range(10**5)).issubset, repeat(set(range(10**5)))))',
  'a sort': 'sorted(bytes(5 * 10**7), key=bytes(256).__getitem__)',
  'a regular expression': 're.match(r"(a+)+$", "a" * 60 + "b")',
  'time.sleep': 'time.sleep(10**6)',
};

export const javascriptWays: Ways = {
  normalize: "for (;;) '\\u1e9b\\u0323'.repeat(5e6).normalize('NFKD')",
  parseInt: "for (;;) parseInt('9'.repeat(2e8), 7)",
  parseFloat: "for (;;) parseFloat('1'.repeat(1e7))",
  'indexOf of a text': "('a'.repeat(5e6) + 'b').indexOf('a'.repeat(2.5e6) + 'c')",
  'lastIndexOf of a text': "for (;;) 'a'.repeat(5e6).lastIndexOf('c')",
  'includes of a text': "('a'.repeat(5e6) + 'b').includes('a'.repeat(2.5e6) + 'c')",
  'split of a text': "('a'.repeat(5e6) + 'b').split('a'.repeat(2.5e6) + 'c')",
  'replaceAll of a text': "('a'.repeat(5e6) + 'b').replaceAll('a'.repeat(2.5e6) + 'c', '')",
  'indexOf of an array': 'const a = Array(1e6).fill(0); for (;;) a.indexOf(1)',
  'lastIndexOf of an array': 'const a = Array(1e6).fill(0); for (;;) a.lastIndexOf(1)',
  'includes of an array': 'const a = Array(1e6).fill(0); for (;;) a.includes(1)',
  'reverse of an array': 'const a = Array(1e6).fill(0); for (;;) a.reverse()',
  'shift of an array': 'const a = Array(1e6).fill(0); for (;;) a.push(a.shift())',
  'unshift of an array': 'const a = Array(1e6).fill(0); for (;;) a.unshift(a.pop())',
  'splice of an array': 'const a = Array(1e6).fill(0); for (;;) a.splice(0, 1, 1, 2)',
  'copyWithin of an array': 'const a = Array(1e6).fill(0); for (;;) a.copyWithin(0, 1)',
  'join of an array': "const a = Array(1e6).fill(0); for (;;) a.join('')",
  'concat of an array': '[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true })',
  'slice of an array': 'const a = Array(1e6).fill(0); for (;;) a.slice()',
  'every of an array': 'Array.prototype.every.call({ length: 2 ** 53 - 1 }, () => true)',
  'flat of an array': 'const a = Array(1e6).fill([]); for (;;) a.flat()',
  'sort of an array': 'Array.prototype.sort.call({ length: 2 ** 53 - 1 })',
  'String.raw':
    'String.raw({ raw: new Proxy({}, { get: (_, k) => (k === "length" ? 2 ** 53 - 1 : "") }) })',
  'a large power': 'for (;;) 3n ** 300000n',
  'a large number to text': 'for (;;) (3n ** 300000n).toString(7)',
  'a text to a large number': "for (;;) BigInt('9'.repeat(300000))",
  'a large division': 'for (;;) 3n ** 300000n / 7n ** 100000n',
  'a sort of numbers': 'new Float64Array(3e7).map((_, i) => -i).sort()',
  'a sort of texts':
    "Array.from({ length: 50 }, () => 'a'.repeat(5e6)).sort(); for (;;) ['a'.repeat(1e8), 'a'.repeat(1e8)].sort()",
  toUpperCase: "for (;;) 'ß'.repeat(1e7).toUpperCase()",
  encodeURIComponent: "for (;;) encodeURIComponent('€'.repeat(1e6))",
  'JSON.parse': "for (;;) JSON.parse('[' + '0,'.repeat(1e6) + '0]')",
  'JSON.stringify': "for (;;) JSON.stringify('\\u0001'.repeat(1e6))",
  'a regular expression': "/(a+)+$/.test('a'.repeat(60) + 'b')",
};

interface Language {
  readonly file: string;
  readonly ways: Ways;
  renderSource(ways: Ways): string;
}

/** Words before a dot that are no values. */
const findModules = (way: string): string[] =>
  [...new Set([...way.matchAll(/\b([a-z]+)\.[a-z]/gi)].map((match) => match[1]!))].filter(
    (name) => !['bytes', 'chain'].includes(name),
  );

const python: Language = {
  file: 'm.py',
  ways: pythonWays,
  // Imports take their time, which the start shall not need: each way has its own.
  renderSource: (ways) => `from glupy import Translator


def drain(iterable):
    import collections
    collections.deque(iterable, 0)


${Object.values(ways)
  .map(
    (way, at) => `def way_${at}():
    from itertools import chain, repeat
${findModules(way)
  .map((name) => `    import ${name}\n`)
  .join('')}    ${way}
`,
  )
  .join('\n\n')}

WAYS = {
${Object.keys(ways)
  .map((name, at) => `    ${JSON.stringify(name)}: way_${at},`)
  .join('\n')}
}


class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name in WAYS:
            WAYS[loc.name]()
        frame.wind()
`,
};

const javascript: Language = {
  file: 'm.js',
  ways: javascriptWays,
  renderSource: (ways) => `import { Translator } from 'glossa';
const ways = {
${Object.entries(ways)
  .map(([name, way]) => `  ${JSON.stringify(name)}() { ${way}; },`)
  .join('\n')}
};
export class xlator extends Translator {
  lookup(frame, loc) {
    ways[loc.name]?.();
    frame.wind();
  }
}
`,
};

export const tooLong = { python, javascript };

const renderVolfile = (folder: string, file: string, isolation: string): string => `volume files
    type storage/posix
    option directory ${folder}
end-volume

volume patient
    type features/glupy
    option module-name ${file}
    option isolation ${isolation}
    option time-limit 0.3
    option restart-backoff 0
    subvolumes files
end-volume
`;

/** Nothing here takes that long; a machine with much else to do may be slow. */
const PATIENCE_MS = 60_000;

/** Calls stat(2) on a file; returns `found` or the errno's name. */
const statOrErrno = async (path: string): Promise<string> => {
  try {
    await stat(path);
    return 'found';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
};

/**
 * Runs each way on one mount, while two clients use it.
 * @param isolation the volume's option `isolation`
 */
export function describeTooLong(
  language: keyof typeof tooLong,
  names?: readonly string[],
  isolation = 'none',
): void {
  const { file, ways, renderSource } = tooLong[language];
  describeMounts(`${language} code beyond its time limit`, () => {
    let scratch: Scratch;
    let mount: ServedMount;
    beforeAll(async () => {
      scratch = await makeScratch();
      const folder = await scratch.makeFolder('files');
      for (const name of ['one', 'two', 'attack']) await scratch.makeFolder('files', name);
      await scratch.writeFile('files/one/f', '1');
      await scratch.writeFile('files/two/f', '2');
      await scratch.writeFile(file, renderSource(ways));
      const args = ['--entry-timeout', '0', '--attribute-timeout', '0'];
      // On a busy machine a start may take longer than the limit: it is repeated.
      await vi.waitFor(async () => {
        mount = await startMount(scratch, renderVolfile(folder, file, isolation), { args });
      }, PATIENCE_MS);
    }, PATIENCE_MS);
    afterAll(async () => {
      expect(await mount.stop()).toBe(0);
      await scratch.clean();
    }, PATIENCE_MS);

    it.each(names ?? Object.keys(ways))(
      'fails with EIO at the time limit while other requests are served: %s',
      async (name) => {
        const before = mount.log().length;
        let isOver = false;
        const answers = new Set<string>();
        const statRepeatedly = async (path: string): Promise<void> => {
          do answers.add(await statOrErrno(join(mount.path, path)));
          while (!isOver);
        };
        const clients = [statRepeatedly('one/f'), statRepeatedly('two/f')];
        const answer = await statOrErrno(join(mount.path, 'attack', name));
        isOver = true;
        await Promise.all(clients);
        expect(answer).toBe('EIO');
        expect([...answers].filter((code) => code !== 'found' && code !== 'EIO')).toEqual([]);
        expect(mount.log().slice(before)).toMatch(/0-patient: .*(time limit|time-limit)/);
        // The interpreter that was lost is replaced.
        await vi.waitFor(async () => {
          expect(await statOrErrno(join(mount.path, 'one/f'))).toBe('found');
        }, PATIENCE_MS);
      },
      PATIENCE_MS,
    );
  });
}
