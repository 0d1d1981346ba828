import { Pool } from 'undici';
import { z } from 'zod';
import { type Bytes, toBody } from './client.ts';

const CREATE =
  'mutation($f: [StagedUploadInput!]!) { createStagedUploads(input: $f) { stagedUpload { id url headers { name value } } userErrors { code message } } }';
const COMPLETE =
  'mutation($id: ID!) { completeStagedUpload(input: { id: $id }) { mediaFile { id checksum fileSize } userErrors { code message } } }';

const StagedUpload = z.object({
  id: z.string(),
  url: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
});
type StagedUpload = z.output<typeof StagedUpload>;

const Created = z.object({
  data: z.object({
    createStagedUploads: z.array(z.object({ stagedUpload: StagedUpload })),
  }),
});
const Completed = z.object({
  data: z.object({ completeStagedUpload: z.object({ mediaFile: z.object({ id: z.string() }) }) }),
});

const CHUNK_BYTES = 8 * 2 ** 20;

interface Chunk {
  readonly byteSize: number;
  readonly body: readonly Buffer[];
}

function* chunksOf(body: Bytes): Generator<Chunk> {
  let collected: Buffer[] = [];
  let byteSize = 0;
  for (const bytes of Buffer.isBuffer(body) ? [body] : body) {
    collected.push(bytes);
    byteSize += bytes.length;
    if (byteSize < CHUNK_BYTES) continue;
    yield { byteSize, body: collected };
    collected = [];
    byteSize = 0;
  }
  if (byteSize > 0) yield { byteSize, body: collected };
}

export interface FileToStage {
  filename: string;
  mimeType: string;
  fileSize: number;
  body: Bytes;
}

/** Uploads in three steps: URLs, the bytes, the completion. `connections`: to the server that gets the bytes. */
export function createStagedClient(gateway: Pool, connections: number) {
  let cms: Pool | undefined;

  async function ask(query: string, variables: object): Promise<unknown> {
    const { body } = await gateway.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      headersTimeout: 120_000,
    });
    return body.json();
  }

  async function send({ url, headers }: StagedUpload, { fileSize, body }: FileToStage) {
    const { origin, pathname, search } = new URL(url);
    cms ??= new Pool(origin, { connections });
    const answer = await cms.request({
      method: 'PUT',
      path: `${pathname}${search}`,
      headers: {
        ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
        'content-length': `${fileSize}`,
      },
      body: toBody(body),
      headersTimeout: 120_000,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`The bytes were rejected: ${text}`);
  }

  /** Chunks of 8 MiB, one after the other, by tus 1.0. */
  async function sendResumable({ url }: StagedUpload, { body }: FileToStage) {
    const { origin, pathname, search } = new URL(url);
    cms ??= new Pool(origin, { connections });
    let offset = 0;
    for (const chunk of chunksOf(body)) {
      const answer = await cms.request({
        method: 'PATCH',
        path: `${pathname}${search}`,
        headers: {
          'tus-resumable': '1.0.0',
          'content-type': 'application/offset+octet-stream',
          'content-length': `${chunk.byteSize}`,
          'upload-offset': `${offset}`,
        },
        body: toBody(chunk.body),
        headersTimeout: 120_000,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 204) throw new Error(`A chunk was rejected: ${text}`);
      offset += chunk.byteSize;
    }
  }

  return {
    /** One file of which chunks are sent. */
    async uploadResumable({ body, ...file }: FileToStage) {
      const { data } = Created.parse(await ask(CREATE, { f: [{ ...file, protocol: 'TUS' }] }));
      const [created] = data.createStagedUploads;
      if (!created) throw new Error('The staged upload is missing.');
      await sendResumable(created.stagedUpload, { body, ...file });
      Completed.parse(await ask(COMPLETE, { id: created.stagedUpload.id }));
    },

    /** One after the other, with one request for all URLs. At most 20. */
    async upload(files: readonly FileToStage[]) {
      const described = files.map(({ body: _bytes, ...file }) => file);
      const { data } = Created.parse(await ask(CREATE, { f: described }));
      for (const [index, file] of files.entries()) {
        const created = data.createStagedUploads[index];
        if (!created) throw new Error('A staged upload is missing.');
        await send(created.stagedUpload, file);
        Completed.parse(await ask(COMPLETE, { id: created.stagedUpload.id }));
      }
    },
    close: async () => cms?.close(),
  };
}
