/** A translator for tests: a slow network or disk that reorders requests. */
import type { Dict } from '../../runtime/core/dict.ts';
import { findFop } from '../../runtime/core/fops.ts';
import {
  collect,
  collectCbk,
  type FopName,
  fopNames,
  unwindArgs,
  windArgs,
} from '../../runtime/core/gen/fops.gen.ts';
import { defineTranslator, type Translator } from '../../runtime/core/xlator.ts';

/** Delays requests and replies until a test releases them. */
export class SlowStorage {
  /** Requests that have not arrived at the storage, and answers that have not left it. */
  private readonly pendingWinds: (() => void)[] = [];
  private readonly pendingReplies: (() => void)[] = [];
  /** Requests and replies pass at once. */
  quick = true;
  /** The xdata of all replies; null for the storage's own. */
  replyXdata: Dict | null = null;
  /** The requests that have arrived at the storage since `requests` was emptied. */
  /** Called after the storage has acted. */
  onActed: () => void = () => {};
  readonly requests: { readonly name: FopName; readonly args: readonly unknown[] }[] = [];

  readonly translator: Translator<unknown> = defineTranslator<unknown, Record<string, never>>({
    type: 'test/slow',
    description: 'Is slow.',
    children: [1, 1],
    listsUnopened: true,
    options: {},
    fops: Object.fromEntries(fopNames.map((name) => [name, this.makeFop(name)])),
    init: () => null,
  });

  get waiting(): number {
    return this.pendingWinds.length + this.pendingReplies.length;
  }

  releaseWind(which: number): void {
    if (this.pendingWinds.length > 0)
      this.pendingWinds.splice(which % this.pendingWinds.length, 1)[0]!();
  }

  releaseReply(which: number): void {
    if (this.pendingReplies.length > 0)
      this.pendingReplies.splice(which % this.pendingReplies.length, 1)[0]!();
  }

  releaseAll(): void {
    while (this.waiting > 0) {
      this.releaseWind(0);
      this.releaseReply(0);
    }
  }

  private makeFop(name: FopName) {
    const xdataIndex = findFop(name)!.reply.findIndex((part) => part.name === 'xdata');
    const cbk = collectCbk[name]((frame, _cookie, _xl, opRet, opErrno, values) => {
      this.onActed();
      if (this.replyXdata !== null) values[xdataIndex] = this.replyXdata;
      const go = (): void => unwindArgs[name](frame, opRet, opErrno, values);
      if (this.quick) go();
      else this.pendingReplies.push(go);
    });
    return collect[name]((frame, xl, windArguments) => {
      this.requests.push({ name, args: windArguments });
      // The caller reuses the data of a write after the wind.
      const args = windArguments.map((arg) => (arg instanceof Uint8Array ? arg.slice() : arg));
      const go = (): void => windArgs[name](frame, 0, cbk as never, xl.children[0]!, args);
      if (this.quick) go();
      else this.pendingWinds.push(go);
    });
  }
}
