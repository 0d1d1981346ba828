import { afterAll, beforeAll, expect, test } from 'vitest';
import { office } from '../../../testing/archives.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const bytesOf = (text: string, encoding: BufferEncoding = 'utf8') =>
  new Uint8Array(Buffer.from(text, encoding));

async function uploadAndDownload(bytes: Uint8Array<ArrayBuffer>, name: string, type: string) {
  const { mediaFile, userErrors } = await cms.upload(bytes, { name, type });
  expect(userErrors).toEqual([]);
  const query = 'query ($id: ID!) { mediaFile(id: $id) { mediaType mimeType previewUrl } }';
  const { data } = await cms.graphql(query, { id: mediaFile.id });
  const response = await fetch(mediaFile.url);
  const received = new Uint8Array(await response.arrayBuffer());
  expect(received).toEqual(bytes);
  const header = (header: string) => response.headers.get(header);
  return {
    ...data!['mediaFile'],
    contentType: header('content-type'),
    disposition: header('content-disposition'),
    sniffing: header('x-content-type-options'),
  };
}

const SAVED = { mediaType: 'DOCUMENT', previewUrl: null, sniffing: 'nosniff' };

test('a document is saved under its name', async () => {
  const bytes = new Uint8Array(office());
  expect(await uploadAndDownload(bytes, 'Report v1.2.docx', 'application/zip')).toEqual({
    ...SAVED,
    mimeType: WORD,
    contentType: WORD,
    disposition: 'attachment; filename="Report v1.2.docx"',
  });
});

test.for([
  ['UTF-8', bytesOf('Name;K\u00e4se\n'), 'text/csv; charset=utf-8'],
  ['UTF-16', bytesOf('\uFEFFName;K\u00e4se\n', 'utf16le'), 'text/csv; charset=utf-16'],
  ['another encoding', bytesOf('Name;K\u00e4se\n', 'latin1'), 'text/csv'],
] as const)('a table in %s is saved with what is known of its encoding', async (given) => {
  const [, bytes, contentType] = given;
  expect(await uploadAndDownload(bytes, 'prices.csv', 'application/vnd.ms-excel')).toEqual({
    ...SAVED,
    mimeType: 'text/csv',
    contentType,
    disposition: 'attachment; filename=prices.csv',
  });
});

test('text without an extension is saved with one', async () => {
  const saved = await uploadAndDownload(bytesOf('Some notes'), 'notes', '');
  expect(saved).toMatchObject({ disposition: 'attachment; filename=notes.txt' });
});

test('a document with macros and a disguised page are rejected, and nothing is stored', async () => {
  const before = await cms.traces();
  const project = office({ more: [{ name: 'word/vbaProject.bin', body: 'a' }] });
  const results = [
    await cms.upload(new Uint8Array(project), { name: 'a.docx', type: WORD }),
    await cms.upload(bytesOf('<script>alert(1)</script>'), { name: 'a.csv', type: 'text/csv' }),
  ];
  expect(results.map(({ userErrors }) => userErrors[0].code)).toEqual([
    'UNSUPPORTED_TYPE',
    'TYPE_MISMATCH',
  ]);
  expect(await cms.traces()).toEqual(before);
});
