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
  // Bytes behind the picture are no part of it; they make the file larger than any buffer on its way.
  large = new Uint8Array(Buffer.concat([await drawJpeg(20, 20), Buffer.alloc(3_000_000)]));
});
afterAll(() => cms.close());

const send = (...order: ('one' | 'two')[]) => {
  const files = order.map((name) => [`variables.${name}`, new File([large], 'a.jpg')] as const);
  return cms.graphql(TWO_FIELDS, { one: null, two: null }, { files: Object.fromEntries(files) });
};

test('two fields whose files come in another order are refused, and nothing is left', async () => {
  const { data } = await send('two', 'one');
  const refused = {
    mediaFile: null,
    userErrors: [{ code: 'UPLOAD_INCOMPLETE', field: ['input', 'file'] }],
  };
  expect(data).toEqual({ one: refused, two: refused });
  expect(await cms.traces()).toEqual({ rows: 0, files: [] });
});

test('two fields whose files come in their order are both taken', async () => {
  const { data } = await send('one', 'two');
  const taken = { mediaFile: { id: expect.any(String) }, userErrors: [] };
  expect(data).toEqual({ one: taken, two: taken });
});
