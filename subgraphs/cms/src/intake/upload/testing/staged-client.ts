import { expect } from 'vitest';
import type { RunningCms } from '../../../files/media-file/testing/running-cms.ts';

const CREATE = `mutation ($input: [StagedUploadInput!]!) { createStagedUploads(input: $input) {
  stagedUpload { id protocol url headers { name value } expiresAt } userErrors { code field message }
} }`;
const COMPLETE = `mutation ($input: CompleteStagedUploadInput!) { completeStagedUpload(input: $input) {
  mediaFile { id url checksum originalFilename mimeType folder trashedAt } reused userErrors { code field message }
} }`;

interface HttpHeader {
  name: string;
  value: string;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A client whose uploads bypass the graph. */
export function createStagedClient(cms: RunningCms) {
  async function create(input: object[], storeId = 'ours') {
    return cms.graphql(CREATE, { input }, { storeId });
  }

  return {
    create,

    /** A URL for `bytes`, declared as JPEG unless `given` overrides it. */
    async stage(bytes: Bytes, given: object = {}, storeId = 'ours') {
      const input = { filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: bytes.length, ...given };
      const { data } = await create([input], storeId);
      const [{ stagedUpload, userErrors }] = data!['createStagedUploads'];
      expect(userErrors).toEqual([]);
      const { id, url, headers }: { id: string; url: string; headers: HttpHeader[] } = stagedUpload;
      return { id, url, headers };
    },

    put: (url: string, body: Bytes, headers: Record<string, string> = {}) =>
      fetch(url, { method: 'PUT', body, headers }),

    async complete(input: object, storeId = 'ours') {
      const { data, errors } = await cms.graphql(COMPLETE, { input }, { storeId });
      if (errors) throw new Error(JSON.stringify(errors));
      return data!['completeStagedUpload'];
    },
  };
}
export type StagedClient = ReturnType<typeof createStagedClient>;
