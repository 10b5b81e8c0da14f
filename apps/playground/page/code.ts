/** Code with its colours, outside of the editor. */
import { javascriptLanguage } from '@codemirror/lang-javascript';
import { pythonLanguage } from '@codemirror/lang-python';
import { highlightCode } from '@lezer/highlight';
import { el } from '../../trace/page/dom.ts';
import { COLOURS } from './colours.ts';

/** @param language `python` or `js` */
export function coloured(code: string, language: string): DocumentFragment {
  const { parser } = language === 'python' ? pythonLanguage : javascriptLanguage;
  const made = document.createDocumentFragment();
  highlightCode(
    code,
    parser.parse(code),
    COLOURS,
    (text, classes) => made.append(classes === '' ? text : el('span', { class: classes }, text)),
    () => made.append('\n'),
  );
  return made;
}
