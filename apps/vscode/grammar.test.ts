/** Highlighting of volfiles: the grammar agrees with glossa's parser. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar } from 'vscode-textmate';
import { parse } from '../../runtime/volfile/parse.ts';
import { rows } from '../../test/support/rows.ts';
import { readSources } from '../../test/tidy/sources.ts';

const GRAMMAR = join(import.meta.dirname, 'syntaxes/volfile.tmLanguage.json');
let grammar: IGrammar;

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(GRAMMAR, 'utf8'), GRAMMAR),
  });
  grammar = (await registry.loadGrammar('source.volfile'))!;
});

interface Token {
  readonly text: string;
  /** The innermost name, without the language's. */
  readonly scope: string;
  /** Offset in the whole text. */
  readonly start: number;
}

function tokens(text: string): Token[] {
  let state = textmate.INITIAL;
  let at = 0;
  return text.split('\n').flatMap((line) => {
    const { tokens: found, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    const start = at;
    at += line.length + 1;
    return found.map(({ startIndex, endIndex, scopes }) => ({
      text: line.slice(startIndex, endIndex),
      scope: scopes.at(-1)!.replace(/\.volfile$/, ''),
      start: start + startIndex,
    }));
  });
}

/** Joins adjacent tokens of one scope. */
function shown(text: string): string[] {
  const merged: { text: string; scope: string; end: number }[] = [];
  for (const { text: letters, scope, start } of tokens(text)) {
    const last = merged.at(-1);
    const end = start + letters.length;
    if (letters.trim() === '') continue;
    if (last?.scope === scope && last.end === start)
      Object.assign(last, { text: last.text + letters, end });
    else merged.push({ text: letters, scope, end });
  }
  return merged.map((token) => `${token.text.trim()}: ${token.scope}`);
}

it.each(rows`
volume a # b ⇒ volume: keyword.control.volume ⇒ a: entity.name.section.volume
  ⇒ # b: comment.line.number-sign
type storage/posix ⇒ type: keyword.other.type ⇒ storage/posix: entity.name.type
option type#1 on ⇒ option: keyword.other.option ⇒ type#1: variable.parameter.option
  ⇒ on: constant.language.boolean
option size 64MB ⇒ option: keyword.other.option ⇒ size: variable.parameter.option
  ⇒ 64MB: constant.numeric
option
  name
  5x
  ⇒ option: keyword.other.option ⇒ name: string.unquoted ⇒ 5x: string.unquoted
option type end-volume ⇒ option: keyword.other.option ⇒ type: keyword.other.type
  ⇒ end-volume: keyword.control.end-volume
subvolumes a types ⇒ subvolumes: keyword.other.subvolumes ⇒ a: variable.other.volume
  ⇒ types: variable.other.volume
subvolumeS a end-volumes ⇒ subvolumeS: keyword.other.subvolumes ⇒ a: variable.other.volume
  ⇒ end-volumes: variable.other.volume
volume a type b ⇒ volume: keyword.control.volume ⇒ a: entity.name.section.volume
  ⇒ type: keyword.other.type ⇒ b: entity.name.type
volume "type"# c ⇒ volume: keyword.control.volume ⇒ "type": string.quoted.double
  ⇒ # c: comment.line.number-sign
type "a\"b" c ⇒ type: keyword.other.type ⇒ "a: string.quoted.double ⇒ \": constant.character.escape
  ⇒ b": string.quoted.double ⇒ c: entity.name.type
type "open
  end-volume
  ⇒ type: keyword.other.type ⇒ "open: string.quoted.double ⇒ end-volume: keyword.control.end-volume
type ${'`'}a type b${'`'} c ⇒ type: keyword.other.type ⇒ ${'`'}a type b${'`'}: string.interpolated
  ⇒ c: entity.name.type
type a\b ⇒ type: keyword.other.type ⇒ a: entity.name.type ⇒ \b: invalid.illegal.backslash
stray ⇒ stray: invalid.illegal.unexpected
`)('each word of the volfile text %j is highlighted by its kind', (text, ...expected) => {
  expect(shown(text)).toEqual(expected);
});

describe.each(readSources('.vol').map(({ path, text }) => [path, text]))('%s', (_, text) => {
  it('has highlighted keywords exactly where the parser finds keywords', () => {
    const found = tokens(text).filter(({ scope }) => scope.startsWith('keyword.'));
    const meant = (parse(text) as { keyword?: string; start: number }[]).filter(
      ({ keyword }) => keyword !== undefined,
    );
    expect(found.map(({ start }) => start)).toEqual(meant.map(({ start }) => start));
  });
});

it("every file that the extension's manifest names exists", () => {
  const { contributes } = JSON.parse(
    readFileSync(join(dirname(GRAMMAR), '../package.json'), 'utf8'),
  ) as { contributes: Record<'languages' | 'grammars' | 'snippets', Record<string, string>[]> };
  const { languages, grammars, snippets } = contributes;
  const named = [languages[0]!.configuration, grammars[0]!.path, snippets[0]!.path];
  for (const path of named) {
    JSON.parse(readFileSync(join(import.meta.dirname, path!), 'utf8'));
  }
  expect(grammars[0]!.scopeName).toBe('source.volfile');
  expect(named).toHaveLength(3);
});
