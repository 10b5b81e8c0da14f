/** Shows notices above the page's parts, a line each, which the user may dismiss. */
import { button, html } from '../../trace/page/dom.ts';

export interface Choice {
  readonly label: string;
  act(): void;
}

export class Notices {
  readonly element = html`<div class="notices" id="notices" role="status"></div>`;
  private readonly shown = new Map<string, HTMLElement>();

  /** Shows a notice in place of an earlier one of its kind. @param more element behind the text */
  say(kind: string, text: string, choices: readonly Choice[] = [], more?: HTMLElement): void {
    this.drop(kind);
    const choose = ({ act }: Choice): void => {
      this.drop(kind);
      act();
    };
    const line = html`<p class="notice">
      <span>${text}</span>${more}
      ${choices.map((it) => html`<button type="button" @click="${() => choose(it)}">${it.label}</button>`)}
      ${button('×', 'Put this away', () => this.drop(kind))}
    </p>`;
    this.shown.set(kind, line);
    this.element.append(line);
  }

  drop(kind: string): void {
    this.shown.get(kind)?.remove();
    this.shown.delete(kind);
  }
}
