/**
 * Makes the API pages of Python and JavaScript from the declarations that editors read: a section
 * for each class and function with its comment as text.
 */
import { reduceToStub } from '../gen/python-source.ts';
import type { GeneratedPage } from './reference.ts';
import { readRepositoryFile } from './texts.ts';

/** A class, function or constant of an interface, with its comment. */
interface Declaration {
  readonly name: string;
  /** The text of the comment; empty without one. */
  readonly doc: string;
  readonly code: string;
}

/** The name of all one-line declarations, such as constants; adjacent ones share a block. */
const ONE_LINE_NAME = '';

/** Splits a Python stub into declarations: each line at the margin with its indented lines. */
export function parsePython(stub: string): Declaration[] {
  const chunks = stub
    .split(/\n(?=\S)/)
    .filter((chunk) => /^(class|def|@|type (?!_)|[A-Za-z]\w*\s*[:=])/.test(chunk));
  return joinAdjacent(
    joinDecorated(chunks).map((chunk) => {
      const name = /^(?:@.*\n)*(?:class|def|async def) (\w+)/.exec(chunk)?.[1] ?? ONE_LINE_NAME;
      const doc = /^(?:[^\n]*:\n) {4}"""([\s\S]*?)"""/m.exec(chunk);
      // A comment further inside, such as that of a method, does not count.
      const hasDoc =
        name !== ONE_LINE_NAME && doc?.index === chunk.search(/^(class|def|async def)/m);
      if (!hasDoc) return { name, doc: '', code: chunk.trimEnd() };
      const text = chunk.replace(/\n {4}"""[\s\S]*?"""/, '').trimEnd();
      const code = text.endsWith(':') ? `${text} ...` : text;
      return { name, doc: doc[1]!.replace(/^ {4}/gm, '').trim(), code };
    }),
  );
}

/** Joins decorators (`@`) with the declaration that follows. */
function joinDecorated(chunks: readonly string[]): string[] {
  const joinedChunks: string[] = [];
  let decorators = '';
  for (const chunk of chunks) {
    if (chunk.startsWith('@') && !chunk.includes('\n')) decorators += `${chunk}\n`;
    else {
      joinedChunks.push(decorators + chunk);
      decorators = '';
    }
  }
  return joinedChunks;
}

/** Splits the module 'glossa' of a TypeScript declaration file into declarations. */
export function parseTypeScript(types: string): Declaration[] {
  const body = types.slice(types.indexOf("declare module 'glossa' {") + 1);
  const chunks = body
    .split(/\n(?= {2}(?:\/\*\*|export|interface|type|class|const|function))/)
    .slice(1)
    .map((chunk) => chunk.replace(/\n}\s*[\s\S]*$/, '').replace(/^ {2}/gm, ''));
  const declarations: string[] = [];
  let comment = '';
  for (const chunk of chunks) {
    if (/^\/\*\*[\s\S]*\*\/\s*$/.test(chunk)) comment = chunk.trimEnd();
    else {
      declarations.push(comment === '' ? chunk : `${comment}\n${chunk}`);
      comment = '';
    }
  }
  return joinAdjacent(
    declarations.map((chunk) => {
      const [, doc = '', code = ''] = /^(\/\*\*[\s\S]*?\*\/\n)?([\s\S]*)$/.exec(chunk)!;
      const docText = doc
        .replace(/^\/\*\*|\*\/\s*$/g, '')
        .replace(/^ *\* ?/gm, '')
        .trim();
      const name =
        /^(?:export )?(?:class|interface|function) (\w+)/.exec(code)?.[1] ?? ONE_LINE_NAME;
      return name === ONE_LINE_NAME
        ? { name, doc: '', code: chunk.trimEnd() }
        : { name, doc: docText, code: code.trimEnd() };
    }),
  );
}

/** Joins adjacent declarations of one name, such as overloads, and adjacent one-line ones. */
function joinAdjacent(declarations: readonly Declaration[]): Declaration[] {
  const joined: Declaration[] = [];
  for (const declaration of declarations) {
    const last = joined.at(-1);
    if (last?.name !== declaration.name) joined.push(declaration);
    else {
      const separator = declaration.name === ONE_LINE_NAME ? '\n' : '\n\n';
      const doc = last.doc || declaration.doc;
      joined[joined.length - 1] = {
        name: declaration.name,
        doc,
        code: `${last.code}${separator}${declaration.code}`,
      };
    }
  }
  return joined;
}

/** Turns the prose of a comment into Markdown; indented parts are code. */
function convertProse(doc: string, language: string): string {
  return doc.replace(/(?<=\n\n)(?: {4}.*(?:\n|$)|\n(?= {4}))+/g, (block) => {
    return `\`\`\`${language}\n${block.replace(/^ {4}/gm, '').trimEnd()}\n\`\`\`\n`;
  });
}

/** Formats a section for each declaration: heading, prose, and code. */
function formatSections(declarations: readonly Declaration[], language: string): string {
  let oneLineBlockCount = 0;
  return declarations
    .map(({ name, doc, code }) => {
      if (name === ONE_LINE_NAME) oneLineBlockCount += 1;
      const heading =
        name === ONE_LINE_NAME
          ? `Names and types${oneLineBlockCount > 1 ? ` (${oneLineBlockCount})` : ''}`
          : name;
      const text = doc === '' ? '' : `${convertProse(doc, language).trimEnd()}\n\n`;
      return `## ${heading}\n\n${text}\`\`\`${language}\n${code}\n\`\`\`\n`;
    })
    .join('\n');
}

/** The files with the declarations. */
const PYTHON_STUB = 'python/glupy/__init__.pyi';
const PYTHON_TESTS = ['python/glupy/testing.py', 'python/glupy/_operations.py'] as const;
const JAVASCRIPT_TYPES = 'javascript/glossa.gen.d.ts';

/** Makes the pages of glupy, glupy.testing and the JavaScript module `glossa`. */
export function makeInterfacePages(): GeneratedPage[] {
  const makePythonPage = (
    source: string,
    url: string,
    title: string,
    text: string,
    stub = readRepositoryFile(source),
  ): GeneratedPage => ({
    url,
    title,
    source,
    text: `# ${title}\n\n${text}\n\n${formatSections(parsePython(stub), 'python')}`,
  });
  return [
    makePythonPage(
      PYTHON_STUB,
      '/reference/python',
      'Python: glupy',
      'What `from glupy import …` gives. [The guide](/write/python) explains how it goes together.',
    ),
    makePythonPage(
      PYTHON_TESTS[0],
      '/reference/python-testing',
      'Python: glupy.testing',
      'What tests of a module import. [Trying and testing a module](/write/testing) has examples.',
      PYTHON_TESTS.map(readRepositoryFile).map(reduceToStub).join('\n'),
    ),
    {
      url: '/reference/javascript',
      title: 'JavaScript: glossa',
      source: JAVASCRIPT_TYPES,
      text: `# JavaScript: glossa

What \`import … from 'glossa'\` gives. [The guide](/write/javascript) explains how it goes together.

${formatSections(parseTypeScript(readRepositoryFile(JAVASCRIPT_TYPES)), 'ts')}`,
    },
  ];
}
