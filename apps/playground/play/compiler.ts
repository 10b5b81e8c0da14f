/**
 * Compiles modules in AssemblyScript in a worker of the page. The page loads this program, which holds the
 * compiler, when the files have such a module.
 */
import { encodeModule } from './compiled-modules.ts';
import type { CompileRequest, CompileResult, Problem } from './protocol.ts';

/** The name of the compiler's package, which the bundle replaces: its types would change those of globals. */
declare const COMPILER_PACKAGE: string;

/** The part of the compiler's interface that is used here. */
interface Compiler {
  main(
    args: readonly string[],
    io: {
      readonly stdout: Output;
      readonly stderr: Output;
      readFile(name: string, folder: string): string | null;
      writeFile(name: string, content: string | Uint8Array): void;
      listFiles(): null;
    },
  ): Promise<{ readonly error: Error | null }>;
}

interface Output {
  write(chunk: string): void;
}

/** The parts of the worker's global scope that are used, and replaced. */
interface WorkerScope {
  fetch(url: string): Promise<Response>;
  onmessage: ((message: { readonly data: CompileRequest }) => void) | null;
  postMessage(message: CompileResult): void;
}

const scope = globalThis as unknown as WorkerScope;

/**
 * Decodes `data:` URLs, as the page's policy forbids connections: the compiler has a part of itself as such a URL,
 * and fetches nothing else.
 */
scope.fetch = async (url) => {
  const [type, data] = url.split(';base64,') as [string, string];
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new Response(bytes, { headers: { 'content-type': type.replace('data:', '') } });
};

/** The folder of the library `glossa`, in which the compiler looks for it. */
const LIBRARY_FOLDER = 'assemblyscript';

/** The beginning of a message: `ERROR TS2304: Cannot find name 'x'.`; and its position: `in keep.ts(12,3)`. */
const MESSAGE = /^(ERROR|WARNING)\b[^:\n]*: (.*)/;
const POSITION = /\bin (\S+)\((\d+),(\d+)\)\s*$/;

/** Converts the compiler's messages for the page. */
function readProblems(text: string): Problem[] {
  return text.split(/\n(?=(?:ERROR|WARNING|FAILURE)\b)/).flatMap((part) => {
    const [, kind, message] = MESSAGE.exec(part) ?? [];
    if (kind === undefined) return [];
    const [, file, line, column] =
      part
        .split('\n')
        .map((row) => POSITION.exec(row))
        .find(Boolean) ?? [];
    return {
      severity: kind === 'ERROR' ? ('error' as const) : ('warning' as const),
      file: file === undefined ? null : `/${file}`,
      line: Number(line ?? 0),
      column: Number(column ?? 0),
      message: message!,
    };
  });
}

/** Compiles a module and its source map. */
async function compile({ entry, texts, library }: CompileRequest): Promise<CompileResult> {
  const output = entry.slice(1).replace(/ts$/, 'wasm');
  const written: Record<string, string> = {};
  let messages = '';
  const stream: Output = {
    write(chunk) {
      messages += chunk;
    },
  };
  const readFile = (name: string, folder: string): string | null =>
    (folder === LIBRARY_FOLDER ? library[name] : texts[`/${name}`]) ?? null;
  const flags = ['--debug', '--sourceMap', '--exportStart', '_initialize', '--lib', LIBRARY_FOLDER];
  const { main } = (await import(COMPILER_PACKAGE)) as Compiler;
  const { error } = await main([entry.slice(1), '--outFile', output, ...flags], {
    stdout: stream,
    stderr: stream,
    readFile,
    writeFile(name, content) {
      written[`/${name}`] = typeof content === 'string' ? content : encodeModule(content);
    },
    listFiles: () => null,
  });
  const problems = readProblems(messages);
  if (error !== null && !problems.some(({ severity }) => severity === 'error'))
    problems.push({ severity: 'error', file: entry, line: 0, column: 0, message: error.message });
  return { written: error === null ? written : {}, problems };
}

scope.onmessage = ({ data }) => {
  compile(data).then(
    (result) => scope.postMessage(result),
    (error: Error) =>
      scope.postMessage({
        written: {},
        problems: [
          { severity: 'error', file: data.entry, line: 0, column: 0, message: error.message },
        ],
      }),
  );
};
