/** Colours code in light and dark mode, in the editor and outside of it. */
import { javascriptLanguage } from '@codemirror/lang-javascript';
import { pythonLanguage } from '@codemirror/lang-python';
import { HighlightStyle } from '@codemirror/language';
import { highlightCode, tags } from '@lezer/highlight';
import { html } from '../../trace/page/dom.ts';

/** Colours by CSS variables, which have values for light and dark mode. */
export const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.self, tags.bool, tags.null], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--soft)', fontStyle: 'italic' },
  { tag: [tags.number, tags.typeName, tags.className], color: 'var(--code-name)' },
  {
    tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.propertyName)],
    color: 'var(--code-name)',
    fontWeight: '600',
  },
  { tag: tags.definition(tags.name), fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--code-name)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

/** Makes coloured elements for code outside of the editor. @param language `python` or `js` */
export function colourCode(code: string, language: string): DocumentFragment {
  const { parser } = language === 'python' ? pythonLanguage : javascriptLanguage;
  const fragment = document.createDocumentFragment();
  highlightCode(
    code,
    parser.parse(code),
    COLOURS,
    (text, kind) =>
      fragment.append(kind === '' ? text : html`<span class="${kind}">${text}</span>`),
    () => fragment.append('\n'),
  );
  return fragment;
}
