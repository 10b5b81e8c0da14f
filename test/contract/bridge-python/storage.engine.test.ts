/** The storage contract under a module that passes everything on in callbacks. */
import { storageContract } from '../bridge/storage.ts';

storageContract('both');
