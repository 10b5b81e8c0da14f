/**
 * Logarithmic axes with ticks where people expect them. ECharts' own have them at powers of ten
 * alone; so values are drawn as their logarithms, and the ticks say what they stand for.
 */

/** Where a value is on the axis. */
export const position = (value: number): number => Math.log10(value);

/** From this factor on, ticks are 1, 2, 5, 10, …; below, they are equally far apart. */
const WIDE = 10;

/** Round values from `low` to `high`, both above 0; about six of them. */
export function ticks(low: number, high: number): number[] {
  if (high / low >= WIDE) return within(oneTwoFive(low, high), low, high);
  const step = niceStep((high - low) / 6);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => rounded((first + i) * step));
}

function oneTwoFive(low: number, high: number): number[] {
  const first = Math.floor(position(low));
  const last = Math.ceil(position(high));
  // Over many powers of ten, the powers are enough, and there is no room for more.
  const digits = last - first > 3 ? [1] : [1, 2, 5];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i).flatMap((power) =>
    digits.map((digit) => rounded(digit * 10 ** power)),
  );
}

const within = (values: readonly number[], low: number, high: number): number[] =>
  values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));

/** 1, 2 or 5 times a power of ten, at least `wanted` but for rounding. */
function niceStep(wanted: number): number {
  const power = 10 ** Math.floor(position(wanted));
  const digit = [1, 2, 5, 10].find((it) => it * power >= wanted * (1 - 1e-9))!;
  return digit * power;
}

/** Without the last digits that multiplying leaves. */
const rounded = (value: number): number => Number(value.toPrecision(12));
