/** Runs the bridge contract's tests of objects of ended requests, with modules in JavaScript. */
import { join } from 'node:path';
import { describe } from 'vitest';
import { expiredContract } from '../bridge/expired.ts';

describe('JavaScript modules: objects of an ended request', () =>
  expiredContract(join(import.meta.dirname, '../bridge/javascript')));
