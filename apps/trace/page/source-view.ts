/** Shows the source of the current module, and highlights the line that the bridge has noted. */
import type { Step } from '../steps.ts';
import { html } from './dom.ts';
import type { Model, SourceText } from './model.ts';

/** Lines to keep visible above the highlighted one. */
const LINES_ABOVE = 4;

export function makeSourceView(model: Model): HTMLElement {
  const { sources } = model.data;
  const title = html`<h3></h3>`;
  const code = html`<div class="code" tabindex="0" role="region" aria-label="Source"></div>`;
  const section = html`<section class="source" id="source" aria-label="Source" hidden>
    ${title}${code}
  </section>`;
  let shownSource: SourceText | null = null;
  model.on(['step'], () => {
    const { current } = model;
    const position =
      current === null ? null : findSourceLine(current.steps, model.stepIndex, sources);
    section.hidden = position === null;
    if (position === null) return;
    if (shownSource !== position.source) {
      shownSource = position.source;
      const lines = shownSource.text.replace(/\n$/, '').split('\n');
      code.replaceChildren(
        ...lines.map((text) => html`<div class="line"><code>${text}</code></div>`),
      );
      code.scrollTop = 0;
    }
    const previousLine = code.querySelector('.lit');
    previousLine?.classList.remove('lit');
    previousLine?.removeAttribute('aria-current');
    const currentLine = position.line === null ? undefined : code.children[position.line - 1];
    title.textContent =
      position.source.file + (currentLine === undefined ? '' : `:${position.line}`);
    if (!(currentLine instanceof HTMLElement)) return;
    currentLine.classList.add('lit');
    currentLine.setAttribute('aria-current', 'true');
    code.scrollTop = Math.max(0, currentLine.offsetTop - LINES_ABOVE * currentLine.offsetHeight);
  });
  return section;
}

/** A line of a module, or only the module. */
export interface SourceLine {
  readonly source: SourceText;
  /** From 1; null if unknown. */
  readonly line: number | null;
}

/**
 * Finds the source to show at a step: the line of the last note that the step's hop had until then.
 * Without such a note, returns the module of the hop's volume; null if the page does not have it.
 * @param stepIndex index of the step
 */
export function findSourceLine(
  steps: readonly Step[],
  stepIndex: number,
  sources: readonly SourceText[],
): SourceLine | null {
  const { hop } = steps[stepIndex]!;
  for (const step of steps.slice(0, stepIndex + 1).reverse()) {
    const notedLine = step.hop === hop ? step.notes?.line : undefined;
    // A note's line is `negative.py:12`, perhaps with folders.
    const [, file, line] = /^(?:.*\/)?([^/]+):(\d+)$/.exec(notedLine ?? '') ?? [];
    const sameFile = sources.filter((source) => source.file === file);
    const source = sameFile.find(({ volume }) => volume === hop.wind.volume) ?? sameFile[0];
    if (source !== undefined) return { source, line: Number(line) };
  }
  const source = sources.find(({ volume }) => volume === hop.wind.volume);
  return source === undefined ? null : { source, line: null };
}
