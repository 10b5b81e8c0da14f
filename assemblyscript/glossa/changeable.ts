/** The base of objects whose fields can be set. */
export class Changeable {
  /** False for one that came with a call and is as it came. */
  changed: bool = true;
}
