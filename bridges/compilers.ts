/**
 * Plans builds of compiled modules: from a source's path to the commands that make the `.wasm` or `.so` of it. Callers
 * run the commands (`glossa dev`, the bench), and then put the results in their places.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { includeDir, librariesByLanguage } from '../runtime/sys/paths.ts';

/** The commands of a build. They run one after the other in the source's folder, until one fails. */
export interface BuildPlan {
  readonly steps: readonly BuildStep[];
  readonly folder: string;
  /** Variables to add to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lists the files that the last step has made, each with its place. @param output that of the last step */
  findResults(output: string): readonly Result[];
  /** The packages to install if a command or one of its libraries is missing, as a sentence. */
  readonly advice: string;
}

export interface BuildStep {
  readonly command: readonly [program: string, ...args: string[]];
  /** The file that it makes, if a later build in the same folder can use it again. */
  readonly reusable?: string;
}

type Result = readonly [file: string, place: string];

/** The paths of one build. */
interface BuildPaths {
  readonly source: string;
  readonly module: string;
  /** A folder for unfinished files. */
  readonly scratch: string;
}

type Steps = Omit<BuildPlan, 'folder'>;

/** A compiler of one language. */
interface Compiler {
  /** The extensions of the sources. */
  readonly extensions: readonly string[];
  /** The extensions of other files in the source's folder that a build reads. */
  readonly otherExtensions: readonly string[];
  /** The extensions of modules that it makes, the default first. */
  readonly moduleExtensions: readonly string[];
  plan(paths: BuildPaths): Steps;
}

/** The file that a step makes, before it is put in the module's place. */
const makeUnfinishedPath = ({ module, scratch }: BuildPaths): string =>
  join(scratch, basename(module));

/** The program of a variable that Makefiles have, too, which may have arguments. */
function findProgram(variable: string, ...otherwise: [string, ...string[]]): [string, ...string[]] {
  const words = (process.env[variable] ?? '').split(' ').filter((word) => word !== '');
  return words.length === 0 ? otherwise : (words as [string, ...string[]]);
}

// -- C and C++ -------------------------------------------------------------------------------------

/** Flags of a compilation for the sandbox; every supported Node has the instructions of the last three. */
const WASM_FLAGS = [
  ...['--target=wasm32-wasi', '-O2', '-g', '-Wall', '-Wextra', `-I${includeDir}`],
  ...['-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext', '-msimd128'],
];

/** Debian's packages of clang for WebAssembly. */
const WASM_PACKAGES = 'clang lld wasi-libc libclang-rt-dev-wasm32';

/**
 * Flags of the link. It has no -O: with one, clang runs the first `wasm-opt` of the path on the module, which removes
 * the names of functions and the lines.
 */
const LINK_FLAGS = ['--target=wasm32-wasi', '-mexec-model=reactor', '-Wl,--stack-first'];

const planStep = (...command: [string, ...string[]]): BuildStep => ({ command });

function planC(paths: BuildPaths): Steps {
  const { source, module, scratch } = paths;
  const out = makeUnfinishedPath(paths);
  const findResults = (): Result[] => [[out, module]];
  const name = basename(source);
  if (extname(module) === '.so') {
    const flags = ['-O2', '-g', '-Wall', '-Wextra', '-shared', '-fPIC', `-I${includeDir}`];
    return {
      steps: [planStep(...findProgram('CC', 'cc'), ...flags, '-o', out, name)],
      findResults,
      advice: 'a C compiler is needed (apt install gcc libc6-dev)',
    };
  }
  const object = join(scratch, `${name}.o`);
  const clang = findProgram('CLANG', 'clang');
  return {
    steps: [
      planStep(...clang, ...WASM_FLAGS, '-c', '-o', object, name),
      planStep(...clang, ...LINK_FLAGS, '-o', out, object),
    ],
    findResults,
    advice: `clang and its library for WebAssembly are needed (apt install ${WASM_PACKAGES})`,
  };
}

