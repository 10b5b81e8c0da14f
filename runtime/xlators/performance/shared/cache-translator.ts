/** Defines a caching translator of performance/ around its cache object (`defineCache`): start, options, events, end. */
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
import { selectChangingFops } from './change-taps.ts';
import { checkOrder, checkUpcalls, type UpcallReliance } from './stack-checks.ts';

/** The cache object, as `makeCache` returns it; `G` is the type of the option values. */
export interface CacheObject<G> {
  readonly values: G;
  applyOptions(values: G): void;
  /** Drops the entries that an event from below outdates. */
  handleEvent(event: EventName, data: unknown): void;
  /** Drops all entries, at the end of the volume. */
  clear(): void;
  /** Drops the state of an inode that leaves the inode table. */
  forget(state: never): void;
  /** Counters for statedumps and `glossa stats`, among them hits, misses, and bytes of memory. */
  dump(): Dump;
  /** Sets the counters to zero. */
  reset(): void;
}

/**
 * The parts in which caching translators differ; `P` is the cache object. A member has the type of a method
 * (`{ f(): T }['f']`), whose parameters TypeScript compares less strictly than a function's.
 */
interface CacheDefinition<P, O extends Options>
  extends Pick<Translator<P, O>, 'type' | 'description' | 'options' | 'release' | 'releasedir'> {
  /** The fops that the translator handles. */
  readonly fops: { fops(priv: P): Fops<P> }['fops'];
  /** Makes the cache object of a volume. */
  readonly makeCache: { makeCache(xl: Xlator<P>, values: Values<O>): P }['makeCache'];
  /** Checks the options. @throws {InitError} for values that GlusterFS refuses */
  readonly checkOptions?: { checkOptions(xl: Xlator<P>, values: Values<O>): void }['checkOptions'];
  /** The option that relies on upcalls of bricks; null when none does. */
  readonly findUpcallReliance?: (values: Values<O>) => UpcallReliance | null;
}

/** Makes a translator with one child that caches nothing while option pass-through is on. */
export function defineCache<P extends CacheObject<Values<O>>, const O extends Options>(
  definition: CacheDefinition<P, O>,
): Translator<P, O> {
  const { fops: selectFops, makeCache, checkOptions, findUpcallReliance, ...rest } = definition;
  const isPassThrough = (values: Values<O>): boolean => values['pass-through'] === true;
  const makeFops = ({ priv }: Xlator<P>): Fops<P> =>
    isPassThrough(priv.values) ? selectChangingFops(selectFops(priv)) : selectFops(priv);
  const checkStart = (xl: Xlator<P>, values: Values<O>): void => {
    checkOptions?.(xl, values);
    checkOrder(xl as Xlator<unknown>);
  };
  const checkReliance = (xl: Xlator<P>, event: EventName): void => {
    const { values } = xl.priv;
    const reliance = isPassThrough(values) ? null : (findUpcallReliance?.(values) ?? null);
    checkUpcalls(xl as Xlator<unknown>, event, reliance);
  };
  return defineTranslator<P, O>({
    ...rest,
    children: [1, 1],
    // A cache passes data unchanged.
    dataPath: { keepsPages: () => true },
    fops: makeFops,
    check: async (xl, values) => checkStart(xl, values),
    init(xl, values) {
      checkStart(xl, values);
      return makeCache(xl, values);
    },
    reconfigure(xl, values) {
      checkOptions?.(xl, values);
      xl.priv.applyOptions(values);
      xl.exchangeFops(makeFops(xl));
      checkReliance(xl, 'CHILD_UP');
    },
    notify(xl, event, data) {
      xl.priv.handleEvent(event, data);
      checkReliance(xl, event);
      defaultNotify(xl, event, data);
    },
    forget: (xl, _inode, state) => xl.priv.forget(state as never),
    fini: (xl) => xl.priv.clear(),
    dump: (xl) => xl.priv.dump(),
    reset: ({ priv }) => priv.reset(),
  });
}
