/** A process with a verifier at work on the file named, to be killed. */
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
