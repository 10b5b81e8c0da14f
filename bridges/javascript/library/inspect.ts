/**
 * Formats a module's values as text for its log and the prompt, like console.log. It may run the
 * module's getters and `toJSON`; bounded-text.ts does not.
 */
import { readModuleStack } from './report.ts';

/** Objects at this depth are shown as `{…}`. */
const MAX_DEPTH = 4;
/** The most items of a collection that are shown. */
const MAX_ITEMS = 100;

/** Formats a value as `inspect` does, but a string always in quotes. */
const inspectQuoted = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : inspect(value);

/**
 * Formats a value as source text; a string at depth 0 as it is.
 * @param enclosing the objects that contain it, by which circular references are found
 */
export function inspect(value: unknown, depth = 0, enclosing: readonly object[] = []): string {
  if (typeof value === 'string') return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return `[function ${value.name || '(anonymous)'}]`;
  if (value === null || typeof value !== 'object')
    return Object.is(value, -0) ? '-0' : String(value);
  if (enclosing.includes(value)) return '[circular]';
  return inspectObject(value, depth, [...enclosing, value]);
}

function inspectObject(value: object, depth: number, enclosing: readonly object[]): string {
  if (value instanceof Error) {
    return depth === 0 ? [value, ...readModuleStack(value)].join('\n') : `[${value}]`;
  }
  if (value instanceof Date || value instanceof RegExp) return String(value);
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? '[…]' : '{…}';
  const inspectItem = (item: unknown): string => inspect(item, depth + 1, enclosing);
  const joinItems = (items: readonly string[], total: number): string => {
    const omission = total > MAX_ITEMS ? [`… ${total - MAX_ITEMS} more`] : [];
    return [...items.slice(0, MAX_ITEMS), ...omission].join(', ');
  };
  if (ArrayBuffer.isView(value) && 'length' in value) {
    const bytes = value as unknown as ArrayLike<number>;
    const items = Array.from({ length: Math.min(MAX_ITEMS, bytes.length) }, (_, i) =>
      String(bytes[i]),
    );
    return `${value.constructor.name}(${bytes.length}) [${joinItems(items, bytes.length)}]`;
  }
  if (Array.isArray(value))
    return `[${joinItems(value.slice(0, MAX_ITEMS).map(inspectItem), value.length)}]`;
  const { name } = value.constructor ?? {};
  const prefix = name === undefined || name === 'Object' ? '' : `${name} `;
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => `${inspectQuoted(key)} => ${inspectItem(item)}`);
    return `${prefix}{${joinItems(pairs, pairs.length)}}`;
  }
  if (value instanceof Set)
    return `${prefix}{${joinItems([...value].map(inspectItem), value.size)}}`;
  const convertible = value as { toJSON?: () => unknown };
  const plain = typeof convertible.toJSON === 'function' ? convertible.toJSON() : value;
  if (plain === null || typeof plain !== 'object') return inspectItem(plain);
  const pairs = Object.entries(plain)
    .filter(([key]) => !key.startsWith('_'))
    .map(([key, item]) => `${key}: ${inspectItem(item)}`);
  return `${prefix}{${pairs.length === 0 ? '' : ` ${joinItems(pairs, pairs.length)} `}}`;
}

/** Formats the value of a placeholder such as %d. */
function formatPlaceholder(kind: string, value: unknown): string {
  if (kind === 'd') return String(typeof value === 'bigint' ? value : Number(value));
  if (kind === 'i') return String(Math.trunc(Number(value)));
  if (kind === 'j') return JSON.stringify(value);
  return kind === 's' ? inspect(value) : inspectQuoted(value);
}

/** Formats `%s %d %i %j %o`, then appends the other arguments, like console.log. */
export function format(args: readonly unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== 'string') return args.map((value) => inspect(value)).join(' ');
  const text = first.replace(/%([sdijoO%])/g, (whole, kind: string) => {
    if (kind === '%') return '%';
    return rest.length === 0 ? whole : formatPlaceholder(kind, rest.shift());
  });
  return [text, ...rest.map((value) => inspect(value))].join(' ');
}
