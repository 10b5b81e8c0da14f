/** Shows the source of the current module, and highlights the line that the bridge has noted. */
import type { SourceText, Step } from '../steps.ts';
import { html } from './dom.ts';
import type { Model } from './model.ts';

/** Lines to keep visible above the highlighted one. */
const ABOVE = 4;

export function sourceView(model: Model): HTMLElement {
  const { sources } = model.given;
  const title = html`<h3></h3>`;
  const code = html`<div class="code" tabindex="0" role="region" aria-label="Source"></div>`;
  const section = html`<section class="source" id="source" aria-label="Source" hidden>
    ${title}${code}
  </section>`;
  let shown: SourceText | null = null;
  model.on(['step'], () => {
    const { current } = model;
    const found = current === null ? null : placeOf(current.steps, model.step, sources);
    section.hidden = found === null;
    if (found === null) return;
    if (shown !== found.source) {
      shown = found.source;
      const lines = shown.text.replace(/\n$/, '').split('\n');
      code.replaceChildren(
        ...lines.map((text) => html`<div class="line"><code>${text}</code></div>`),
      );
      code.scrollTop = 0;
    }
    const before = code.querySelector('.lit');
    before?.classList.remove('lit');
    before?.removeAttribute('aria-current');
    const lit = found.line === null ? undefined : code.children[found.line - 1];
    title.textContent = found.source.file + (lit === undefined ? '' : `:${found.line}`);
    if (!(lit instanceof HTMLElement)) return;
    lit.classList.add('lit');
    lit.setAttribute('aria-current', 'true');
    code.scrollTop = Math.max(0, lit.offsetTop - ABOVE * lit.offsetHeight);
  });
  return section;
}

export interface SourceLine {
  readonly source: SourceText;
  /** From 1; null if unknown. */
  readonly line: number | null;
}

/** The line of the hop's last note so far; without one, the file of the volume. */
export function placeOf(
  steps: readonly Step[],
  at: number,
  sources: readonly SourceText[],
): SourceLine | null {
  const { hop } = steps[at]!;
  for (const step of steps.slice(0, at + 1).reverse()) {
    const told = step.hop === hop ? step.notes?.line : undefined;
    const [, file, line] = /^(?:.*\/)?([^/]+):(\d+)$/.exec(told ?? '') ?? [];
    const named = sources.filter((each) => each.file === file);
    const source = named.find(({ volume }) => volume === hop.wind.volume) ?? named[0];
    if (source !== undefined) return { source, line: Number(line) };
  }
  const source = sources.find(({ volume }) => volume === hop.wind.volume);
  return source === undefined ? null : { source, line: null };
}
