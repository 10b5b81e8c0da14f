/**
 * Writes the codes by which a guest's entry points say what becomes of a request, for each language. Their
 * meanings are in `bridges/host/guest.ts`; the states of a frame follow on those that a guest has itself.
 */
import { FAILED, NOTHING, SAME, TAIL, WIND } from '../../bridges/host/guest.ts';

/** By name: the host's, and the two states that every guest gives a frame as well. */
const codes = { NOTHING, WIND, TAIL, FAILED, LATER: FAILED + 1, ANSWERED: FAILED + 2, SAME };

/** A line for each code. */
export const codeLines = (line: (name: string, code: number) => string): string =>
  Object.entries(codes)
    .map(([name, code]) => line(name, code))
    .join('\n');

export const generateCodes = (): string => `/**
 * Generated from bridges/host/guest.ts by tools/gen/codes.ts (npm run gen). Do not edit.
 *
 * What an entry point tells the host by its result, and what a frame's state is besides: LATER, no method
 * runs now, or it has spoken, so that what is decided goes to the host as a message; ANSWERED, answered or
 * handed on for good.
 */
${codeLines((name, code) => `export const ${name} = ${code};`)}
`;
