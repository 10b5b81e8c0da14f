/** Data in parts, in one piece: a part that is alone as it is, otherwise a copy. */
export function joined(data: readonly Uint8Array[]): Uint8Array {
  if (data.length === 1) return data[0]!;
  const all = new Uint8Array(data.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of data) {
    all.set(each, at);
    at += each.length;
  }
  return all;
}
