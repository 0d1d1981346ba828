import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from '../../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../../files/media-file/testing/running-cms.ts';

const TWO_FIELDS = `mutation ($one: Upload!, $two: Upload!) {
  one: uploadMedia(input: { file: $one }) { mediaFile { id } userErrors { code field } }
  two: uploadMedia(input: { file: $two }) { mediaFile { id } userErrors { code field } }
}`;

let cms: RunningCms;
let large: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  cms = await runCms({ uploadMaxBytes: 10_000_000 });
  // Bytes after the end of the image make the file larger than any buffer on the way.
  large = new Uint8Array(Buffer.concat([await drawJpeg(20, 20), Buffer.alloc(3_000_000)]));
});
afterAll(() => cms.close());

const send = (...order: ('one' | 'two')[]) => {
  const files = order.map((name) => [`variables.${name}`, new File([large], 'a.jpg')] as const);
  return cms.graphql(TWO_FIELDS, { one: null, two: null }, { files: Object.fromEntries(files) });
};

test('rejects two fields whose files arrive in another order, and leaves nothing', async () => {
  const { data } = await send('two', 'one');
  const refused = {
    mediaFile: null,
    userErrors: [{ code: 'UPLOAD_INCOMPLETE', field: ['input', 'file'] }],
  };
  expect(data).toEqual({ one: refused, two: refused });
  expect(await cms.traces()).toEqual({ rows: 0, files: [] });
});

test('accepts two fields whose files arrive in order', async () => {
  const { data } = await send('one', 'two');
  const taken = { mediaFile: { id: expect.any(String) }, userErrors: [] };
  expect(data).toEqual({ one: taken, two: taken });
});
