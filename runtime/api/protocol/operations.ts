/**
 * The table of operations of `glossa api`. Numbers stay the same for as long as the protocol has its version.
 * `npm run gen` derives the tables of the Python package and of docs/reference/api-protocol.md.
 */
import {
  connectionOperations,
  directoryOperations,
  fileOperations,
  objectOperations,
} from './handle-operations.ts';
import type { Operation } from './operation.ts';
import { attributeOperations, nameOperations } from './path-operations.ts';

/** Version of the protocol. */
export const PROTOCOL_VERSION = 1;

export const operationGroups: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  'The connection': connectionOperations,
  'Attributes by path': attributeOperations,
  'Names and trees': nameOperations,
  Files: fileOperations,
  Directories: directoryOperations,
  'Files by gfid': objectOperations,
};

/** Operations by their numbers. */
export const operationByNumber: readonly (Operation | undefined)[] = Object.values(operationGroups)
  .flatMap((group) => Object.values(group))
  .reduce<(Operation | undefined)[]>((table, operation) => {
    table[operation.number] = operation;
    return table;
  }, []);
