/**
 * Patches Pyodide's JavaScript before it runs in its realm. Its two ES modules run as scripts
 * inside a function with parameters: patches remove `export`, `import` and `import.meta`, and
 * redirect four functions (random bytes, heap limit, snapshot memory, signals) to the parameters.
 * Each patch states how often its text occurs; another number means another Pyodide, and is an
 * error.
 */
import { EngineError } from './errors.ts';

/** One textual change; `count` is how often `find` occurs in the text it is meant for. */
interface Patch {
  readonly why: string;
  readonly find: string | RegExp;
  readonly put: string;
  readonly count: number;
}

/** A dynamic import, but not a name that ends in `import`; the look-behind comes last for speed. */
const IMPORT = /import\((?<![\w.$]import\()/g;

/** pyodide.mjs: the loader. `exports` and `noImport` are parameters of the function around it. */
const LOADER: readonly Patch[] = [
  {
    why: 'a script cannot export',
    find: 'export{dt as loadPyodide,U as version};',
    put: 'exports.loadPyodide=dt;exports.version=U;',
    count: 1,
  },
  { why: 'nothing may be imported', find: IMPORT, put: 'noImport(', count: 13 },
  {
    why: 'the host calls the C API through the exports of the instance',
    find: 'let{instance:d,module:u}=l;',
    put: 'let{instance:d,module:u}=l;exports.instance=d;',
    count: 1,
  },
  {
    why: 'what reaches JavaScript can be closed',
    find: 's.env.JsvError_Check=c;try{',
    put: 's.env.JsvError_Check=c;s={...s,env:exports.fence(s.env)};try{',
    count: 1,
  },
  {
    why: 'Python was told where its modules are before the snapshot',
    find: 'n.sys.path.insert(0,""),n._pyodide.set_excepthook(),await n.packageIndexReady,',
    put:
      'n.sys&&(n.sys.path.insert(0,""),n._pyodide.set_excepthook(),' +
      'await n.packageIndexReady),',
    count: 1,
  },
  {
    why: 'the standard library is not copied once more',
    find: '.zip`,r)',
    put: '.zip`,r,{canOwn:true})',
    count: 1,
  },
];

/** pyodide.asm.mjs: Emscripten's runtime and Pyodide's foreign function interface. */
const RUNTIME: readonly Patch[] = [
  {
    why: 'a script cannot export',
    find: 'export default _createPyodideModule;',
    put: 'exports.createPyodideModule=_createPyodideModule;',
    count: 1,
  },
  { why: 'a script has no import.meta', find: 'import.meta.url', put: '"/pyodide/"', count: 3 },
  { why: 'nothing may be imported', find: IMPORT, put: 'noImport(', count: 15 },
  {
    why: 'random bytes come from the host',
    find: 'var initRandomFill=()=>{',
    put: 'var initRandomFill=()=>{return fillRandom;',
    count: 1,
  },
  {
    why: 'symbols that only a shared library could ask for need no entry',
    find: 'if(isInternalSym(symName)){continue}var value=exports[symName];var existingEntry',
    put: 'if(!GOT[symName]){continue}var value=exports[symName];var existingEntry',
    count: 1,
  },
  {
    why: 'the memory limit of the volume',
    find: 'var getHeapMax=()=>4294901760;',
    put: 'var getHeapMax=()=>heapMax;',
    count: 1,
  },
  {
    why: 'the memory of a snapshot is read from its file straight into place',
    find: 'return Module.HEAP8.set(t),l};',
    put: 'return restoreMemory(growMemory,()=>Module.HEAP8),l};',
    count: 1,
  },
  {
    why: 'Python and JavaScript are not joined again behind a snapshot in which they are apart',
    find: 'API.finalizeBootstrap=function(t,e){t&&Wr();',
    put: 'API.finalizeBootstrap=function(t,e){if(t&&apart)return Mo();t&&Wr();',
    count: 1,
  },
  {
    why: 'a name that no folder in memory has may be one of a granted file',
    find: 'lookup(parent,name){if(!MEMFS.doesNotExistError)',
    put:
      'lookup(parent,name){var granted=files.find(FS,parent,name,()=>HEAP8);' +
      'if(granted)return granted;if(!MEMFS.doesNotExistError)',
    count: 1,
  },
  {
    why: "files in memory are the process's memory, and there is a limit to it",
    find: 'write(stream,buffer,offset,length,position,canOwn){if(buffer.buffer===HEAP8.buffer)',
    put:
      'write(stream,buffer,offset,length,position,canOwn){' +
      'files.room(FS,stream.node,position+length);if(buffer.buffer===HEAP8.buffer)',
    count: 1,
  },
  {
    why: 'the same for making files longer',
    find: 'resizeFileStorage(node,newSize){',
    put: 'resizeFileStorage(node,newSize){files.room(FS,node,newSize);',
    count: 1,
  },
  {
    why: 'the same for making many of them',
    find: 'mknod(parent,name,mode,dev){return MEMFS.createNode(',
    put: 'mknod(parent,name,mode,dev){files.room(FS,null,1024);return MEMFS.createNode(',
    count: 1,
  },
  {
    why: 'the same for links',
    find: 'symlink(parent,newname,oldpath){var node=MEMFS',
    put:
      'symlink(parent,newname,oldpath){if(oldpath.length>4095)throw new FS.ErrnoError(37);' +
      'files.room(FS,null,1024+oldpath.length);var node=MEMFS',
    count: 1,
  },
  {
    why: 'names are as long as on other systems: they are the memory of the process too',
    find: 'mayCreate(dir,name){',
    put: 'mayCreate(dir,name){if(name.length>255)return 37;',
    count: 1,
  },
  {
    why: 'what is written to a terminal and ends no line would be kept without end',
    find: 'if(val!=0)tty.output.push(val)',
    put: 'if(val!=0&&tty.output.push(val)>=16384)this.put_char(tty,10)',
    count: 2,
  },
  {
    why: 'hosts that were looked up would be kept without end',
    find: 'DNS.address_map.names[addr]=name;DNS.address_map.addrs[name]=addr',
    put: '',
    count: 1,
  },
  {
    why: 'EACCES has the number of the ENOENT of Linux, EPERM that of nothing there',
    find: /(?<=&&!\(node\.mode&(?:292|146|73)\)\)\{return )2(?=\})/,
    put: '63',
    count: 3,
  },
  {
    why: 'a pipe would hold unread data, outside of every limit',
    find: 'createPipe(){',
    put: 'createPipe(){throw new FS.ErrnoError(52);',
    count: 1,
  },
  {
    why: "C functions that Python calls are looked up in Emscripten's copy of the table, which is quicker",
    find: 'arg3){return wasmTable.get(func)(arg1,',
    put: 'arg3){return getWasmTableEntry(func)(arg1,',
    count: 1,
  },
  {
    why: 'a clock is read without making big integers of its precision and of what it says',
    find: 'ignored_precision=bigintToI53Checked(ignored_precision);ptime>>>=0;',
    put: 'ptime>>>=0;',
    count: 1,
  },
  {
    why: 'the same',
    find: 'HEAP64[ptime>>>3>>>0]=BigInt(nsec);return 0}_clock_time_get.sig',
    put:
      'HEAPU32[ptime>>>2]=nsec;HEAPU32[(ptime>>>2)+1]=nsec/4294967296;return 0}' +
      '_clock_time_get.sig',
    count: 1,
  },
  {
    why: 'the watchdog word is out of reach of Python',
    find:
      'if(!Module.Py_EmscriptenSignalBuffer){return 0}try{let result=' +
      'Module.Py_EmscriptenSignalBuffer[0];Module.Py_EmscriptenSignalBuffer[0]=0;' +
      'return result}catch(e){return 0}',
    put: 'return takeSignal()',
    count: 1,
  },
];

function apply(file: string, source: string, patches: readonly Patch[]): string {
  let text = source;
  for (const patch of patches) {
    const parts = text.split(patch.find);
    if (parts.length - 1 !== patch.count) {
      throw new EngineError(
        'setup',
        `${file} is not the Pyodide this was written for: expected ${patch.count} × ` +
          `${String(patch.find)}, found ${parts.length - 1} (${patch.why})`,
      );
    }
    text = parts.join(patch.put);
  }
  return text;
}

/** The loader as one function expression `(exports, noImport) => void`. */
export function patchLoader(source: string): string {
  const text = apply('pyodide.mjs', source, LOADER);
  return `(function(exports,noImport){"use strict";${text}\n})`;
}

/**
 * The runtime as one function expression
 * `(exports, noImport, fillRandom, heapMax, restoreMemory, takeSignal, files, apart) => void`.
 *
 * Built-ins are captured as locals: in a contextified realm a global is looked up through an
 * interceptor, which on Node 20 doubles the cost of a call.
 */
export function patchRuntime(source: string): string {
  const text = apply('pyodide.asm.mjs', source, RUNTIME);
  const parameters = 'exports,noImport,fillRandom,heapMax,restoreMemory,takeSignal,files,apart';
  return `(function(${parameters}){"use strict";const {${BUILTINS.join(',')}}=globalThis;${text}\n})`;
}

const BUILTINS = [
  'Object Function Array Number Boolean String Symbol Date Promise RegExp Error TypeError',
  'RangeError SyntaxError ReferenceError EvalError URIError Math JSON Map Set WeakMap WeakSet',
  'WeakRef FinalizationRegistry Reflect Proxy ArrayBuffer SharedArrayBuffer Atomics DataView',
  'Int8Array Uint8Array Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array',
  'BigInt64Array BigUint64Array BigInt WebAssembly parseInt parseFloat isNaN isFinite',
  'TextEncoder TextDecoder performance console',
].flatMap((line) => line.split(' '));
