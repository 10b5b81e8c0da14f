/** Formats stopped requests, frames and values for `glossa debug`, in gdb's form. */
import { printable } from '../../runtime/core/log.ts';
import type { StopView, VolumeView } from '../../runtime/debug/protocol.ts';
import type { FrameView, Scope } from '../../runtime/debug/scopes.ts';
import type { ShownValue } from '../../runtime/debug/shown-values.ts';

const formatArguments = (values: readonly ShownValue[]): string =>
  values.map(({ name, text }) => `${name}=${text}`).join(', ');

/** Formats where a request is stopped, and its arguments. */
export function formatStop(stop: StopView): string {
  const { kind, fop, volume, from, values, breakpoint } = stop;
  const breakpointText = breakpoint === null ? '' : `Breakpoint ${breakpoint}, `;
  const name = kind === 'wind' ? fop : `${fop}_cbk`;
  return `${breakpointText}${name} (${formatArguments(values)}) at ${volume}, from ${from}`;
}

/** Formats the request of a stop: its number, caller, fop and paths. */
export const formatRequest = ({ request, pid, uid, fop, paths }: StopView): string =>
  `request ${request} of process ${pid}, user ${uid}: ${fop} ${formatPaths(paths)}`.trimEnd();

const formatPaths = (paths: readonly string[]): string => paths.map(printable).join(' ');

/** Formats a volume on the way of a request, with the request's fop and position there. */
export function formatFrame({ level, volume, type, fop, paths, where }: FrameView): string {
  const position = where === null || where === '' ? '' : ` at ${where}`;
  return `#${level}  ${fop} in ${volume} (${type}): ${formatPaths(paths)}${position}`;
}

/** Formats a value, with one line for each of its parts. */
export function formatValue({ text, parts }: ShownValue): string {
  if (parts.length === 0) return text;
  const lines = parts.map((part) => `  ${part.name} = ${part.text}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** Formats all values of a frame. */
export const formatScopes = (scopes: readonly Scope[]): string =>
  scopes.map(({ name, values }) => [`${name}:`, ...formatValueLines(values)].join('\n')).join('\n');

/** Formats each value, and each of its parts, as a line. */
const formatValueLines = (values: readonly ShownValue[]): string[] =>
  values.flatMap(({ name, text, parts }) => [
    `  ${name} = ${text}`,
    ...parts.map((part) => `    ${part.name} = ${part.text}`),
  ]);

/** Formats a volume with its children. */
export const formatVolume = ({ name, type, children }: VolumeView): string =>
  `${name} (${type})${children.length === 0 ? '' : ` over ${children.join(', ')}`}`;
