/** Defines the translators of performance/ that keep what replies tell: what their life cycles have in common. */
import type { EventName } from '../../../core/events.ts';
import type { Options, Values } from '../../../core/options.ts';
import {
  type Dump,
  defaultNotify,
  defineTranslator,
  type Fops,
  type Translator,
  type Xlator,
} from '../../../core/xlator.ts';
import { askBricks, checkOrder, type Reliance } from './order.ts';

interface Cache<G> {
  readonly given: G;
  configure(given: G): void;
  /** An event passes: what it outdates goes. */
  notified(event: EventName, data: unknown): void;
  /** Everything goes. */
  clear(): void;
  /** An inode goes, with which `kept` is kept. */
  forget(kept: never): void;
  dump(): Dump;
  /** Begins to count anew. */
  reset(): void;
}

interface CacheTranslator<P, O extends Options>
  extends Pick<Translator<P, O>, 'type' | 'description' | 'options' | 'release' | 'releasedir'> {
  /** The fops that it does not pass on. */
  readonly fops: { of(priv: P): Fops<P> }['of'];
  readonly make: { make(xl: Xlator<P>, given: Values<O>): P }['make'];
  /** @throws {InitError} for options that GlusterFS refuses */
  readonly verify?: { verify(xl: Xlator<P>, given: Values<O>): void }['verify'];
  /** What it relies on bricks for; null where it does not. */
  readonly reliance?: (given: Values<O>) => Reliance | null;
}

export function defineCache<P extends Cache<Values<O>>, const O extends Options>(
  cache: CacheTranslator<P, O>,
): Translator<P, O> {
  const { fops: all, make, verify, reliance, ...more } = cache;
  const passes = (given: Values<O>): boolean => given['pass-through'] === true;
  const fops = ({ priv }: Xlator<P>): Fops<P> => (passes(priv.given) ? {} : all(priv));
  const start = (xl: Xlator<P>, given: Values<O>): void => {
    verify?.(xl, given);
    checkOrder(xl as Xlator<unknown>);
  };
  const ask = (xl: Xlator<P>, event: EventName): void => {
    const { given } = xl.priv;
    const relies = passes(given) ? null : (reliance?.(given) ?? null);
    askBricks(xl as Xlator<unknown>, event, relies);
  };
  return defineTranslator<P, O>({
    ...more,
    children: [1, 1],
    dataPath: { keepsPages: () => true },
    fops,
    check: async (xl, given) => start(xl, given),
    init(xl, given) {
      start(xl, given);
      return make(xl, given);
    },
    reconfigure(xl, given) {
      verify?.(xl, given);
      xl.priv.configure(given);
      xl.exchangeFops(fops(xl));
      ask(xl, 'CHILD_UP');
    },
    notify(xl, event, data) {
      xl.priv.notified(event, data);
      ask(xl, event);
      defaultNotify(xl, event, data);
    },
    forget: (xl, _inode, kept) => xl.priv.forget(kept as never),
    fini: (xl) => xl.priv.clear(),
    dump: (xl) => xl.priv.dump(),
    reset: ({ priv }) => priv.reset(),
  });
}
