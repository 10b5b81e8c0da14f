/** Compares values with those that came with a call, and encodes them: what came unchanged crosses as a reference. */
import { Reply, Values } from './arguments';
import { Changeable } from './changeable';
import { say, sayAsItCame, sayNumber, sayObject } from './messages';
import { measureText } from './text';
import { Dirent } from './values';

/** The wind that stands for the fop's own arguments. */
export const ARGUMENTS = -1;

/** Whether a slot has an object that was changed in place. */
function isChanged(values: Values, slot: i32, letter: i32): bool {
  switch (letter) {
    case 0x61:
    case 0x64:
    case 0x76:
    case 0x6b:
    case 0x7a: {
      const there = values.getObject(slot);
      return there !== null && changetype<Changeable>(there).changed;
    }
    default:
      return false;
  }
}

/** Whether a failed reply says nothing but its errno. */
export function isBare(values: Values, letters: string): bool {
  for (let i = 0; i < letters.length; i++) {
    if (values.getObject(i) !== null) return false;
    if (letters.charCodeAt(i) == 0x6e ? values.getInteger(i) != -1 : values.getInteger(i) > 0)
      return false;
  }
  return true;
}

/** Whether these are the values that came with the call, unchanged. */
export function isAsItCame(values: Values, came: Values | null, letters: string): bool {
  if (values !== came || values.touched != 0) return false;
  for (let i = 0; i < letters.length; i++)
    if (isChanged(values, i, letters.charCodeAt(i))) return false;
  return true;
}

/** Finds the slot of what came that has this object; -1 without one. */
function findReference(values: Values, slot: i32, letter: i32, came: Values, letters: string): i32 {
  const object = values.getObject(slot);
  if (values === came && came.isUntouched(slot) && (object !== null || letter == 0x62))
    return isChanged(values, slot, letter) ? -1 : slot;
  if (object === null || isChanged(values, slot, letter)) return -1;
  for (let i = 0; i < letters.length; i++)
    if (letters.charCodeAt(i) == letter && came.isUntouched(i) && came.getObject(i) === object) return i;
  return -1;
}

/**
 * Writes values, each after the letter of its kind.
 * @param wind whose reply came, or ARGUMENTS
 * @param frame the serial number of the frame
 */
export function sayValues(values: Values, letters: string, came: Values | null, wind: i32, frame: i32): void {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters.charCodeAt(i);
    if (letter == 0x6e) {
      sayNumber(letter, values.getInteger(i));
      continue;
    }
    const isData = letter == 0x62;
    if (isData && values.getObject(i) === null && values.getInteger(i) == 0) {
      say(0);
      continue;
    }
    let found = -1;
    if (came !== null) {
      const cameLetters = wind == ARGUMENTS ? came.row.args : came.row.reply;
      found = findReference(values, i, letter, came, cameLetters);
    }
    if (found >= 0) sayAsItCame(wind, found);
    else sayObject(letter, isData ? values.takeData(i) : values.getObject(i), frame);
  }
}

/** Counts what the first part of a reply holds; `otherwise` without one. */
export function countFirst(values: Reply, otherwise: i64): i64 {
  const object = values.getObject(0);
  const letter = values.row.reply.charCodeAt(0);
  if (letter == 0x62 && object === null && values.getInteger(0) > 0) return values.getInteger(0) - 1;
  if (object === null) return otherwise;
  if (letter == 0x73) return measureText(changetype<string>(object));
  if (letter == 0x62) return changetype<Uint8Array>(object).length;
  if (letter == 0x65) return changetype<Dirent[]>(object).length;
  return otherwise;
}
