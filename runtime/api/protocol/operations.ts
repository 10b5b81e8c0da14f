/**
 * Lists the operations of `glossa api`. An operation keeps its number while the protocol keeps its version.
 * `npm run gen` derives the tables of the Python package and of docs/reference/api-protocol.md from it.
 */
import { chunkOperations, lockOperations, watchOperations } from './chunk-operations.ts';
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

/** The operations by name, in the groups of the reference. */
export const operationGroups: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  'The connection': connectionOperations,
  'Attributes by path': attributeOperations,
  'Names and trees': nameOperations,
  Files: fileOperations,
  Directories: directoryOperations,
  'Files by gfid': objectOperations,
  Chunks: chunkOperations,
  'Watches of chunks': watchOperations,
  'Locks that stay': lockOperations,
};

/** The operations, at the indexes that are their numbers. */
export const operationByNumber: readonly (Operation | undefined)[] = Object.values(operationGroups)
  .flatMap((group) => Object.values(group))
  .reduce<(Operation | undefined)[]>((table, operation) => {
    table[operation.number] = operation;
    return table;
  }, []);
