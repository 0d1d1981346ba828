import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@federated-media/stack/project';
import {
  type ObjectStore,
  noObjectStore,
  startObjectStore,
} from '@federated-media/stack/testing/object-store';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Answer, type Graph, openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

const reason = noObjectStore ? `: skipped, ${noObjectStore}` : '';

describe.skipIf(noObjectStore !== null)(`with files in an object store${reason}`, () => {
  let objectStore: ObjectStore;
  let stack: TestStack;
  let graph: Graph;
  let settings: Record<string, string>;

  beforeAll(async () => {
    objectStore = await startObjectStore(await temporaryFolder());
    settings = {
      STORAGE_URL: await objectStore.createBucket('media'),
      AWS_ACCESS_KEY_ID: objectStore.accessKeyId,
      AWS_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
    };
    stack = await openTestStack({ env: settings, subgraphs: ['cms', 'catalog'] });
    graph = await openGraph({ ...stack, urls: {} }, 'object-store');
  }, 180_000);
  afterAll(async () => {
    await stack.stop();
    await objectStore.stop();
  });

  test('an upload is served whole, in parts and rendered', async () => {
    const bytes = await plainJpeg(10);
    const { mediaFile, userErrors } = await graph.upload(bytes);
    expect(userErrors).toEqual([]);
    const { id, url } = mediaFile!;
    expect(await bytesAt(url)).toEqual(bytes);
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20));

    const query = `query ($id: ID!) {
      mediaFile(id: $id) { url(transform: { width: 40, format: WEBP }) }
    }`;
    const { data } = await graph.ask(query, { id });
    const rendition = z.object({ url: z.string() }).parse(data?.['mediaFile']);
    for (let time = 0; time < 2; time += 1) {
      const response = await fetch(rendition.url);
      expect(response.headers.get('content-type')).toBe('image/webp');
    }
  });

  test('a staged upload is published', async () => {
    const bytes = await plainJpeg(20);
    const created = await graph.ask(
      `mutation ($input: [StagedUploadInput!]!) {
        createStagedUploads(input: $input) {
          stagedUpload { id url } userErrors { code message }
        }
      }`,
      { input: [{ filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: bytes.length }] },
    );
    const [staged] = z
      .array(z.object({ stagedUpload: z.object({ id: z.string(), url: z.string() }) }))
      .parse(created.data?.['createStagedUploads']);
    const { id, url } = staged!.stagedUpload;
    const put = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'image/jpeg' },
      body: new Uint8Array(bytes),
    });
    expect(put.ok).toBe(true);
    const completed = await graph.ask(
      `mutation ($id: ID!) {
        completeStagedUpload(input: { id: $id }) { mediaFile { url } userErrors { code } }
      }`,
      { id },
    );
    const { mediaFile } = z
      .object({ mediaFile: z.object({ url: z.string() }) })
      .parse(completed.data?.['completeStagedUpload']);
    expect(await bytesAt(mediaFile.url)).toEqual(bytes);
  });

  test('replaced bytes have another URL, and a file in the trash returns with its URLs', async () => {
    const [first, second] = await Promise.all([plainJpeg(22), plainJpeg(23)]);
    const { mediaFile: uploaded } = await graph.upload(first);
    const { id } = uploaded!;
    const form = new FormData();
    const query = `mutation ($id: ID!, $file: Upload!) {
      replaceMediaContent(input: { id: $id, file: $file }) { mediaFile { url } userErrors { code } }
    }`;
    form.set('operations', JSON.stringify({ query, variables: { id, file: null } }));
    form.set('map', '{"0":["variables.file"]}');
    form.set('0', new File([new Uint8Array(second)], 'other.jpg', { type: 'image/jpeg' }));
    const { headers } = graph;
    const body = { method: 'POST', headers, body: form };
    const response = await fetch(`${stack.gatewayUrl}/graphql`, body);
    const { data } = Answer.parse(await response.json());
    const { mediaFile: replaced } = z
      .object({ mediaFile: z.object({ url: z.string() }) })
      .parse(data?.['replaceMediaContent']);
    expect(await bytesAt(replaced.url)).toEqual(second);
    expect(await bytesAt(uploaded!.url)).toEqual(first);

    const status = async () => (await fetch(replaced.url)).status;
    for (const [name, input, expected] of [
      ['deleteMedia', 'DeleteMediaInput', 404],
      ['restoreMedia', 'MediaIdInput', 200],
    ] as const) {
      const change = `mutation ($input: ${input}!) { ${name}(input: $input) { userErrors { code } } }`;
      expect((await graph.ask(change, { input: { id } })).data).toEqual({
        [name]: { userErrors: [] },
      });
      await expect.poll(status).toBe(expected);
    }
  });

  test('a purged file leaves no object, and all others are complete', async () => {
    const { mediaFile } = await graph.upload(await plainJpeg(30));
    const { id, url } = mediaFile!;
    for (const [name, input] of [
      ['deleteMedia', 'DeleteMediaInput'],
      ['purgeMedia', 'MediaIdInput'],
    ]) {
      const query = `mutation ($input: ${input}!) { ${name}(input: $input) { userErrors { code } } }`;
      expect((await graph.ask(query, { input: { id } })).data).toEqual({
        [name!]: { userErrors: [] },
      });
    }
    expect((await fetch(url)).status).toBe(404);
    await expect
      .poll(() => cms('verify', '--checksums'), { timeout: 40_000 })
      .toContain('no faults.');
    expect(await cms('sweep', '--grace-hours', '0', '--dry-run')).toContain('Would remove 0 ');
  });

  test('while the object store does not respond, requests end with an error that asks to retry', async () => {
    const bytes = await plainJpeg(40);
    const { mediaFile } = await graph.upload(bytes);
    process.kill(objectStore.pid, 'SIGSTOP');
    try {
      const [response, failed] = await Promise.all([
        fetch(mediaFile!.url),
        codeOfUpload(await plainJpeg(50)),
      ]);
      expect(response.status).toBe(503);
      expect(['OVERLOADED', 'TIMEOUT']).toContain(failed);
    } finally {
      process.kill(objectStore.pid, 'SIGCONT');
    }
    expect(await bytesAt(mediaFile!.url)).toEqual(bytes);
    const again = await graph.upload(await plainJpeg(50));
    expect(again.userErrors).toEqual([]);
  });

  test('a staged upload is PROCESSING until the object store has its bytes', async () => {
    const bytes = await plainJpeg(60);
    const Staged = z.tuple([
      z.object({ stagedUpload: z.object({ id: z.string(), url: z.string() }) }),
    ]);
    const created = await graph.ask(
      `mutation ($input: [StagedUploadInput!]!) {
        createStagedUploads(input: $input) { stagedUpload { id url } }
      }`,
      {
        input: [
          { filename: 'a.jpg', mimeType: 'image/jpeg', fileSize: bytes.length, protocol: 'TUS' },
        ],
      },
    );
    const [{ stagedUpload }] = Staged.parse(created.data?.['createStagedUploads']);
    const { id, url } = stagedUpload;
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    };
    const sent = await fetch(url, { method: 'PATCH', headers, body: new Uint8Array(bytes) });
    expect(sent.status).toBe(204);
    process.kill(objectStore.pid, 'SIGSTOP');
    try {
      const completed = await graph.ask(
        'mutation ($id: ID!) { completeStagedUpload(input: { id: $id }) { mediaFile { status url } } }',
        { id },
      );
      const mediaFile = { status: 'PROCESSING', url: null };
      expect(completed).toEqual({ data: { completeStagedUpload: { mediaFile } } });
    } finally {
      process.kill(objectStore.pid, 'SIGCONT');
    }
    const File = z.object({ status: z.string(), url: z.string().nullable() });
    const read = async () => {
      const query = 'query ($id: ID!) { mediaFile(id: $id) { status url } }';
      return File.parse((await graph.ask(query, { id })).data?.['mediaFile']);
    };
    await expect.poll(read).toMatchObject({ status: 'READY' });
    expect(await bytesAt((await read()).url!)).toEqual(bytes);
  });

  /** The error code of an upload that fails. */
  async function codeOfUpload(bytes: Buffer): Promise<unknown> {
    const query =
      'mutation ($file: Upload!) { uploadMedia(input: { file: $file }) { mediaFile { id } } }';
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables: { file: null } }));
    form.set('map', '{"0":["variables.file"]}');
    form.set('0', new File([new Uint8Array(bytes)], 'a.jpg', { type: 'image/jpeg' }));
    const { headers } = graph;
    const response = await fetch(`${stack.gatewayUrl}/graphql`, {
      method: 'POST',
      headers,
      body: form,
    });
    const { errors } = Answer.parse(await response.json());
    return z.object({ code: z.string() }).parse(errors?.[0]?.['extensions']).code;
  }

  async function bytesAt(url: string): Promise<Buffer> {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  }

  /** The output of `pnpm cms`. */
  async function cms(...args: string[]): Promise<string> {
    const env = {
      ...process.env,
      ...settings,
      DATA_DIR: stack.dataDir,
      CMS_DATABASE_URL: stack.postgres.url('cms'),
    };
    const program = join(projectRoot, 'scripts/cms.ts');
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env });
      return stdout;
    } catch (error) {
      return z.object({ stdout: z.string() }).parse(error).stdout;
    }
  }
});
