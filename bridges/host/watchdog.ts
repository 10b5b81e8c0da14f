/** The former place of `limits/watchdog.ts`, for test/mount/too-long-ends.mount.more.test.ts. */
export { newWord } from './limits/watchdog.ts';
