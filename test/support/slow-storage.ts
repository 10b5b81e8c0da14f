/** A translator for tests: a slow network or disk that reorders requests. */
import { type FopName, fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { collect, collectCbk, unwindArgs, windArgs } from '../../runtime/core/gen/generic.gen.ts';
import { defineTranslator, type Translator } from '../../runtime/core/xlator.ts';

/** Delays requests and replies until a test releases them. */
export class Slow {
  /** Requests that have not arrived at the storage, and answers that have not left it. */
  private readonly asked: (() => void)[] = [];
  private readonly answered: (() => void)[] = [];
  /** Requests and replies pass at once. */
  quick = true;
  /** What has arrived at the storage since `requests` was emptied. */
  /** Called after the storage has acted. */
  onActed: () => void = () => {};
  readonly requests: { readonly name: FopName; readonly args: readonly unknown[] }[] = [];

  readonly translator: Translator<unknown> = defineTranslator<unknown, Record<string, never>>({
    type: 'test/slow',
    description: 'Is slow.',
    children: [1, 1],
    options: {},
    fops: Object.fromEntries(fopNames.map((name) => [name, this.passing(name)])),
    init: () => null,
  });

  get waiting(): number {
    return this.asked.length + this.answered.length;
  }

  act(which: number): void {
    if (this.asked.length > 0) this.asked.splice(which % this.asked.length, 1)[0]!();
  }

  answer(which: number): void {
    if (this.answered.length > 0) this.answered.splice(which % this.answered.length, 1)[0]!();
  }

  finish(): void {
    while (this.waiting > 0) {
      this.act(0);
      this.answer(0);
    }
  }

  private passing(name: FopName) {
    const cbk = collectCbk[name]((frame, _cookie, _xl, opRet, opErrno, values) => {
      this.onActed();
      const go = (): void => unwindArgs[name](frame, opRet, opErrno, values);
      if (this.quick) go();
      else this.answered.push(go);
    });
    return collect[name]((frame, xl, given) => {
      this.requests.push({ name, args: given });
      // The caller reuses the data of a write after the wind.
      const args = given.map((arg) => (arg instanceof Uint8Array ? arg.slice() : arg));
      const go = (): void => windArgs[name](frame, 0, cbk as never, xl.children[0]!, args);
      if (this.quick) go();
      else this.asked.push(go);
    });
  }
}
