/**
 * Builds the playground as files for any static server, below any path.
 *
 * The page runs foreign code from shared links, so its Content-Security-Policy forbids all
 * connections of the page and its workers. The parts of the interpreters are therefore scripts
 * (`<script src>`), each with one part in base64, compressed. The worker's program is such a part
 * and starts from a blob, because a worker from a blob inherits the policy of its page.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { nodeMachine } from '../../bridges/machine/node/index.ts';
import { readPageParts } from '../../bridges/machine/node/page-parts.ts';
import { bakePython } from '../../bridges/python/page-snapshot.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { registry } from '../../server/registry.ts';
import { readPackageVersion } from '../../terminal/package-version.ts';
import { readStyleSheets } from '../bench/engine/report/style.ts';
import { collectEditorHelp } from './editor-help.ts';
import type { FileTexts, PageData, PartData } from './page-data.ts';

/** Reads a file that the build has made. */
const readBuiltFile = (path: string): string =>
  readFileSync(join(packageRoot, 'dist', path), 'utf8');

/**
 * Types of translators that run in a browser (bridges/browser.ts), for the editor's completions.
 */
const TRANSLATOR_TYPES = [
  ...['debug/delay-gen', 'debug/error-gen', 'debug/io-stats', 'debug/sink', 'debug/trace'],
  ...['features/glupy', 'features/locks', 'features/negative', 'storage/memory'],
];

/** The example's volfile. */
const EXAMPLE_VOLFILE = `# A request comes in at the last volume of this file and goes down to the first.

# The files: in memory, and gone with this page.
volume storage
    type storage/memory
end-volume

# The storage is far away: how far is set above the picture.

# The translator: negative.py.
volume negative
    type features/glupy
    option module-name negative
    option timeout 60
    subvolumes storage
end-volume
`;

/** Reads the page's example: the tutorial's cache of absent names. */
export const readExampleFiles = (): FileTexts => ({
  '/negative.py': readFileSync(join(packageRoot, 'examples/negative/negative.py'), 'utf8'),
  '/graph.vol': EXAMPLE_VOLFILE,
});

/** A search for a name in the second folder: four requests. */
const EXAMPLE_COMMAND = 'search file001.php';

/** Builds all files by their paths; takes seconds to compress 30 MB. */
export async function buildPlaygroundFiles(): Promise<ReadonlyMap<string, string>> {
  const texts: Record<string, string> = {};
  const files = new Map<string, string>();
  const parts: PartData[] = [];
  /** Adds the script of a part. It calls `glossaPart`, which the page defines. */
  const addPartScript = (name: string, content: string | Uint8Array): PartData => {
    const file = `parts/${name.replaceAll('/', '-')}.js`;
    const packed = gzipSync(content).toString('base64');
    files.set(file, `glossaPart(${JSON.stringify(name)},"${packed}");\n`);
    return { name, file };
  };
  const addPart = (name: string, content: string | Uint8Array): void =>
    void parts.push(addPartScript(name, content));
  for (const [name, content] of readPageParts()) {
    if (typeof content === 'string') texts[name] = content;
    else addPart(name, content);
  }
  for (const [name, content] of await bakePython(nodeMachine)) addPart(name, content);
  addPart('texts', JSON.stringify(texts));
  addPart('worker', readBuiltFile('apps/playground/play/worker.js'));
  const lessons = addPartScript('lessons', readBuiltFile('apps/playground/lessons.json'));
  files.set('page.js', readBuiltFile('apps/playground/page.js'));
  files.set('THIRD-PARTY.txt', readBuiltFile('apps/playground/THIRD-PARTY.txt'));
  const editorHelp = collectEditorHelp(await registry.loadAll(), TRANSLATOR_TYPES);
  const startData = {
    files: readExampleFiles(),
    demoCommand: EXAMPLE_COMMAND,
  };
  files.set(
    'index.html',
    formatPage({
      version: readPackageVersion(),
      parts,
      lessons,
      editorHelp,
      ...startData,
    }),
  );
  return files;
}

/**
 * The policy of the page and of its workers. Workers evaluate Pyodide's script and the scopes of modules:
 * 'unsafe-eval'. CodeMirror makes style sheets, and marks errors with pictures in data:.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Formats the page with its data, in which `<` is escaped so that no tag can end the script. */
const formatPage = (data: PageData): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="referrer" content="no-referrer">
<title>glossa: playground for translators</title>
<link rel="icon" href="data:,">
<style>${readStyleSheets('trace/page.css', 'playground/page.css', 'playground/lessons.css')}</style>
</head>
<body>
<main id="page"><h1>Playground for translators</h1><p role="status">The page is being started… If this line stays, the browser is too old for it.</p></main>
<noscript><p>The playground runs in the browser, and needs JavaScript for that.</p></noscript>
<script type="application/json" id="given">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script src="page.js"></script>
</body>
</html>
`;
