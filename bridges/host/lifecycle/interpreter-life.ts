/**
 * The life of an interpreter:
 *
 *   SERVING    requests enter the guest
 *   RETIRED    a successor serves: pending requests end, and then the interpreter
 *   CLOSING    pending requests fail; the children may have ended, so none is bypassed
 *   LOST       the guest can no longer be entered: new requests wait for a successor, or fail
 *   FORSAKEN   lost, and a successor serves: the interpreter ends with the call that runs
 *   CLOSED     everything is freed
 */
export const LIFE = {
  SERVING: 0,
  RETIRED: 1,
  CLOSING: 2,
  LOST: 3,
  FORSAKEN: 4,
  CLOSED: 5,
} as const;
export type Life = (typeof LIFE)[keyof typeof LIFE];

const { SERVING, RETIRED, CLOSING, LOST, FORSAKEN, CLOSED } = LIFE;

/** retire: a successor serves; lose: the guest has failed; close: the end begins, or is complete. */
type LifeEvent = 'retire' | 'lose' | 'close';

/** The next states. An event that a state lacks changes nothing. */
const NEXT: Readonly<Record<Life, { readonly [E in LifeEvent]?: Life }>> = {
  [SERVING]: { retire: RETIRED, lose: LOST, close: CLOSING },
  [RETIRED]: { lose: FORSAKEN, close: CLOSING },
  [CLOSING]: { lose: CLOSED, close: CLOSED },
  [LOST]: { retire: FORSAKEN, close: CLOSED },
  [FORSAKEN]: { close: CLOSED },
  [CLOSED]: {},
};

export const nextLife = (life: Life, event: LifeEvent): Life => NEXT[life][event] ?? life;

/** True if the guest can no longer be entered. */
export const isOver = (life: Life): boolean => life >= LOST;

/** True once the interpreter ends: the children may have ended, so no request is bypassed. */
export const isEnding = (life: Life): boolean => life === CLOSING || life === CLOSED;