function planCpp(paths: BuildPaths): Steps {
  const { source, module, scratch } = paths;
  const out = makeUnfinishedPath(paths);
  const name = basename(source);
  const [object, library] = [join(scratch, `${name}.o`), join(scratch, 'glossa.o')];
  const clangxx = findProgram('CLANGXX', 'clang++');
  const compileLibrary = [...WASM_FLAGS, '-c', '-o', library, join(includeDir, 'glossa.c')];
  const flags = ['-std=c++20', '-fno-exceptions'];
  return {
    steps: [
      // The functions of the interface are C.
      {
        command: [...findProgram('CLANG', 'clang'), ...compileLibrary],
        reusable: library,
      },
      planStep(...clangxx, ...WASM_FLAGS, ...flags, '-c', '-o', object, name),
      planStep(...clangxx, ...LINK_FLAGS, '-o', out, object, library),
    ],
    findResults: () => [[out, module]],
    advice:
      `clang++ and its libraries for WebAssembly are needed (apt install ${WASM_PACKAGES} ` +
      'libc++-dev-wasm32 libc++abi-dev-wasm32)',
  };
}

// -- Rust ------------------------------------------------------------------------------------------

const RUST_TARGET = 'wasm32-unknown-unknown';
const RUST_ADVICE =
  `Rust with the target ${RUST_TARGET} is needed (apt install rustc cargo lld ` +
  `libstd-rust-dev-wasm32, or rustup target add ${RUST_TARGET})`;

function planRust(paths: BuildPaths): Steps {
  const { source, module, scratch } = paths;
  const folder = dirname(source);
  if ([folder, dirname(folder)].some((place) => existsSync(join(place, 'Cargo.toml'))))
    return planCargo(paths);
  const out = makeUnfinishedPath(paths);
  const rustc = findProgram('RUSTC', 'rustc');
  const crate = join(scratch, 'libglossa.rlib');
  const flags = [
    ...['--edition', '2021', '--target', RUST_TARGET, '-C', 'opt-level=3', '-C', 'panic=abort'],
    ...['-C', 'debuginfo=1', '-C', 'target-feature=+bulk-memory,+nontrapping-fptoint,+simd128'],
  ];
  const crateFlags = ['--crate-type', 'rlib', '--crate-name', 'glossa', '-o', crate];
  const moduleFlags = ['--crate-type', 'cdylib', '-C', 'lto', '--extern', `glossa=${crate}`];
  return {
    steps: [
      {
        command: [...rustc, ...flags, ...crateFlags, join(librariesByLanguage.rust!, 'src/lib.rs')],
        reusable: crate,
      },
      planStep(...rustc, ...flags, ...moduleFlags, '-o', out, basename(source)),
    ],
    findResults: () => [[out, module]],
    advice: RUST_ADVICE,
  };
}

/** Plans the build of a package of Cargo, which has its flags in files of its own. */
const planCargo = ({ module }: BuildPaths): Steps => ({
  steps: [
    planStep(
      ...findProgram('CARGO', 'cargo'),
      ...['build', '--quiet', '--release', '--target', RUST_TARGET],
      // The paths of the files that it has made come on stdout, messages for people on stderr.
      '--message-format=json-render-diagnostics',
    ),
  ],
  findResults(output) {
    const files = [...output.matchAll(/"([^"]+\.wasm)"/g)].map((match) => match[1]!);
    return files.length === 0 ? [] : [[files.at(-1)!, module]];
  },
  advice: RUST_ADVICE,
});

// -- the table -------------------------------------------------------------------------------------

const compilers: readonly Compiler[] = [
  {
    extensions: ['.c'],
    otherExtensions: ['.h'],
    moduleExtensions: ['.wasm', '.so'],
    plan: planC,
  },
  {
    extensions: ['.cpp', '.cc', '.cxx'],
    otherExtensions: ['.h', '.hpp', '.hh'],
    moduleExtensions: ['.wasm'],
    plan: planCpp,
  },
  {
    extensions: ['.rs'],
    otherExtensions: ['.toml'],
    moduleExtensions: ['.wasm'],
    plan: planRust,
  },
];

/** The Cargo package of a module: its source, relative to the module's folder. */
const CARGO_SOURCE = 'src/lib.rs';

const removeExtension = (path: string): string => path.slice(0, -extname(path).length);

