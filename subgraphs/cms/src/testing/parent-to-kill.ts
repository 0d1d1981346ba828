/** A process whose verifier works on the given file. The test kills it. */
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { DEFAULT_ACCEPTANCE } from '../files/file-types/acceptance.ts';
import { createVerifier } from '../intake/verification/verifier.ts';

const [, , path = '', byteSize = ''] = process.argv;
const logger = createLogger({ name: 'doomed', level: 'silent' });
const verifier = createVerifier({
  maxPixels: 1e10,
  acceptance: DEFAULT_ACCEPTANCE,
  cpuLimitMs: 60_000,
  workers: 1,
  logger,
});
void verifier.verify({
  storeId: 'ours',
  path,
  byteSize: Number(byteSize),
  originalFilename: '',
  declaredMimeType: '',
});
