/** The memory that the host writes between calls: the area of records, and the window for data. */

/** Bytes of the area's head: the number of doubles in the messages, the log level, the time. */
export const HEAD_BYTES: usize = 24;

let areaBytes: usize = 65536;
let area: usize = heap.alloc(areaBytes);
let window: ArrayBuffer = new ArrayBuffer(0);
/** Whether the module has seen the bytes of the window, and may keep them. */
let seen: bool = false;

export function areaAddress(): usize {
  return area;
}

export function reserveArea(bytes: usize): usize {
  if (bytes > areaBytes) {
    area = heap.realloc(area, bytes);
    areaBytes = bytes;
  }
  return area;
}

export function reserveData(bytes: i32): usize {
  // Bytes that were seen belong to the module.
  if (seen || bytes > window.byteLength) window = new ArrayBuffer(bytes);
  seen = false;
  return changetype<usize>(window);
}

/** The first bytes of the window, without a copy. */
export function viewWindow(length: i32): Uint8Array {
  seen = true;
  return Uint8Array.wrap(window, 0, min(length, window.byteLength));
}