/** Finds the compiler for the text at a path; undefined for a file that is no source of a compiled module. */
const findCompiler = (source: string): Compiler | undefined =>
  existsSync(source)
    ? compilers.find(({ extensions }) => extensions.includes(extname(source)))
    : undefined;

/** Finds the source beside a compiled module; undefined without one. */
export function findModuleSource(module: string): string | undefined {
  const fitting = compilers.filter(({ moduleExtensions }) =>
    moduleExtensions.includes(extname(module)),
  );
  const source = fitting
    .flatMap(({ extensions }) => extensions)
    .map((extension) => removeExtension(module) + extension)
    .find((path) => existsSync(path));
  if (source !== undefined) return source;
  const folder = dirname(module);
  const cargoSource = join(folder, CARGO_SOURCE);
  return fitting.some(({ extensions }) => extensions.includes(extname(cargoSource))) &&
    [cargoSource, join(folder, 'Cargo.toml')].every((path) => existsSync(path))
    ? cargoSource
    : undefined;
}

/** Returns the path of the module that is made of a source by default; undefined for a file that is no source. */
export function findDefaultModule(source: string): string | undefined {
  const compiler = findCompiler(source);
  return compiler && removeExtension(source) + compiler.moduleExtensions[0];
}

/** Lists the extensions of the files that a build of this source reads. */
export function listSourceExtensions(source: string): readonly string[] {
  const compiler = findCompiler(source);
  return compiler === undefined ? [] : [...compiler.extensions, ...compiler.otherExtensions];
}

/**
 * Plans the build of a module from an existing source.
 * @param scratch a folder for unfinished files, in which later builds find reusable ones
 */
export function planBuild(source: string, module: string, scratch: string): BuildPlan {
  const compiler = findCompiler(source);
  if (compiler === undefined) throw new Error(`${source} is not a source of a compiled module`);
  const paths = { source, module: resolve(module), scratch: resolve(scratch) };
  return { ...compiler.plan(paths), folder: dirname(source) };
}

/** Variables of the Makefiles in templates and examples, so that these need not ask the command for the folders. */
const MAKE_ENVIRONMENT: Readonly<Record<string, string>> = {
  GLOSSA_INCLUDE: includeDir,
  GLOSSA_CRATE: librariesByLanguage.rust!,
};

/** Plans a build by the Makefile in the module's folder; undefined if it has no rule for the module, or without make. */
export function planMake(source: string, module: string): BuildPlan | undefined {
  const folder = dirname(module);
  const name = basename(module);
  const hasMakefile = ['GNUmakefile', 'makefile', 'Makefile'].some((file) =>
    existsSync(join(folder, file)),
  );
  if (!hasMakefile) return undefined;
  const env = { ...process.env, ...MAKE_ENVIRONMENT };
  // Prints the commands of the rule, as if all files were old; nothing for a file without a rule.
  const args = ['-C', folder, '--no-print-directory', '-s', '-n', '-B', name];
  const { status, stdout } = spawnSync('make', args, { encoding: 'utf8', env });
  if (status !== 0 || stdout.trim() === '') return undefined;
  return {
    steps: [planStep('make', '-s', name)],
    folder,
    env: MAKE_ENVIRONMENT,
    findResults: () => [],
    advice: planBuild(source, module, folder).advice,
  };
}

/** Matches what compilers and make print without one of their parts. */
const MISSING_PART =
  /Error 127\b|command not found|can't find crate for `(?:std|core)`|unable to find library -l|cannot open \S*(?:crt1\S*\.o|libclang_rt)|'(?:std\w+|string|cstd\w+)(?:\.h)?' file not found|bits\/\S+' file not found|unable to execute command/;

/** Whether a command failed because a part of the compiler is missing. @param errors its standard error */
export const isCompilerMissing = (errors: string): boolean => MISSING_PART.test(errors);

/** Puts the results of a build in their places: each file is replaced at once. */
export function placeResults(plan: BuildPlan, output: string): void {
  for (const [file, place] of plan.findResults(output)) {
    copyFileSync(file, `${place}~`);
    renameSync(`${place}~`, place);
  }
}
