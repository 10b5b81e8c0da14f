/**
 * Plays the steps of a recording: all steps of a request, and then the next request. If the browser
 * is set to reduce motion, it shows the end at once.
 */
import { html } from '../../trace/page/dom.ts';
import type { Model } from '../../trace/page/model.ts';

/** Milliseconds per step; null: the user steps. */
const paceMsByName: Readonly<Record<string, number | null>> = {
  'step by step': null,
  slow: 900,
  fast: 120,
};

/** Returns whether the browser is set to reduce motion. */
const isMotionReduced = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The play button and the pace, which move the current step of a model. */
export class Player {
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
