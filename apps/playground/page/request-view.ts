/**
 * Shows the requests of the shell's last line: plays them in a picture of the graph, and lists
 * their steps, changes and frames. The page calls `showGraph` for a new graph, and `showRecording`
 * after each line.
 */

import { logLevelNames, printable } from '../../../runtime/core/log.ts';
import { readOutline } from '../../../runtime/observe/outline.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import type { RecordedHop } from '../../../runtime/observe/walk.ts';
import { makeChangeView } from '../../trace/page/change-view.ts';
import { html } from '../../trace/page/dom.ts';
import { makeFilterForm } from '../../trace/page/filter-form.ts';
import {
  type DrawnVolume,
  type GraphPicture,
  makeGraphPicture,
} from '../../trace/page/graph-picture.ts';
import { makeHopsView } from '../../trace/page/hops-view.ts';
import { type CurrentRequest, Model } from '../../trace/page/model.ts';
import { makeRequestList } from '../../trace/page/request-list.ts';
import { makeScrubber } from '../../trace/page/scrubber.ts';
import { findSourceLine, type SourceLine } from '../../trace/page/source-view.ts';
import type { FileTexts } from '../page-data.ts';
import { isCompiledModule } from '../play/compiled-modules.ts';
import type { PlayVolume } from '../play/protocol.ts';

/** Milliseconds per step; null: the user steps. */
const paceMsByName: Readonly<Record<string, number | null>> = {
  'step by step': null,
  slow: 900,
  fast: 120,
};

/** Returns whether the browser is set to reduce motion. */
const isMotionReduced = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * Plays the steps of a recording: all steps of a request, and then the next request. If the browser
 * is set to reduce motion, it shows the end at once.
 */
class Player {
  private readonly paceSelect = html<HTMLSelectElement>`<select id="pace"
    @change="${() => (this.paceMs === null ? this.stop() : this.play())}">
    ${Object.keys(paceMsByName).map((word) => html`<option>${word}</option>`)}
  </select>`;
  private readonly playButton = html<HTMLButtonElement>`<button type="button" id="play"
    @click="${() => (this.timer === undefined ? this.play() : this.stop())}"></button>`;
  readonly element = html`<div class="player">
    ${this.playButton}<label for="pace">Pace </label>${this.paceSelect}
  </div>`;
  private model: Model | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    if (!isMotionReduced()) this.paceSelect.value = 'slow';
    this.updateButton();
  }

  /** Plays another recording; null clears the player. */
  playModel(model: Model | null): void {
    this.stop();
    this.model = model;
    this.updateButton();
    if (model === null) return;
    if (this.paceMs !== null) this.play();
    else if (isMotionReduced()) {
      model.select(model.shownRequests.length - 1);
      model.goToStep(Number.POSITIVE_INFINITY);
    }
  }

  /** Stops playing, at the current step. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.updateButton();
  }

  /** Milliseconds per step at the chosen pace; null: the user steps. */
  private get paceMs(): number | null {
    return paceMsByName[this.paceSelect.value] ?? null;
  }

  /** Starts playing from the current step. */
  private play(): void {
    const { model } = this;
    if (model?.current == null) return;
    clearTimeout(this.timer);
    if (this.paceMs === null) this.paceSelect.value = 'slow';
    // At the end of the recording, it starts again.
    const isLast = model.selectedIndex === model.shownRequests.length - 1;
    if (isLast && model.stepIndex === model.current.steps.length - 1) model.select(0);
    this.timer = setTimeout(() => this.playNext(), this.paceMs!);
    this.updateButton();
  }

  /** Moves to the next step or request; stops after the last. */
  private playNext(): void {
    const model = this.model!;
    if (model.current !== null && model.stepIndex < model.current.steps.length - 1) {
      model.goToStep(model.stepIndex + 1);
    } else if (model.selectedIndex < model.shownRequests.length - 1)
      model.select(model.selectedIndex + 1);
    else {
      this.stop();
      return;
    }
    this.timer = setTimeout(() => this.playNext(), this.paceMs ?? 0);
  }

  /** Sets the button's label, and disables it without a recording. */
  private updateButton(): void {
    this.playButton.textContent = this.timer === undefined ? 'Play' : 'Pause';
    this.playButton.disabled = this.model === null;
  }
}

