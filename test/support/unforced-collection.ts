/**
 * Leaves garbage to V8 while test files share a process, by its setup file. A server collects it after every fourth
 * start or end of an interpreter; the tests' heap is many times as large, and so are the pauses.
 */
import { nodeMachine } from '../../bridges/machine/node/index.ts';

nodeMachine.collectGarbage = () => {};
