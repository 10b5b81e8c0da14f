/**
 * Compiles the modules in AssemblyScript among the files before a graph starts: `keep.ts` becomes `keep.wasm`
 * beside it. The compiler is loaded at the first such file, and runs in a worker of its own.
 */
import { isAssemblyScript } from '../../../bridges/wasm/language.ts';
import type { FileTexts, PageData } from '../page-data.ts';
import type { CompileRequest, CompileResult, Questions } from '../play/protocol.ts';
import { loadPart } from './interpreter-parts.ts';
import { addSources } from './module-sources.ts';
import { makeProblem } from './problem-list.ts';
import { type SessionSettings, WorkerSession } from './worker-session.ts';

/** Time limit of a compilation in milliseconds. */
const TIMEOUT_MS = 60_000;

/** The loaded compiler: its program, and the texts of its library. */
interface Compiler {
  readonly program: Blob;
  readonly library: FileTexts;
}

/** Lists the sources of modules in AssemblyScript; other files in it belong to them. */
const listModules = (texts: FileTexts): string[] =>
  Object.keys(texts).filter((path) => path.endsWith('.ts') && isAssemblyScript(texts[path]!));

/** A compilation, under way or ended. */
interface Compilation {
  /** The texts, as JSON. */
  readonly key: string;
  readonly result: Promise<CompileResult>;
  /** Ends it. */
  readonly controller: AbortController;
}

/** Compiles modules, each text once. Newer texts end a compilation that is under way. */
class ModuleCompiler {
  private readonly data: PageData['compiler'];
  private loaded: Promise<Compiler> | null = null;
  /** The last compilation of each module. */
  private readonly last = new Map<string, Compilation>();

  constructor(data: PageData['compiler']) {
    this.data = data;
  }

  /** Adds the modules that these texts make, with their source maps. */
  async compile(texts: FileTexts): Promise<CompileResult> {
    const entries = listModules(texts);
    const sources = Object.fromEntries(
      Object.entries(texts).filter(([path]) => path.endsWith('.ts')),
    );
    const key = JSON.stringify(sources);
    const results: CompileResult[] = [];
    for (const entry of entries) {
      let last = this.last.get(entry);
      if (last?.key !== key) {
        last?.controller.abort();
        const controller = new AbortController();
        last = { key, controller, result: this.run(entry, sources, controller.signal) };
        this.last.set(entry, last);
      }
      results.push(await last.result);
    }
    return {
      written: Object.assign({}, ...results.map(({ written }) => addMapsAlone(written))),
      problems: results.flatMap(({ problems }) => problems),
    };
  }

  /** Compiles a module in a new worker, which ends with it. */
  private async run(entry: string, texts: FileTexts, signal: AbortSignal): Promise<CompileResult> {
    try {
      this.loaded ??= this.load();
      const { program, library } = await this.loaded.catch((error: Error) => {
        this.loaded = null;
        throw error;
      });
      if (signal.aborted) throw new Error('the files have changed');
      const url = URL.createObjectURL(program);
      const worker = new Worker(url, { name: 'glossa compiler' });
      let timer: ReturnType<typeof setTimeout> | undefined;
      try {
        return await new Promise<CompileResult>((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data as CompileResult);
          worker.onerror = ({ message }) => reject(new Error(message || 'it does not start'));
          signal.onabort = () => reject(new Error('the files have changed'));
          timer = setTimeout(() => reject(new Error(`it took ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
          const request: CompileRequest = { entry, texts, library };
          worker.postMessage(request);
        });
      } finally {
        clearTimeout(timer);
        worker.terminate();
        URL.revokeObjectURL(url);
      }
    } catch (error) {
      // A failed compilation is tried again at the next start.
      if (!signal.aborted) this.last.delete(entry);
      const problem = makeProblem(
        `${entry.slice(1)} was not compiled: ${(error as Error).message}`,
      );
      return { written: {}, problems: [problem] };
    }
  }

  /** Loads the compiler. */
  private async load(): Promise<Compiler> {
    const { program, library } = this.data;
    const bytes = await loadPart(program);
    const texts = JSON.parse(new TextDecoder().decode(await loadPart(library))) as FileTexts;
    return { program: new Blob([bytes], { type: 'text/javascript' }), library: texts };
  }
}

/** Leaves out the sources in source maps: the files have them. */
const addMapsAlone = (written: FileTexts): FileTexts =>
  Object.fromEntries(
    Object.entries(addSources(written)).filter(([path]) => written[path] !== undefined),
  );

/** A session that compiles modules before it starts a graph. */
class CompilingSession extends WorkerSession {
  private readonly compiler: ModuleCompiler;

  constructor(settings: SessionSettings, compiler: ModuleCompiler) {
    super(settings);
    this.compiler = compiler;
  }

  override ask<K extends Exclude<keyof Questions, 'open'>>(
    kind: K,
    body: Questions[K][0],
  ): Promise<Questions[K][1]> {
    if (kind !== 'start') return super.ask(kind, body);
    const request = body as Questions['start'][0];
    return listModules(request.texts).length === 0
      ? super.ask(kind, body)
      : (this.compileAndStart(request) as Promise<Questions[K][1]>);
  }

  private async compileAndStart(request: Questions['start'][0]): Promise<Questions['start'][1]> {
    const { written, problems } = await this.compiler.compile(request.texts);
    if (problems.some(({ severity }) => severity === 'error'))
      return { volumes: [], problems, isRunning: false, log: [] };
    const texts = { ...request.texts, ...written };
    const result = await super.ask('start', { ...request, texts });
    return { ...result, problems: [...problems, ...result.problems] };
  }
}

/** Returns a function that makes sessions which share a compiler. */
export function makeCompilingSessions(
  settings: SessionSettings,
  data: PageData['compiler'],
): () => WorkerSession {
  const compiler = new ModuleCompiler(data);
  return () => new CompilingSession(settings, compiler);
}
