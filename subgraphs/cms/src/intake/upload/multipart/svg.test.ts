import { createHash } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';
import { type StagedClient, createStagedClient } from '../testing/staged-client.ts';

const FILE = '{ id url checksum fileSize mimeType mediaType filename width height }';
const READ = `query ($id: ID!) { mediaFile(id: $id) ${FILE} mediaQuota { usedBytes } }`;
const IMPORT = `mutation ($input: ImportMediaInput!) { importMedia(input: $input) {
  mediaFile ${FILE} userErrors { code } } }`;
const REPLACE = `mutation ($input: ReplaceMediaContentInput!) { replaceMediaContent(input: $input) {
  mediaFile { id version contentVersions { number checksum fileSize } } userErrors { code } } }`;
const CLAIMED = { name: 'logo.svg', type: 'image/svg+xml' };
const STAGED = { filename: 'logo.svg', mimeType: 'image/svg+xml' };

type Bytes = Uint8Array<ArrayBuffer>;
const bytesOf = (text: string): Bytes => new TextEncoder().encode(text);
const sha256 = (bytes: Bytes) => createHash('sha256').update(bytes).digest('hex');

let cms: RunningCms;
let staged: StagedClient;
let source: Server;
let seed = 0;
/** Different for each call. */
let sent: Bytes;
/** How it must be stored. */
let kept: Bytes;

