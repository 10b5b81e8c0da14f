/**
 * Shows the stack of frames at the current step: for each frame its `local` and its module's
 * changes, as the bridge noted them. Log lines of the request follow.
 */
import { logLevelNames, printable } from '../../../runtime/core/log.ts';
import type { RecordedHop } from '../../../runtime/observe/walk.ts';
import { html } from '../../trace/page/dom.ts';
import type { CurrentRequest, Model } from '../../trace/page/model.ts';

/** Makes the view, which follows the current step of the model. */
export function makeFramesView(model: Model): HTMLElement {
  const rows = html`<tbody></tbody>`;
  const log = html`<ul class="small"></ul>`;
  model.on(['step'], () => {
    const { current, stepIndex } = model;
    const currentStep = current?.steps[stepIndex];
    if (current === null || currentStep === undefined) return;
    const stack = listHopsTo(current.walk.root, currentStep.hop) ?? [];
    // The newest frame is on top, as in a debugger.
    rows.replaceChildren(
      ...stack.reverse().map((hop) => makeRow(hop, currentStep.atNs, hop === currentStep.hop)),
    );
    log.replaceChildren(
      ...listLogLines(current, currentStep.atNs).map((line) => html`<li>${line}</li>`),
    );
  });
  return html`<section class="frames" id="frames" aria-label="Frame stack">
    <h3>Frame stack, the newest on top</h3>
    <div class="table" tabindex="0" role="region" aria-label="Frames"><table>
      <thead><tr><th scope="col">frame</th><th scope="col">frame.local</th><th scope="col">its state changed</th></tr></thead>
      ${rows}
    </table></div>
    ${log}
  </section>`;
}

/** Lists the hops from `from` down to `hop`; null if `hop` is not below it. */
function listHopsTo(from: RecordedHop, hop: RecordedHop): RecordedHop[] | null {
  if (from === hop) return [from];
  for (const child of from.below) {
    const rest = listHopsTo(child, hop);
    if (rest !== null) return [from, ...rest];
  }
  return null;
}

/** Makes the row of a hop as it was at a time, from the notes until then. */
function makeRow({ wind, notes }: RecordedHop, until: number, isNow: boolean): HTMLElement {
  const pastNotes = notes.filter((note) => note.at <= until);
  const local = pastNotes.findLast(({ notes: values }) => values.local !== undefined)?.notes.local;
  const changed = pastNotes.flatMap(({ notes: values }) => values.changed ?? []).join('  ');
  return html`<tr class="${isNow && 'now'}" aria-current="${isNow ? 'step' : 'false'}">
    <th scope="row">${printable(wind.volume)} ${wind.fop}</th>
    <td>${printable(local ?? '')}</td><td>${printable(changed)}</td>
  </tr>`;
}

/** Lists the log lines of a request until a time. */
function listLogLines({ walk }: CurrentRequest, until: number): string[] {
  const lines = walk.events.flatMap((event) => {
    if (event.kind !== 'log' || event.at > until) return [];
    const { level, volume, text, at } = event;
    return [{ at, line: `${volume}: ${logLevelNames[level] ?? level} ${printable(text)}` }];
  });
  return lines.sort((a, b) => a.at - b.at).map(({ line }) => line);
}
