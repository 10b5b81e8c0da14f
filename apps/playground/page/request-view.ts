/**
 * Shows the requests of the shell's last line: plays them in a picture of the graph, and lists
 * their steps, changes and frames. The page calls `showGraph` for a new graph, and `showRecording`
 * after each line.
 */
import { readOutline } from '../../../runtime/observe/outline.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { makeChangeView } from '../../trace/page/change-view.ts';
import { html } from '../../trace/page/dom.ts';
import { makeFilterForm } from '../../trace/page/filter-form.ts';
import {
  type DrawnVolume,
  type GraphPicture,
  makeGraphPicture,
} from '../../trace/page/graph-picture.ts';
import { makeHopsView } from '../../trace/page/hops-view.ts';
import { Model } from '../../trace/page/model.ts';
import { makeRequestList } from '../../trace/page/request-list.ts';
import { makeScrubber } from '../../trace/page/scrubber.ts';
import { findSourceLine, type SourceLine } from '../../trace/page/source-view.ts';
import type { FileTexts } from '../page-data.ts';
import { isCompiledModule } from '../play/compiled-modules.ts';
import type { PlayVolume } from '../play/protocol.ts';
import { makeFramesView } from './frames-view.ts';
import { Player } from './player.ts';

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
