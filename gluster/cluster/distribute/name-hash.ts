/**
 * Hashes names to choose their child: Davies–Meyer over the cipher TEA, of the name or of the part that a regular
 * expression selects.
 *
 * All clients of a volume must compute the same bits as the original, written in C for x86-64. There, a byte of 0x80
 * or more in the last, incomplete word is a negative `char` that masks the bytes before it. `é` and `Ω`, for example,
 * have the same hash.
 * Source: GlusterFS `libglusterfs/src/hashfn.c` (gf_dm_hashfn), `dht-hashfn.c`.
 */
import { encodeName } from '../../../runtime/core/bytes.ts';
import { InitError } from '../../../runtime/core/errors.ts';

/** The constant that TEA adds to its sum in each round. */
const DELTA = 0x9e37_79b9 | 0;
/** Rounds of TEA for each whole block of 16 bytes, and for the last block. */
const BLOCK_ROUNDS = 6;
const LAST_BLOCK_ROUNDS = 10;

/** The buffer for the bytes of ASCII names. */
const scratch = new Uint8Array(4096);
/** The key and the state of the cipher: the block being hashed, and the hash so far. */
const cipherKey = new Int32Array(4);
const cipherState = new Int32Array(2);

/** Encrypts `state` with `key` by this number of TEA rounds, and adds the result to `state`. */
function runRounds(roundCount: number): void {
  const [k0, k1, k2, k3] = cipherKey as unknown as [number, number, number, number];
  let b0 = cipherState[0]!;
  let b1 = cipherState[1]!;
  let sum = 0;
  for (let round = 0; round < roundCount; round++) {
    sum = (sum + DELTA) | 0;
    b0 = (b0 + (((b1 << 4) + k0) ^ (b1 + sum) ^ ((b1 >>> 5) + k1))) | 0;
    b1 = (b1 + (((b0 << 4) + k2) ^ (b0 + sum) ^ ((b0 >>> 5) + k3))) | 0;
  }
  cipherState[0] = (cipherState[0]! + b0) | 0;
  cipherState[1] = (cipherState[1]! + b1) | 0;
}

/** Reads four bytes, little-endian. */
const readWord = (bytes: Uint8Array, position: number): number =>
  bytes[position]! |
  (bytes[position + 1]! << 8) |
  (bytes[position + 2]! << 16) |
  (bytes[position + 3]! << 24);

/** Makes the last block's padding: the length in each of four bytes. A length over 255 overflows as in GlusterFS. */
function makePadding(length: number): number {
  const pair = length | (length << 8);
  return pair | (pair << 16);
}

/** Hashes the first `length` bytes to an unsigned number of 32 bits. */
export function hashBytes(bytes: Uint8Array, length: number = bytes.length): number {
  // GlusterFS's initial state.
  cipherState[0] = 0x9464_a485 | 0;
  cipherState[1] = 0x542e_1a94;
  const padding = makePadding(length);
  let position = 0;
  for (; length - position >= 16; position += 16) {
    for (let i = 0; i < 4; i++) cipherKey[i] = readWord(bytes, position + 4 * i);
    runRounds(BLOCK_ROUNDS);
  }
  for (let i = 0; i < 4; i++) {
    if (length - position >= 4) {
      cipherKey[i] = readWord(bytes, position);
      position += 4;
      continue;
    }
    let lastWord = padding;
    // The shifts extend the sign, as `char` is signed in the original.
    for (; position < length; position++)
      lastWord = (lastWord << 8) | ((bytes[position]! << 24) >> 24);
    cipherKey[i] = lastWord;
  }
  runRounds(LAST_BLOCK_ROUNDS);
  return (cipherState[0]! ^ cipherState[1]!) >>> 0;
}

/** Hashes a name or path as the runtime represents it (`core/bytes.ts`). */
export function hashName(name: string): number {
  const { length } = name;
  if (length <= scratch.length) {
    let index = 0;
    for (; index < length; index++) {
      const code = name.charCodeAt(index);
      if (code >= 0x80) break;
      scratch[index] = code;
    }
    if (index === length) return hashBytes(scratch, length);
  }
  return hashBytes(encodeName(name));
}

/** Matches the temporary names of rsync, `.NAME.SUFFIX`, which are placed as NAME. */
export const RSYNC_REGEX = '^\\.(.+)\\.[^.]+$';
/** The value of both options that disables them. */
const DISABLED = 'none';

/**
 * Syntax of POSIX extended regular expressions that JavaScript interprets differently: classes (`[[:alpha:]]`), a
 * bracket or backslash in brackets, a backslash before a letter. Refused, as all clients must agree.
 */
const INCOMPATIBLE_SYNTAX = /\[[:.=]|\[\^?\]|\[[^\]]*\\|\\[a-z0-9]/i;

/** Compiles the value of an option; null if it is absent or 'none'. @throws {InitError} */
function compileRegex(option: string, text: string | undefined): RegExp | null {
  if (text === undefined || text === DISABLED) return null;
  try {
    const match = INCOMPATIBLE_SYNTAX.exec(text);
    if (match !== null) throw new SyntaxError(`'${match[0]}' means something else in GlusterFS`);
    return new RegExp(text, 's');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InitError(
      `option '${option}': '${text}' is not a supported regular expression (${reason}); ` +
        `'${DISABLED}' disables the option`,
    );
  }
}

/** Hashes the names of a volume. */
export class NameHash {
  private readonly extraRegex: RegExp | null;
  private readonly rsyncRegex: RegExp | null;
  /** Whether only names that begin with a dot can match, so that other names need no match. */
  private readonly appliesToDotsOnly: boolean;

  /**
   * @param rsyncOption the value of option rsync-hash-regex
   * @param extraOption the value of option extra-hash-regex, which is tried first
   * @throws {InitError} for an invalid expression
   */
  constructor(rsyncOption: string, extraOption?: string) {
    this.rsyncRegex = compileRegex('rsync-hash-regex', rsyncOption);
    this.extraRegex = compileRegex('extra-hash-regex', extraOption);
    this.appliesToDotsOnly =
      this.extraRegex === null && (this.rsyncRegex === null || rsyncOption === RSYNC_REGEX);
  }

  /** Selects the part of a name that is hashed. */
  selectPart(name: string): string {
    // 0x2e is the dot.
    if (this.appliesToDotsOnly && name.charCodeAt(0) !== 0x2e) return name;
    return matchFirstGroup(this.extraRegex, name) ?? matchFirstGroup(this.rsyncRegex, name) ?? name;
  }

  /** Hashes a name, or the part of it that a regular expression selects. */
  compute(name: string): number {
    return hashName(this.selectPart(name));
  }
}

/** Returns the first group of a match; null without a match. */
const matchFirstGroup = (regex: RegExp | null, name: string): string | null =>
  regex?.exec(name)?.[1] ?? null;