beforeAll(async () => {
  source = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(sent);
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  const { port } = source.address() as AddressInfo;
  cms = await runCms({
    allowedHosts: new Set([`source.test:${port}`]),
    resolve: async () => ['127.0.0.1'],
  });
  staged = createStagedClient(cms);
});
beforeEach(() => {
  seed += 1;
  const drawing = (script: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12"><rect width="${seed}" height="12"/>${script}</svg>`;
  sent = bytesOf(`<?xml version="1.0"?>${drawing('<script>alert(1)</script>')}`);
  kept = bytesOf(drawing(''));
});
afterAll(async () => {
  source.close();
  await cms.close();
});

const importIt = async () => {
  const { port } = source.address() as AddressInfo;
  const input = { url: `http://source.test:${port}/logo.svg` };
  return (await cms.graphql(IMPORT, { input })).data!['importMedia'].mediaFile;
};
async function stageIt(given: object = {}) {
  const { id, url } = await staged.stage(sent, { ...STAGED, ...given });
  expect((await staged.put(url, sent)).status).toBe(200);
  return id;
}
const read = async (id: string) => (await cms.graphql(READ, { id })).data!;

const UPLOAD_METHODS: Record<string, () => Promise<{ id: string }>> = {
  'an upload': async () => (await cms.upload(sent, CLAIMED)).mediaFile,
  'a staged upload': async () => (await staged.complete({ id: await stageIt() })).mediaFile,
  'an import': importIt,
};

test.for(Object.keys(UPLOAD_METHODS))(
  '%s stores, counts, hashes and serves the sanitized bytes, and leaves nothing else',
  async (road) => {
    const before = (await read('none'))['mediaQuota'].usedBytes;
    const { id } = await UPLOAD_METHODS[road]!();
    const { mediaFile, mediaQuota } = await read(id);
    expect(mediaFile).toMatchObject({
      checksum: sha256(kept),
      fileSize: kept.length,
      mimeType: 'image/svg+xml',
      mediaType: 'IMAGE',
      filename: `${id}.svg`,
      width: 24,
      height: 12,
    });
    expect(mediaQuota.usedBytes - before).toBe(kept.length);
    const served = await fetch(mediaFile.url);
    expect(served.headers.get('content-type')).toBe('image/svg+xml');
    expect(new Uint8Array(await served.arrayBuffer())).toEqual(kept);
    expect((await cms.traces()).files.filter((name) => name.includes('.part'))).toEqual([]);
  },
);

test('stores an SVGZ as an SVG, with its name', async () => {
  const claimed = { name: 'logo.final.svgz', type: 'application/gzip' };
  const { mediaFile } = await cms.upload(new Uint8Array(gzipSync(sent)), claimed);
  const { data } = await cms.graphql(
    'query ($id: ID!) { mediaFile(id: $id) { originalFilename mimeType checksum } }',
    { id: mediaFile.id },
  );
  expect(data!['mediaFile']).toEqual({
    originalFilename: 'logo.final.svg',
    mimeType: 'image/svg+xml',
    checksum: sha256(kept),
  });
  const served = await fetch(mediaFile.url);
  expect(new Uint8Array(await served.arrayBuffer())).toEqual(kept);
});

test('sanitizes replaced content, which may equal the current bytes', async () => {
  const { mediaFile } = await cms.upload(await drawJpeg());
  const replace = async (bytes: Bytes) => {
    const files = { 'variables.input.file': new File([bytes], 'logo.svg') };
    const variables = { input: { id: mediaFile.id, file: null } };
    return (await cms.graphql(REPLACE, variables, { files })).data!['replaceMediaContent'];
  };
  const replaced = await replace(sent);
  expect(replaced).toMatchObject({
    mediaFile: {
      version: 2,
      contentVersions: [{ number: 2, checksum: sha256(kept), fileSize: kept.length }, {}],
    },
    userErrors: [],
  });
  expect(await replace(kept)).toEqual(replaced);
  expect(await replace(sent)).toEqual(replaced);
});

test('compares the declared checksum with the bytes as sent', async () => {
  const checksum = sha256(sent);
  const { mediaFile } = await staged.complete({ id: await stageIt({ checksum }) });
  expect(mediaFile.checksum).toBe(sha256(kept));
  const lie = await staged.stage(sent, { ...STAGED, checksum: sha256(kept) });
  expect((await staged.put(lie.url, sent)).status).toBe(422);
});

test('a drawing is a duplicate of its stored version, sent unsanitized or sanitized', async () => {
  const { mediaFile } = await cms.upload(sent, CLAIMED);
  for (const bytes of [sent, kept]) {
    const again = await cms.upload(bytes, { ...CLAIMED, input: { onDuplicate: 'REUSE' } });
    expect(again).toMatchObject({ mediaFile: { id: mediaFile.id }, reused: true });
    const refused = await cms.upload(bytes, { ...CLAIMED, input: { onDuplicate: 'REJECT' } });
    expect(refused).toMatchObject({ userErrors: [{ code: 'DUPLICATE' }] });
  }
  const completed = await staged.complete({ id: await stageIt(), onDuplicate: 'REUSE' });
  expect(completed).toMatchObject({ mediaFile: { id: mediaFile.id }, reused: true });
});

test('the same key and the same bytes are the same request', async () => {
  const call = { ...CLAIMED, input: { idempotencyKey: `key ${seed}` } };
  const { mediaFile } = await cms.upload(sent, call);
  expect(await cms.upload(sent, call)).toMatchObject({ mediaFile: { id: mediaFile.id } });
  expect(await cms.upload(kept, call)).toMatchObject({
    userErrors: [{ code: 'IDEMPOTENCY_MISMATCH' }],
  });
});

test('a rejected drawing leaves nothing behind', async () => {
  const before = await cms.traces();
  const hostile = bytesOf(
    '<!DOCTYPE svg [<!ENTITY a "a">]><svg xmlns="http://www.w3.org/2000/svg"/>',
  );
  expect(await cms.upload(hostile, CLAIMED)).toMatchObject({
    mediaFile: null,
    userErrors: [{ code: 'CORRUPT_FILE', field: ['input', 'file'] }],
  });
  const jpeg = await cms.upload(await drawJpeg(), { name: 'logo.svg', type: 'image/svg+xml' });
  expect(jpeg).toMatchObject({ userErrors: [{ code: 'TYPE_MISMATCH' }] });
  expect(await cms.traces()).toEqual(before);
});
