/** A process whose verifier works on the given file. The test kills it. */
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { createVerifier } from '../intake/verification/verifier.ts';

const [, , path = '', byteSize = ''] = process.argv;
const logger = createLogger({ name: 'doomed', level: 'silent' });
const verifier = createVerifier({ maxPixels: 1e10, timeLimitMs: 60_000, workers: 1, logger });
void verifier.verify({
  path,
  byteSize: Number(byteSize),
  originalFilename: '',
  declaredMimeType: '',
});