/**
 * Shows the stack of frames at the current step: for each frame its `local` and its module's
 * changes, as the bridge noted them. Log lines of the request follow.
 */
function makeFramesView(model: Model): HTMLElement {
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

/** The picture of the graph, the player, and the details of a request. */
export class RequestView {
  private readonly player = new Player();
  private readonly graphElement =
    html`<section class="graph" id="graph" aria-label="Graph"></section>`;
  private readonly stepsElement = html`<div class="steps"></div>`;
  /** The picture, and the controls of the steps. */
  readonly element = html`<section class="watch" aria-label="Requests">
    <h2>The way of a request</h2>
    ${this.graphElement}<div class="steering">${this.player.element}${this.stepsElement}</div>
  </section>`;
  /** The request in detail. */
  readonly details = html`<div class="details"></div>`;
  private readonly onStep: (line: SourceLine | null) => void;
  private picture: GraphPicture | null = null;
  private model: Model | null = null;

  /** @param onStep receives the line of code of the current step; null without such a line */
  constructor(onStep: (line: SourceLine | null) => void) {
    this.onStep = onStep;
    this.showEmpty();
  }

  /** Draws a graph, without a request. */
  showGraph(volumes: readonly PlayVolume[]): void {
    this.drawGraph(volumes);
    this.showEmpty();
  }

  /** Replaces the picture. */
  private drawGraph(volumes: readonly DrawnVolume[]): void {
    this.picture = makeGraphPicture(volumes, { name: 'a program', type: 'asks for a file' });
    this.picture.show(null, 0);
    this.graphElement.replaceChildren(this.picture.picture);
  }

  /** Shows the first request of a recording, and plays it. */
  async showRecording(bytes: Uint8Array, files: FileTexts): Promise<void> {
    const recording = openRecording(bytes);
    const outline = await readOutline(recording);
    const { length } = outline.requests;
    if (length === 0) return this.showEmpty('The line has made no request.');
    const { head, closed: wasClosed } = recording;
    this.drawGraph(head.volumes);
    const sources = Object.entries(files).flatMap(([path, text]) =>
      isCompiledModule(path) ? [] : { volume: '', file: path.slice(1), text },
    );
    const model = new Model({ head, wasClosed, outline, sources });
    this.model = model;
    this.stepsElement.replaceChildren(makeScrubber(model));
    this.details.replaceChildren(
      makeFramesView(model),
      makeChangeView(model),
      makeHopsView(model),
      html`<details class="all" ${length > 1 && 'open'}>
        <summary>All requests of the line (${length})</summary>
        <nav class="requests" aria-label="Requests of the line">
          ${makeFilterForm(model)}${makeRequestList(model)}
        </nav>
      </details>`,
    );
    model.on(['step'], () => {
      this.picture?.show(model.current, model.stepIndex);
      const { current } = model;
      this.onStep(
        current === null ? null : findSourceLine(current.steps, model.stepIndex, sources),
      );
    });
    model.select(0);
    this.player.playModel(model);
  }

  /** Moves the current step by `offset`; the page's arrow keys call it. */
  moveSteps(offset: number): void {
    if (this.model === null) return;
    this.player.stop();
    this.model.goToStep(this.model.stepIndex + offset);
  }

  /** Shows the graph alone, with a text in place of the details. */
  private showEmpty(
    text = 'Type a line into the shell: what it asks for is seen here, step by step.',
  ): void {
    this.model = null;
    this.player.playModel(null);
    this.picture?.show(null, 0);
    this.onStep(null);
    this.stepsElement.replaceChildren();
    this.details.replaceChildren(html`<p class="none">${text}</p>`);
  }
}
