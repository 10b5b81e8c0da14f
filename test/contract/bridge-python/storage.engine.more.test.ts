/** The storage contract under a module that passes everything on: in callbacks, in coroutines. */
import { storageContract } from '../bridge/storage.ts';

storageContract('both', 'late');
