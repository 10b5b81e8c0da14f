/** Types of the root's extended attributes that a mount serves without the graph. */

/** Values by the attributes' names, made at each read. */
export type RootXattrs = ReadonlyMap<string, () => Uint8Array>;
/** Runs when the attribute is read. The reader receives the bytes that it resolves to. */
export type RootAction = () => Promise<Uint8Array>;
/** Actions by the attributes' names. */
export interface RootActions {
  get(name: string): RootAction | undefined;
}
