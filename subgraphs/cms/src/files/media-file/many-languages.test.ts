import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from './testing/draw-jpeg.ts';
import { type RunningCms, runCms } from './testing/running-cms.ts';

const UPDATE = `mutation ($input: UpdateMediaInput!) { updateMedia(input: $input) {
  mediaFile { altTexts { locale } } userErrors { code message field }
} }`;

let cms: RunningCms;
beforeAll(async () => {
  cms = await runCms();
});
afterAll(() => cms.close());

/** Languages for private use (ISO 639-2): `qaa`, `qab` … */
const languages = (from: number, to: number) =>
  Array.from({ length: to - from }, (_none, index) => {
    const [letter, next] = [Math.floor((from + index) / 26), (from + index) % 26];
    return `q${String.fromCharCode(97 + letter, 97 + next)}`;
  });

test('a file has texts in at most 100 languages, also after several changes', async () => {
  const { id } = (await cms.upload(await drawJpeg(), {})).mediaFile;
  const change = async (locales: string[], text: string | null) => {
    const altTexts = locales.map((locale) => ({ locale, text }));
    const { data } = await cms.graphql(UPDATE, { input: { id, details: { altTexts } } });
    const { mediaFile, userErrors } = data!['updateMedia'];
    return { count: mediaFile?.altTexts.length, userErrors };
  };
  expect(await change(languages(0, 60), 'x')).toEqual({ count: 60, userErrors: [] });
  expect(await change(languages(60, 101), 'x')).toEqual({
    count: undefined,
    userErrors: [
      {
        code: 'INVALID',
        message: 'The file would have texts in more than 100 languages.',
        field: ['input', 'details', 'altTexts'],
      },
    ],
  });
  expect(await change(languages(50, 100), 'y')).toEqual({ count: 100, userErrors: [] });

  // From before this limit.
  await cms.store.pool.query(
    `INSERT INTO media_texts (media_id, store_id, locale, text) SELECT id, store_id, 'fr', 'x' FROM media_files`,
  );
  expect(await change(['fr'], 'y')).toEqual({ count: 101, userErrors: [] });
  expect((await change(['de'], 'y')).userErrors).toMatchObject([{ code: 'INVALID' }]);
  expect(await change(['fr'], null)).toEqual({ count: 100, userErrors: [] });
});
