/**
 * Generates the result codes of a module's entry points, for the generators of each language; their meanings are in
 * `bridges/host/guest.ts`. LATER and ANSWERED are states of a frame that the host does not use.
 */
import {
  DECIDED_BY_MESSAGES,
  METHOD_FAILED,
  RETURNED_DATA,
  RETURNED_NOTHING,
  TAIL_UNCHANGED,
  UNWIND_UNCHANGED,
  WIND_UNCHANGED,
} from '../../bridges/host/guest.ts';

/** Codes by name: the host's, and the two states that only guests use. */
const codes = {
  NOTHING: DECIDED_BY_MESSAGES,
  WIND: WIND_UNCHANGED,
  TAIL: TAIL_UNCHANGED,
  FAILED: METHOD_FAILED,
  LATER: METHOD_FAILED + 1,
  ANSWERED: METHOD_FAILED + 2,
  RETURNED_NOTHING,
  RETURNED_DATA,
  SAME: UNWIND_UNCHANGED,
};

/** Formats a line for each code. @param formatLine formats it in the syntax of a language */
export const formatCodeLines = (formatLine: (name: string, code: number) => string): string =>
  Object.entries(codes)
    .map(([name, code]) => formatLine(name, code))
    .join('\n');

export const generateCodes = (): string => `/**
 * Generated from bridges/host/guest.ts by tools/gen/codes.ts (npm run gen). Do not edit.
 *
 * Result codes of entry points, which are also states of a frame. LATER: no method runs, or it has decided
 * already, so a further decision goes to the host as a message. ANSWERED: unwound, or passed on by a tail
 * wind.
 */
${formatCodeLines((name, code) => `export const ${name} = ${code};`)}
`;
