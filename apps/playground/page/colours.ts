/** The colours of code: of the page's style, by day and in the dark. */
import { HighlightStyle } from '@codemirror/language';
import { tags } from '@lezer/highlight';

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
