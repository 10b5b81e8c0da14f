/** Formats a module's values as text for its log and the prompt, like console.log. */
import { moduleStack } from './report.ts';

const DEPTH_MAX = 4;
const ITEMS_MAX = 100;

const quote = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : inspect(value);

/** Formats a value as source text. */
export function inspect(value: unknown, depth = 0, outer: readonly object[] = []): string {
  if (typeof value === 'string') return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return `[function ${value.name || '(anonymous)'}]`;
  if (value === null || typeof value !== 'object')
    return Object.is(value, -0) ? '-0' : String(value);
  if (outer.includes(value)) return '[circular]';
  return inspectObject(value, depth, [...outer, value]);
}

function inspectObject(value: object, depth: number, outer: readonly object[]): string {
  if (value instanceof Error) {
    return depth === 0 ? [value, ...moduleStack(value)].join('\n') : `[${value}]`;
  }
  if (value instanceof Date || value instanceof RegExp) return String(value);
  if (depth >= DEPTH_MAX) return Array.isArray(value) ? '[…]' : '{…}';
  const inspectItem = (item: unknown): string => inspect(item, depth + 1, outer);
  const list = (items: readonly string[], total: number): string => {
    const more = total > ITEMS_MAX ? [`… ${total - ITEMS_MAX} more`] : [];
    return [...items.slice(0, ITEMS_MAX), ...more].join(', ');
  };
  if (ArrayBuffer.isView(value) && 'length' in value) {
    const bytes = value as unknown as ArrayLike<number>;
    const items = Array.from({ length: Math.min(ITEMS_MAX, bytes.length) }, (_, i) =>
      String(bytes[i]),
    );
    return `${value.constructor.name}(${bytes.length}) [${list(items, bytes.length)}]`;
  }
  if (Array.isArray(value))
    return `[${list(value.slice(0, ITEMS_MAX).map(inspectItem), value.length)}]`;
  const { name } = value.constructor ?? {};
  const prefix = name === undefined || name === 'Object' ? '' : `${name} `;
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => `${quote(key)} => ${inspectItem(item)}`);
    return `${prefix}{${list(pairs, pairs.length)}}`;
  }
  if (value instanceof Set) return `${prefix}{${list([...value].map(inspectItem), value.size)}}`;
  const own = value as { toJSON?: () => unknown };
  const plain = typeof own.toJSON === 'function' ? own.toJSON() : value;
  if (plain === null || typeof plain !== 'object') return inspectItem(plain);
  const pairs = Object.entries(plain)
    .filter(([key]) => !key.startsWith('_'))
    .map(([key, item]) => `${key}: ${inspectItem(item)}`);
  return `${prefix}{${pairs.length === 0 ? '' : ` ${list(pairs, pairs.length)} `}}`;
}

/** Formats the value of a placeholder such as %d. */
function formatPlaceholder(kind: string, value: unknown): string {
  if (kind === 'd') return String(typeof value === 'bigint' ? value : Number(value));
  if (kind === 'i') return String(Math.trunc(Number(value)));
  if (kind === 'j') return JSON.stringify(value);
  return kind === 's' ? inspect(value) : quote(value);
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
