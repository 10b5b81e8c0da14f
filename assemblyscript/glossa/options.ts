/** Options that a translator declares. */
import { Dict, Item } from './dict';
import { sayDouble, say, sayText, sayTextOrNull } from './messages';

/** The values of the volume's options. */
let values: Dict = new Dict();
/** Goes up when they change. */
let generation: u32 = 0;

export function setOptionValues(dict: Dict | null): void {
  values = dict === null ? new Dict() : dict;
  generation++;
}

/**
 * An option of the volume: a constant, which `translator` lists and whose `value` is read.
 *
 * `const TIMEOUT = Option.time('timeout', '60', 'how long a name is remembered');`
 */
export class Option {
  private seen: u32 = -1;
  private item: Item | null = null;

  constructor(
    readonly key: string,
    private readonly type: i32,
    /** The default value, as a volfile has it. */
    private readonly initial: string | null,
    private readonly help: string,
    private readonly min: f64 = 0,
    private readonly max: f64 = 0,
    private readonly values: string[] = [],
  ) {}

  /** A text. */
  static str(key: string, initial: string | null = null, help: string = ''): StrOption {
    return new StrOption(key, 0, initial, help);
  }

  /** One of these texts. */
  static oneOf(
    key: string,
    values: string[],
    initial: string | null = null,
    help: string = '',
  ): StrOption {
    return new StrOption(key, 0, initial, help, 0, 0, values);
  }

  /** A whole number, from `min` to `max`. */
  static int(
    key: string,
    initial: string | null = null,
    help: string = '',
    min: f64 = 0,
    max: f64 = 0,
  ): IntOption {
    return new IntOption(key, 1, initial, help, min, max);
  }

  /** Bytes, with units such as KB. */
  static size(
    key: string,
    initial: string | null = null,
    help: string = '',
    min: f64 = 0,
    max: f64 = 0,
  ): IntOption {
    return new IntOption(key, 2, initial, help, min, max);
  }

  /** 0 to 100, with or without the sign. */
  static percent(
    key: string,
    initial: string | null = null,
    help: string = '',
    min: f64 = 0,
    max: f64 = 0,
  ): DoubleOption {
    return new DoubleOption(key, 3, initial, help, min, max);
  }

  static bool(key: string, initial: string | null = null, help: string = ''): BoolOption {
    return new BoolOption(key, 4, initial, help);
  }

  /** An absolute path. */
  static path(key: string, initial: string | null = null, help: string = ''): StrOption {
    return new StrOption(key, 5, initial, help);
  }

  /** Seconds, with units such as m. */
  static time(
    key: string,
    initial: string | null = null,
    help: string = '',
    min: f64 = 0,
    max: f64 = 0,
  ): IntOption {
    return new IntOption(key, 6, initial, help, min, max);
  }

  static double(
    key: string,
    initial: string | null = null,
    help: string = '',
    min: f64 = 0,
    max: f64 = 0,
  ): DoubleOption {
    return new DoubleOption(key, 7, initial, help, min, max);
  }

  /** Whether the option is set, or has a default. */
  get isSet(): bool {
    return this.find() !== null;
  }

  protected find(): Item | null {
    if (this.seen != generation) {
      this.seen = generation;
      this.item = values.find(this.key);
    }
    return this.item;
  }

  describe(): void {
    sayText(this.key);
    say(this.type);
    sayDouble(this.min);
    sayDouble(this.max);
    for (let i = 0; i < this.values.length; i++) sayText(this.values[i]);
    say(-1);
    sayTextOrNull(this.initial);
    sayText(this.help);
  }
}

export class IntOption extends Option {
  /** The value; 0 if the option is not set. */
  get value(): i64 {
    const item = this.find();
    return item === null ? 0 : item.int;
  }
}

export class DoubleOption extends Option {
  /** The value; 0 if the option is not set. */
  get value(): f64 {
    const item = this.find();
    return item === null ? 0 : item.double;
  }
}

export class BoolOption extends Option {
  /** The value; false if the option is not set. */
  get value(): bool {
    const item = this.find();
    return item !== null && item.int != 0;
  }
}

export class StrOption extends Option {
  /** The value; '' if the option is not set. */
  get value(): string {
    const item = this.find();
    return item === null ? '' : item.text;
  }
}
