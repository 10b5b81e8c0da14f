/**
 * debug/delay-gen: delays fops on their way down, as a network or a slow disk would.
 *
 * A timer winds each delayed fop, and other fops continue meanwhile; GlusterFS's version blocks a thread.
 * Fops that are never delayed are routed past the volume. PARENT_DOWN winds all delayed fops at once.
 *
 * Source: GlusterFS `xlators/debug/delay-gen/src/delay-gen.c`.
 */
import { FOP_ITEMS, parseFopList } from '../../../core/fop-list.ts';
import { type AnyFop, collect, type FopName, tailArgs } from '../../../core/gen/fops.gen.ts';
import { defineOptions, type Values } from '../../../core/options.ts';
import {
  type Dump,
  defaultNotify,
  defineTranslator,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';

const US_PER_MS = 1000;
const TWO_32 = 2 ** 32;

const options = defineOptions({
  'delay-percentage': {
    type: 'percent',
    default: 10,
    description: 'Share of the fops that are delayed, chosen at random.',
    reconfigurable: true,
  },
  'delay-duration': {
    type: 'int',
    default: 100_000,
    min: 0,
    max: TWO_32 - 1,
    description: 'Delay of a fop, in microseconds.',
    reconfigurable: true,
  },
  enable: {
    type: 'str',
    items: FOP_ITEMS,
    description: 'The fops that are delayed, with commas between: LOOKUP,READ. Without it, all.',
    reconfigurable: true,
  },
});

type OptionValues = Values<typeof options>;

/** The state of one volume of debug/delay-gen: the delayed fops. */
class Delays {
  values: OptionValues;
  readonly xl: Xlator<Delays>;
  /** Number of delayed fops since the start. */
  delayedCount = 0;
  /** For each delayed fop: the function that winds it, and the one that cancels its timer. */
  private readonly cancelByWind = new Map<() => void, () => void>();
  private readonly randomBytes = new Uint8Array(4);
  private readonly randomView = new DataView(this.randomBytes.buffer);

  constructor(xl: Xlator<Delays>, values: OptionValues) {
    this.xl = xl;
    this.values = values;
  }

  get pendingCount(): number {
    return this.cancelByWind.size;
  }

  /** Whether the next fop is delayed. */
  shouldDelayNext(): boolean {
    const share = this.values['delay-percentage'] / 100;
    if (share >= 1) return true;
    this.xl.context.random(this.randomBytes);
    return this.randomView.getUint32(0) < share * TWO_32;
  }

  /** Calls `wind` once, after the delay. */
  delay(wind: () => void): void {
    const { context } = this.xl;
    const ms = this.values['delay-duration'] / US_PER_MS;
    const windDelayed = (): void => {
      this.cancelByWind.delete(windDelayed);
      wind();
    };
    this.delayedCount += 1;
    this.cancelByWind.set(
      windDelayed,
      context.exactly?.(ms, windDelayed) ?? context.after(ms, windDelayed),
    );
  }

  /** Winds all delayed fops. */
  windAll(): void {
    for (const [windDelayed, cancel] of this.cancelByWind) {
      cancel();
      windDelayed();
    }
  }
}

/** Makes the fops that may be delayed; none if the options delay no fop. */
function makeFops({ priv: { values } }: Xlator<Delays>): Fops<Delays> {
  if (values['delay-percentage'] === 0 || values['delay-duration'] === 0) return {};
  const makeDelayedFop = (name: FopName): AnyFop => {
    const passOn = tailArgs[name];
    return (frame, xl, args) => {
      const delays = xl.priv as Delays;
      const wind = (): void => passOn(frame, xl.children[0]!, args);
      if (delays.shouldDelayNext()) delays.delay(wind);
      else wind();
    };
  };
  return Object.fromEntries(
    parseFopList(values.enable).map((name) => [name, collect[name](makeDelayedFop(name))]),
  );
}

export default defineTranslator<Delays, typeof options>({
  type: 'debug/delay-gen',
  description: 'Lets fops wait on their way down, as a network or a slow disk would.',
  children: [1, 1],
  listsUnopened: true,
  options,
  fops: makeFops,
  init: (xl, values) => new Delays(xl, values),
  reconfigure(xl, values) {
    xl.priv.values = values;
    xl.exchangeFops(makeFops(xl));
  },
  notify(xl, event, data) {
    if (event === 'PARENT_DOWN') xl.priv.windAll();
    defaultNotify(xl, event, data);
  },
  dump: ({ priv }): Dump => ({ delayed: priv.delayedCount, waiting: priv.pendingCount }),
});
