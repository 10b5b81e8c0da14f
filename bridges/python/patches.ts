/**
 * Patches Pyodide's JavaScript before it runs in its realm. Its two ES modules run as scripts
 * inside a function with parameters: patches remove `export`, `import` and `import.meta`, and
 * redirect functions (random bytes, heap limit, snapshot memory, signals, files) to the parameters.
 * Each patch states how often its text occurs, if not once; another number means an unknown Pyodide, and throws.
 * Numbers of `FS.ErrnoError` are WASI's: 37 is ENAMETOOLONG, 52 ENOSYS.
 */
import { EngineError } from './errors.ts';
import { dropUnusedExports } from './used-exports.ts';

/** A textual change; `find` must occur `count` times in the patched text, or once. */
interface Patch {
  readonly reason: string;
  readonly find: string | RegExp;
  readonly replacement: string;
  readonly count?: number;
}

/**
 * Matches a dynamic import, but not a name that ends in `import`; the look-behind comes last for
 * speed.
 */
const DYNAMIC_IMPORT = /import\((?<![\w.$]import\()/g;

/** pyodide.mjs: the loader. `exports` and `noImport` are parameters of the function around it. */
const LOADER_PATCHES: readonly Patch[] = [
  {
    reason: 'a script cannot export',
    find: 'export{dt as loadPyodide,U as version};',
    replacement: 'exports.loadPyodide=dt;exports.version=U;',
  },
  { reason: 'nothing may be imported', find: DYNAMIC_IMPORT, replacement: 'noImport(', count: 13 },
  {
    reason:
      'its module is compiled already; the host calls the C API through the exports of the instance',
    find:
      'let l;n?l=await WebAssembly.instantiateStreaming(n,s):' +
      'l=await WebAssembly.instantiate(await t,s);let{instance:d,module:u}=l;',
    replacement:
      'let u=await exports.wasm,d=await WebAssembly.instantiate(u,s);exports.instance=d;',
  },
  {
    reason: 'the fence wraps the imports that reach JavaScript',
    find: 's.env.JsvError_Check=c;try{',
    replacement: 's.env.JsvError_Check=c;s={...s,env:exports.fence(s.env)};try{',
  },
  {
    reason: 'the snapshot already contains the module path',
    find: 'n.sys.path.insert(0,""),n._pyodide.set_excepthook(),await n.packageIndexReady,',
    replacement:
      'n.sys&&(n.sys.path.insert(0,""),n._pyodide.set_excepthook(),' +
      'await n.packageIndexReady),',
  },
  {
    reason: 'the standard library is not copied once more',
    find: '.zip`,r)',
    replacement: '.zip`,r,{canOwn:true})',
  },
];

/** pyodide.asm.mjs: Emscripten's runtime and Pyodide's foreign function interface. */
const RUNTIME_PATCHES: readonly Patch[] = [
  {
    reason: 'a script cannot export',
    find: 'export default _createPyodideModule;',
    replacement: 'exports.createPyodideModule=_createPyodideModule;',
  },
  {
    reason: 'a script has no import.meta',
    find: 'import.meta.url',
    replacement: '"/pyodide/"',
    count: 3,
  },
  { reason: 'nothing may be imported', find: DYNAMIC_IMPORT, replacement: 'noImport(', count: 15 },
  {
    reason: 'random bytes come from the host',
    find: 'var initRandomFill=()=>{',
    replacement: 'var initRandomFill=()=>{return fillRandom;',
  },
  {
    reason: 'only shared libraries use these symbols',
    find: 'if(isInternalSym(symName)){continue}var value=exports[symName];var existingEntry',
    replacement: 'if(!GOT[symName]){continue}var value=exports[symName];var existingEntry',
  },
  {
    reason: 'Python never draws: the function table has no functions of OpenGL',
    find: 'for(var[symName,entry]of Object.entries(GOT)){if(entry.value==-1){',
    replacement:
      'for(var[symName,entry]of Object.entries(GOT)){if(entry.value==-1){' +
      'if(symName.startsWith("emscripten_gl")){entry.value=0;continue}',
  },
  {
    reason: 'added functions are new ones, so the function table is not searched for them',
    find: 'functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)',
    replacement: 'functionsInTableMap=new WeakMap',
  },
  {
    reason: 'the memory limit of the volume',
    find: 'var getHeapMax=()=>4294901760;',
    replacement: 'var getHeapMax=()=>heapMax;',
  },
  {
    reason: 'a full memory frees its reserve at once, so that the traceback gets its lines',
    find: 'if(requestedSize>maxHeapSize){return false}',
    replacement:
      'if(requestedSize>maxHeapSize){var reserve=Module.reserve&&new Int32Array(Module.reserve.buffer);' +
      'if(reserve&&reserve[0]){_free(reserve[0]);reserve[0]=0}return false}',
  },
  {
    reason: 'a snapshot is read from its file directly into memory',
    find: 'return Module.HEAP8.set(t),l};',
    replacement: 'return restoreMemory(growMemory,()=>Module.HEAP8),l};',
  },
  {
    reason: 'a snapshot with separated languages must not join them again',
    find: 'API.finalizeBootstrap=function(t,e){t&&Wr();',
    replacement: 'API.finalizeBootstrap=function(t,e){if(t&&isSeparated)return Mo();t&&Wr();',
  },
  {
    reason: 'a name that is missing in memory may be a granted file',
    find: 'lookup(parent,name){if(!MEMFS.doesNotExistError)',
    replacement:
      'lookup(parent,name){var granted=files.find(FS,parent,name,()=>HEAP8);' +
      'if(granted)return granted;if(!MEMFS.doesNotExistError)',
  },
  {
    reason: 'files in memory count towards a limit',
    find: 'write(stream,buffer,offset,length,position,canOwn){if(buffer.buffer===HEAP8.buffer)',
    replacement:
      'write(stream,buffer,offset,length,position,canOwn){' +
      'files.reserveBytes(FS,stream.node,position+length);if(buffer.buffer===HEAP8.buffer)',
  },
  {
    reason: 'growing a file counts towards the limit',
    find: 'resizeFileStorage(node,newSize){',
    replacement: 'resizeFileStorage(node,newSize){files.reserveBytes(FS,node,newSize);',
  },
  {
    reason: 'a new file counts towards the limit',
    find: 'mknod(parent,name,mode,dev){return MEMFS.createNode(',
    replacement:
      'mknod(parent,name,mode,dev){files.reserveBytes(FS,null,1024);return MEMFS.createNode(',
  },
  {
    reason: 'a link counts towards the limit',
    find: 'symlink(parent,newname,oldpath){var node=MEMFS',
    replacement:
      'symlink(parent,newname,oldpath){if(oldpath.length>4095)throw new FS.ErrnoError(37);' +
      'files.reserveBytes(FS,null,1024+oldpath.length);var node=MEMFS',
  },
  {
    reason: 'names are limited, as they take memory',
    find: 'mayCreate(dir,name){',
    replacement: 'mayCreate(dir,name){if(name.length>255)return 37;',
  },
  {
    reason: 'an unfinished line of terminal output is limited',
    find: 'if(val!=0)tty.output.push(val)',
    replacement: 'if(val!=0&&tty.output.push(val)>=16384)this.put_char(tty,10)',
    count: 2,
  },
  {
    reason: 'the list of looked-up hosts would grow without limit',
    find: 'DNS.address_map.names[addr]=name;DNS.address_map.addrs[name]=addr',
    replacement: '',
  },
  {
    reason: "EACCES (2) would read as Linux's ENOENT; EPERM (63) is unused there",
    find: /(?<=&&!\(node\.mode&(?:292|146|73)\)\)\{return )2(?=\})/g,
    replacement: '63',
    count: 3,
  },
  {
    reason: 'a pipe could hold unlimited unread data',
    find: 'createPipe(){',
    replacement: 'createPipe(){throw new FS.ErrnoError(52);',
  },
  {
    reason: "Emscripten's copy of the function table is faster",
    find: 'arg3){return wasmTable.get(func)(arg1,',
    replacement: 'arg3){return getWasmTableEntry(func)(arg1,',
  },
  {
    reason: 'reading the clock makes no BigInt of its precision',
    find: 'ignored_precision=bigintToI53Checked(ignored_precision);ptime>>>=0;',
    replacement: 'ptime>>>=0;',
  },
  {
    reason: 'reading the clock makes no BigInt of its value',
    find: 'HEAP64[ptime>>>3>>>0]=BigInt(nsec);return 0}_clock_time_get.sig',
    replacement:
      'HEAPU32[ptime>>>2]=nsec;HEAPU32[(ptime>>>2)+1]=nsec/4294967296;return 0}' +
      '_clock_time_get.sig',
  },
  {
    reason: 'Python cannot reach the word of the watchdog',
    find:
      'if(!Module.Py_EmscriptenSignalBuffer){return 0}try{let result=' +
      'Module.Py_EmscriptenSignalBuffer[0];Module.Py_EmscriptenSignalBuffer[0]=0;' +
      'return result}catch(e){return 0}',
    replacement: 'return takeSignal()',
  },
];

/** A change at one place of a text. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/**
 * Applies patches at once: a new text after each would be a megabyte each time.
 * @throws {EngineError} if a text occurs more or less often than known, or overlaps another
 */
function applyPatches(file: string, source: string, patches: readonly Patch[]): string {
  const edits = patches.flatMap((patch) => findEdits(file, source, patch));
  edits.sort((a, b) => a.start - b.start);
  const pieces: string[] = [];
  let position = 0;
  for (const { start, end, replacement } of edits) {
    if (start < position)
      throw new EngineError('setup', `${file}: two patches overlap at ${source.slice(start, end)}`);
    pieces.push(source.slice(position, start), replacement);
    position = end;
  }
  pieces.push(source.slice(position));
  return pieces.join('');
}

function findEdits(file: string, source: string, patch: Patch): Edit[] {
  const { find, replacement, count = 1, reason } = patch;
  const edits: Edit[] = [];
  if (typeof find === 'string') {
    for (let start = source.indexOf(find); start >= 0; start = source.indexOf(find, start)) {
      edits.push({ start, end: start + find.length, replacement });
      start += find.length;
    }
  } else {
    for (const { index, 0: found } of source.matchAll(find))
      edits.push({ start: index, end: index + found.length, replacement });
  }
  if (edits.length === count) return edits;
  throw new EngineError(
    'setup',
    `${file} is not the Pyodide this was written for: expected ${count} × ${String(find)}, ` +
      `found ${edits.length} (${reason})`,
  );
}

/** Returns the loader as one function expression `(exports, noImport) => void`. */
export function patchLoader(source: string): string {
  const text = applyPatches('pyodide.mjs', source, LOADER_PATCHES);
  return `(function(exports,noImport){"use strict";${text}\n})`;
}

const RUNTIME_PARAMETERS =
  'exports,noImport,fillRandom,heapMax,restoreMemory,takeSignal,files,isSeparated';

/**
 * Returns the runtime as one function expression
 * `(exports, noImport, fillRandom, heapMax, restoreMemory, takeSignal, files, isSeparated) => void`.
 *
 * Built-ins are captured as locals: in a contextified realm a global is looked up through an
 * interceptor, which on Node 20 doubles the cost of a call.
 * @param loader the text of Pyodide's loader, which uses some exports, too
 */
export function patchRuntime(source: string, loader: string): string {
  const patched = applyPatches('pyodide.asm.mjs', source, RUNTIME_PATCHES);
  const text = dropUnusedExports(patched, loader);
  return `(function(${RUNTIME_PARAMETERS}){"use strict";const {${BUILTINS.join(',')}}=globalThis;${text}\n})`;
}

/** The texts besides Pyodide's that the result of `patchRuntime` is made from. */
export const listRuntimeInputs = (): string[] => [
  'without unused exports',
  RUNTIME_PARAMETERS,
  ...BUILTINS,
  ...RUNTIME_PATCHES.flatMap(({ find, replacement }) => [String(find), replacement]),
];

/** The globals that the runtime uses. */
const BUILTINS = [
  'Object Function Array Number Boolean String Symbol Date Promise RegExp Error TypeError',
  'RangeError SyntaxError ReferenceError EvalError URIError Math JSON Map Set WeakMap WeakSet',
  'WeakRef FinalizationRegistry Reflect Proxy ArrayBuffer SharedArrayBuffer Atomics DataView',
  'Int8Array Uint8Array Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array',
  'BigInt64Array BigUint64Array BigInt WebAssembly parseInt parseFloat isNaN isFinite',
  'TextEncoder TextDecoder performance console',
].flatMap((line) => line.split(' '));
