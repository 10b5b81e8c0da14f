/** Single keys from a terminal, one after the other. */
import { keysIn } from '../../../terminal/screen.ts';

/** Resolves to the next key; null when the terminal has gone. */
export class Keys {
  private readonly typed: (string | null)[] = [];
  private take: ((key: string | null) => void) | null = null;
  private waiting: Promise<string | null> | null = null;

  constructor() {
    process.stdin.setRawMode(true);
    process.stdin.setEncoding('utf8').resume();
    process.stdin.on('data', this.read).on('end', this.end).on('error', this.end);
  }

  /** Asked again before it has come, it is the same key that is waited for. */
  next(): Promise<string | null> {
    if (this.typed.length > 0) return Promise.resolve(this.typed.shift()!);
    this.waiting ??= new Promise((resolve) => {
      this.take = resolve;
    });
    return this.waiting;
  }

  close(): void {
    process.stdin.off('data', this.read).off('end', this.end).off('error', this.end);
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }

  private readonly read = (text: string): void => {
    for (const key of keysIn(text)) this.give(key);
  };

  private readonly end = (): void => this.give(null);

  private give(key: string | null): void {
    const { take } = this;
    this.take = null;
    this.waiting = null;
    if (take === null) this.typed.push(key);
    else take(key);
  }
}
