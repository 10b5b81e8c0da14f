/** Dicts: keys with typed values, as xdata and extended attributes. */
import { Changeable } from './changeable';
import { Iatt } from './fields.gen';

/** A value of a dict. */
export class Item {
  int: i64 = 0;
  double: f64 = 0;
  /** Of a str or gfuuid. */
  text: string = '';
  /** Of a bin or mdata. */
  bytes: Uint8Array | null = null;
  iatt: Iatt | null = null;

  /** @param letter of the type: n int, u uint, g double, s str, b bin, U gfuuid, a iatt, M mdata */
  constructor(readonly letter: i32) {}
}

/** Pairs of keys and values, in order. */
export class Dict extends Changeable {
  readonly keys: string[] = [];
  readonly items: Item[] = [];

  get size(): i32 {
    return this.keys.length;
  }

  find(key: string): Item | null {
    const at = this.keys.indexOf(key);
    return at < 0 ? null : this.items[at];
  }

  has(key: string): bool {
    return this.keys.includes(key);
  }

  /** An int or uint; `otherwise` without one, as in the functions below. */
  getInt(key: string, otherwise: i64 = 0): i64 {
    const item = this.find(key);
    return item !== null && (item.letter == 0x6e || item.letter == 0x75) ? item.int : otherwise;
  }

  getDouble(key: string, otherwise: f64 = 0): f64 {
    const item = this.find(key);
    return item !== null && item.letter == 0x67 ? item.double : otherwise;
  }

  /** A str or gfuuid. */
  getText(key: string): string | null {
    const item = this.find(key);
    return item !== null && (item.letter == 0x73 || item.letter == 0x55) ? item.text : null;
  }

  /** A bin or mdata. */
  getBytes(key: string): Uint8Array | null {
    const item = this.find(key);
    return item === null ? null : item.bytes;
  }

  /** Sets an integer, double, string, Uint8Array or Iatt. A key that is there keeps its place. */
  set<V>(key: string, value: V): this {
    let letter = 0x6e;
    if (isInteger<V>()) {
      if (!isSigned<V>() && !isBoolean<V>()) letter = 0x75;
    } else if (isFloat<V>()) letter = 0x67;
    else if (isString<V>()) letter = 0x73;
    else if (idof<V>() == idof<Iatt>()) letter = 0x61;
    else letter = 0x62;
    const item = new Item(letter);
    if (isInteger<V>()) item.int = <i64>value;
    else if (isFloat<V>()) item.double = <f64>value;
    else if (isString<V>()) item.text = changetype<string>(value);
    else if (idof<V>() == idof<Iatt>()) item.iatt = changetype<Iatt>(value);
    else item.bytes = changetype<Uint8Array>(value);
    return this.setItem(key, item);
  }

  setGfid(key: string, gfid: string): this {
    const item = new Item(0x55);
    item.text = gfid;
    return this.setItem(key, item);
  }

  setItem(key: string, item: Item): this {
    this.changed = true;
    const at = this.keys.indexOf(key);
    if (at >= 0) this.items[at] = item;
    else {
      this.keys.push(key);
      this.items.push(item);
    }
    return this;
  }

  delete(key: string): bool {
    const at = this.keys.indexOf(key);
    if (at < 0) return false;
    this.changed = true;
    this.keys.splice(at, 1);
    this.items.splice(at, 1);
    return true;
  }

  copy(): Dict {
    const copy = new Dict();
    for (let i = 0; i < this.keys.length; i++) copy.setItem(this.keys[i], this.items[i]);
    return copy;
  }
}
