/**
 * Writes a recording as one self-contained page: the recording, and a program that reads it
 * (`page/`, bundled by tools/bundle.ts). The page's Content-Security-Policy forbids it to load
 * other resources, and to run another program.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { findModule } from '../../bridges/host/lifecycle/module-search.ts';
import { findLanguage, hostedLanguages } from '../../bridges/languages.ts';
import { nodeMachine } from '../../bridges/machine/node/index.ts';
import type { RecordedVolume } from '../../runtime/observe/events.ts';
import type { Head } from '../../runtime/observe/format.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { readStyleSheets } from '../bench/engine/report/style.ts';
import type { SourceText } from './page/model.ts';

const PAGE_PROGRAM = join(packageRoot, 'dist/apps/trace/page.js');
/** Bytes of the recording per write: a multiple of 3 for base64. */
const CHUNK_BYTES = 3 * 2 ** 18;
/** Most characters of a source in the page; longer sources are omitted. */
const SOURCE_LENGTH_MAX = 2 ** 20;

/** Returns a text's hash for a Content-Security-Policy, which then allows only that text. */
const makePolicyHash = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Generates the page, in pieces.
 * @param bytes the content of the recording's file
 * @param baseDir from which module names in a volfile are searched
 */
export function* generatePage(head: Head, bytes: Uint8Array, baseDir: string): Generator<string> {
  // The program must not contain the end of its element.
  const program = readFileSync(PAGE_PROGRAM, 'utf8').replaceAll('</script', '<\\/script');
  const style = readStyleSheets('trace/page.css');
  const policy = `default-src 'none'; script-src ${makePolicyHash(program)}; style-src ${makePolicyHash(style)}`;
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>A recording of requests</title>
<style>${style}</style>
</head>
<body>
<main id="page"><p id="reading" role="status">The recording is being read…</p></main>
<noscript><p>This page needs JavaScript to read the recording that it has.</p></noscript>
<script type="application/json" id="sources">`;
  yield JSON.stringify(readSources(head, baseDir)).replaceAll('<', '\\u003c');
  yield '</script>\n<script type="application/octet-stream" id="recording">';
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    yield Buffer.from(bytes.subarray(offset, offset + CHUNK_BYTES)).toString('base64');
  }
  yield `</script>\n<script>${program}</script>\n</body>\n</html>\n`;
}

/** Reads the sources of the volumes' modules, as they are now; none for a redacted recording. */
function readSources({ volumes, redacted }: Head, baseDir: string): SourceText[] {
  if (redacted) return [];
  return volumes.flatMap((volume) => {
    const source = readSource(volume, baseDir);
    if (source === null || source.text.length > SOURCE_LENGTH_MAX) return [];
    return [{ volume: volume.name, file: basename(source.path), text: source.text }];
  });
}

interface ModuleSource {
  readonly path: string;
  readonly text: string;
}

/** Reads the source of a volume's module; null if absent, as for another machine's recording. */
function readSource({ options }: RecordedVolume, baseDir: string): ModuleSource | null {
  const { 'module-name': name, 'module-path': path, language } = options;
  try {
    if (name !== undefined) {
      const search = { name, path, language, baseDir };
      const module = findModule(search, hostedLanguages, nodeMachine);
      return { path: module.path, text: module.source };
    }
    // A shared object (.so) has no source text.
    if (path === undefined || findLanguage(path) === undefined || path.endsWith('.so')) return null;
    const file = resolve(baseDir, path);
    return { path: file, text: readFileSync(file, 'utf8') };
  } catch {
    return null;
  }
}
