import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, expect } from 'vitest';
import { createVerifier } from '../verification/verifier.ts';
import { temporaryFolder } from './folder.ts';

/** A verifier for all tests of a file: starting its worker is what takes time. */
export function useVerifier({ maxPixels = 1_000_000 } = {}) {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const verifier = createVerifier({ maxPixels, workers: 1, logger });
  afterAll(() => verifier.stop());

  return {
    verifier,
    async verify(bytes: Buffer, originalFilename = '', declaredMimeType = '') {
      const path = join(await temporaryFolder(), 'staged');
      await writeFile(path, bytes);
      const byteSize = bytes.length;
      return verifier.verify({ path, byteSize, originalFilename, declaredMimeType });
    },
  };
}

export const refusal = (code: string) => ({ refused: { code, message: expect.any(String) } });
