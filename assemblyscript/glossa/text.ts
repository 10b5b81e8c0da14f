/**
 * Converts names between bytes and strings without loss. A byte that is not part of valid UTF-8 becomes the lone
 * surrogate U+DC00 + byte, as in Python's `surrogateescape`; the host and its other languages do the same.
 */

@inline const HIGH_BITS: u64 = 0x8080808080808080;

/** Whether all bytes are below 0x80. */
function isAscii(at: usize, length: i32): bool {
  let i = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(at + i) & HIGH_BITS) return false;
  for (; i < length; i++) if (load<u8>(at + i) & 0x80) return false;
  return true;
}

@inline function isContinuation(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80;
}

/** Returns the length of the valid UTF-8 sequence at `at`; 1 also for a byte that is not part of one. */
function measureSequence(at: usize, end: usize): i32 {
  const first = <u32>load<u8>(at);
  if (first >= 0xc2 && first < 0xe0) return at + 1 < end && isContinuation(at + 1) ? 2 : 1;
  if (first >= 0xe0 && first < 0xf0) {
    if (at + 2 >= end || !isContinuation(at + 1) || !isContinuation(at + 2)) return 1;
    const second = <u32>load<u8>(at, 1);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 1;
    return 3;
  }
  if (first >= 0xf0 && first < 0xf5) {
    if (at + 3 >= end || !isContinuation(at + 1)) return 1;
    if (!isContinuation(at + 2) || !isContinuation(at + 3)) return 1;
    const second = <u32>load<u8>(at, 1);
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 1;
    return 4;
  }
  return 1;
}

/** Makes the string of these bytes. */
export function decodeText(at: usize, length: i32): string {
  if (length == 0) return '';
  // A string never has more code units than its bytes.
  if (isAscii(at, length)) {
    const text = __new(<usize>length << 1, idof<string>());
    for (let i = 0; i < length; i++) store<u16>(text + (<usize>i << 1), load<u8>(at + i));
    return changetype<string>(text);
  }
  const units = new StaticArray<u16>(length);
  const end = at + length;
  let count = 0;
  while (at < end) {
    const size = measureSequence(at, end);
    const first = <u32>load<u8>(at);
    if (size == 1) units[count++] = <u16>(first < 0x80 ? first : 0xdc00 + first);
    else if (size == 2) units[count++] = <u16>(((first & 0x1f) << 6) | (load<u8>(at, 1) & 0x3f));
    else {
      let code = ((first & (size == 3 ? 0x0f : 0x07)) << 12) | (<u32>(load<u8>(at, 1) & 0x3f) << 6) | (load<u8>(at, 2) & 0x3f);
      if (size == 3) units[count++] = <u16>code;
      else {
        code = ((first & 0x07) << 18) | (<u32>(load<u8>(at, 1) & 0x3f) << 12) | (<u32>(load<u8>(at, 2) & 0x3f) << 6) | (load<u8>(at, 3) & 0x3f);
        code -= 0x10000;
        units[count++] = <u16>(0xd800 | (code >> 10));
        units[count++] = <u16>(0xdc00 | (code & 0x3ff));
      }
    }
    at += size;
  }
  const text = __new(<usize>count << 1, idof<string>());
  memory.copy(text, changetype<usize>(units), <usize>count << 1);
  return changetype<string>(text);
}

/** Writes the bytes of a string, which has room for 3 × its length. Returns their number. */
export function encodeText(text: string, to: usize): i32 {
  const start = to;
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const unit = <u32>text.charCodeAt(i);
    if (unit < 0x80) store<u8>(to++, unit);
    else if (unit < 0x800) {
      store<u8>(to++, 0xc0 | (unit >> 6));
      store<u8>(to++, 0x80 | (unit & 0x3f));
    } else if ((unit & 0xf800) != 0xd800) {
      store<u8>(to++, 0xe0 | (unit >> 12));
      store<u8>(to++, 0x80 | ((unit >> 6) & 0x3f));
      store<u8>(to++, 0x80 | (unit & 0x3f));
    } else if (unit < 0xdc00 && i + 1 < length && (text.charCodeAt(i + 1) & 0xfc00) == 0xdc00) {
      const code = 0x10000 + ((unit & 0x3ff) << 10) + (<u32>text.charCodeAt(++i) & 0x3ff);
      store<u8>(to++, 0xf0 | (code >> 18));
      store<u8>(to++, 0x80 | ((code >> 12) & 0x3f));
      store<u8>(to++, 0x80 | ((code >> 6) & 0x3f));
      store<u8>(to++, 0x80 | (code & 0x3f));
    } else {
      // A substitute could name another file.
      assert(unit >= 0xdc80 && unit <= 0xdcff, 'a name cannot hold this lone surrogate');
      store<u8>(to++, unit & 0xff);
    }
  }
  return <i32>(to - start);
}

/** The number of bytes of a string. */
export function measureText(text: string): i32 {
  const room = heap.alloc(<usize>text.length * 3 + 1);
  const length = encodeText(text, room);
  heap.free(room);
  return length;
}
