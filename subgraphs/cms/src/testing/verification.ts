import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@federated-media/subgraph-kit/logger';
import { afterAll, expect } from 'vitest';
import { sanitizedPathOf } from '../storage/staging.ts';
import { DEFAULT_ACCEPTANCE } from '../files/file-types/acceptance.ts';
import type { Claims } from '../files/file-types/claims.ts';
import { createVerifier } from '../intake/verification/verifier.ts';
import { temporaryFolder } from './folder.ts';

/** A verifier for all tests of a file, because starting its worker takes time. */
export function useVerifier({ maxPixels = 1_000_000, acceptance = DEFAULT_ACCEPTANCE } = {}) {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const verifier = createVerifier({ maxPixels, acceptance, workers: 1, logger });
  afterAll(() => verifier.stop());

  async function verifyIn(folder: string, bytes: Buffer, claims: Claims) {
    const path = join(folder, 'staged');
    await writeFile(path, bytes);
    const file = { storeId: 'ours', path, byteSize: bytes.length, ...claims };
    return { path, verdict: await verifier.verify(file) };
  }

  return {
    verifier,
    async verify(bytes: Buffer, originalFilename = '', declaredMimeType = '') {
      const claims = { originalFilename, declaredMimeType };
      return (await verifyIn(await temporaryFolder(), bytes, claims)).verdict;
    },
    /** The sanitized version of an SVG. */
    async clean(source: string | Buffer): Promise<string> {
      const claims = { originalFilename: 'drawing.svg', declaredMimeType: 'image/svg+xml' };
      const { path, verdict } = await verifyIn(
        await temporaryFolder(),
        Buffer.from(source),
        claims,
      );
      if (!('isSanitized' in verdict)) throw new Error(JSON.stringify(verdict));
      return readFile(sanitizedPathOf(path), 'utf8');
    },
  };
}

export const refusal = (code: string) => ({ refused: { code, message: expect.any(String) } });
