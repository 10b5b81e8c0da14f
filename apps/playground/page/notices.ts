/** Shows notices above the page's parts, a line for each; the user may dismiss them. */
import { html, makeButton } from '../../trace/page/dom.ts';

/** A button of a notice. */
export interface Choice {
  readonly label: string;
  /** Called on a click, after the notice is hidden. */
  act(): void;
}

/** The notices of the page, at most one of each kind. */
export class Notices {
  readonly element = html`<div class="notices" id="notices" role="status"></div>`;
  /** The line of each shown notice, by its kind. */
  private readonly lines = new Map<string, HTMLElement>();

  /** Shows a notice, instead of an earlier one of its kind. @param extraElement after the text */
  show(
    kind: string,
    text: string,
    choices: readonly Choice[] = [],
    extraElement?: HTMLElement,
  ): void {
    this.hide(kind);
    const choose = ({ act }: Choice): void => {
      this.hide(kind);
      act();
    };
    const line = html`<p class="notice">
      <span>${text}</span>${extraElement}
      ${choices.map((choice) => html`<button type="button" @click="${() => choose(choice)}">${choice.label}</button>`)}
      ${makeButton('×', 'Put this away', () => this.hide(kind))}
    </p>`;
    this.lines.set(kind, line);
    this.element.append(line);
  }

  /** Hides the notice of a kind, if it is shown. */
  hide(kind: string): void {
    this.lines.get(kind)?.remove();
    this.lines.delete(kind);
  }
}
