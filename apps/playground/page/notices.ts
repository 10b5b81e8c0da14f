/** What the page has to say beside its work: a line each, which may be put away. */
import { button, el } from '../../trace/page/dom.ts';

export interface Choice {
  readonly label: string;
  act(): void;
}

export class Notices {
  readonly element = el('div', { class: 'notices', id: 'notices', role: 'status' });
  private readonly shown = new Map<string, HTMLElement>();

  /** @param kind a later one of the same kind takes its place */
  say(kind: string, text: string, ...choices: readonly Choice[]): void {
    this.drop(kind);
    const line = el('p', { class: 'notice' }, el('span', {}, text));
    for (const { label, act } of choices) {
      const made = el('button', { type: 'button' }, label);
      made.addEventListener('click', () => {
        this.drop(kind);
        act();
      });
      line.append(made);
    }
    line.append(button('×', 'Put this away', () => this.drop(kind)));
    this.shown.set(kind, line);
    this.element.append(line);
  }

  /** Puts something more into one that is shown. */
  add(kind: string, more: HTMLElement): void {
    this.shown.get(kind)?.lastElementChild?.before(more);
  }

  drop(kind: string): void {
    this.shown.get(kind)?.remove();
    this.shown.delete(kind);
  }
}
