/** The source of the script that the request is in, with the line lit where the bridge has told it. */
import type { SourceText } from '../source-text.ts';
import type { Step } from '../steps.ts';
import { el } from './dom.ts';
import type { Model } from './model.ts';

/** Lines above the lit one that stay in sight. */
const ABOVE = 4;

export function sourceView(model: Model): HTMLElement {
  const { sources } = model.given;
  const title = el('h3', {});
  const code = el('div', { class: 'code', tabindex: 0, role: 'region', 'aria-label': 'Source' });
  const section = el(
    'section',
    { class: 'source', id: 'source', 'aria-label': 'Source' },
    title,
    code,
  );
  let shown: SourceText | null = null;
  let lines: HTMLElement[] = [];
  let lit: HTMLElement | undefined;
  const show = (source: SourceText): void => {
    shown = source;
    lines = source.text
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => el('div', { class: 'line' }, el('code', {}, text)));
    code.replaceChildren(...lines);
    code.scrollTop = 0;
  };
  const update = (): void => {
    const { current } = model;
    const step = current?.steps[model.step];
    const found = step === undefined ? null : placeOf(current!.steps, model.step, sources);
    section.hidden = found === null;
    if (found === null) return;
    if (shown !== found.source) show(found.source);
    lit?.classList.remove('lit');
    lit?.removeAttribute('aria-current');
    lit = found.line === null ? undefined : lines[found.line - 1];
    const where = lit === undefined ? '' : `:${found.line}`;
    title.textContent = `${found.source.file}${where}`;
    if (lit === undefined) return;
    lit.classList.add('lit');
    lit.setAttribute('aria-current', 'true');
    code.scrollTop = Math.max(0, lit.offsetTop - ABOVE * lit.offsetHeight);
  };
  model.on(['step'], update);
  section.hidden = true;
  return section;
}

export interface Place {
  readonly source: SourceText;
  /** From 1 on; null where nobody told it. */
  readonly line: number | null;
}

/** Of the last note of the same arrival so far; or without a line, of the volume. */
export function placeOf(
  steps: readonly Step[],
  at: number,
  sources: readonly SourceText[],
): Place | null {
  const { hop } = steps[at]!;
  for (let i = at; i >= 0; i--) {
    const step = steps[i]!;
    const told = step.hop === hop ? step.notes?.line : undefined;
    const [, file, line] = /^(?:.*\/)?([^/]+):(\d+)$/.exec(told ?? '') ?? [];
    const source =
      sources.find((each) => each.file === file && each.volume === hop.wind.volume) ??
      sources.find((each) => each.file === file);
    if (source !== undefined) return { source, line: Number(line) };
  }
  const source = sources.find(({ volume }) => volume === hop.wind.volume);
  return source === undefined ? null : { source, line: null };
}
