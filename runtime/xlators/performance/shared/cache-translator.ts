/** Defines caching translators of performance/: their shared life cycle around a cache object. */
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
import { checkOrder, checkUpcalls, type Reliance } from './order.ts';

interface Cache<G> {
  readonly values: G;
  configure(values: G): void;
  /** Drops the entries that an event from below outdates. */
  notified(event: EventName, data: unknown): void;
  /** Drops all entries. */
  clear(): void;
  /** Drops the state of an inode that leaves the inode table. */
  forget(state: never): void;
  dump(): Dump;
  /** Sets the counters to zero. */
  reset(): void;
}

interface CacheTranslator<P, O extends Options>
  extends Pick<Translator<P, O>, 'type' | 'description' | 'options' | 'release' | 'releasedir'> {
  /** The fops that the translator handles. */
  readonly fops: { of(priv: P): Fops<P> }['of'];
  readonly make: { make(xl: Xlator<P>, values: Values<O>): P }['make'];
  /** @throws {InitError} for options that GlusterFS refuses */
  readonly verify?: { verify(xl: Xlator<P>, values: Values<O>): void }['verify'];
  /** The option that relies on upcalls of bricks; null when none does. */
  readonly reliance?: (values: Values<O>) => Reliance | null;
}

export function defineCache<P extends Cache<Values<O>>, const O extends Options>(
  cache: CacheTranslator<P, O>,
): Translator<P, O> {
  const { fops: all, make, verify, reliance, ...more } = cache;
  const passes = (values: Values<O>): boolean => values['pass-through'] === true;
  const fops = ({ priv }: Xlator<P>): Fops<P> => (passes(priv.values) ? {} : all(priv));
  const start = (xl: Xlator<P>, values: Values<O>): void => {
    verify?.(xl, values);
    checkOrder(xl as Xlator<unknown>);
  };
  const ask = (xl: Xlator<P>, event: EventName): void => {
    const { values } = xl.priv;
    const relies = passes(values) ? null : (reliance?.(values) ?? null);
    checkUpcalls(xl as Xlator<unknown>, event, relies);
  };
  return defineTranslator<P, O>({
    ...more,
    children: [1, 1],
    dataPath: { keepsPages: () => true },
    fops,
    check: async (xl, values) => start(xl, values),
    init(xl, values) {
      start(xl, values);
      return make(xl, values);
    },
    reconfigure(xl, values) {
      verify?.(xl, values);
      xl.priv.configure(values);
      xl.exchangeFops(fops(xl));
      ask(xl, 'CHILD_UP');
    },
    notify(xl, event, data) {
      xl.priv.notified(event, data);
      ask(xl, event);
      defaultNotify(xl, event, data);
    },
    forget: (xl, _inode, state) => xl.priv.forget(state as never),
    fini: (xl) => xl.priv.clear(),
    dump: (xl) => xl.priv.dump(),
    reset: ({ priv }) => priv.reset(),
  });
}
