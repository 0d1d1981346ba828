import { expect, test } from 'vitest';
import { runCms } from '../../files/media-file/testing/running-cms.ts';
import { readPresets } from './presets.ts';

test('the presets of the server are listed: the defaults, and those of the setting', async () => {
  const presets = readPresets(
    '{"banner":{"width":900},"og":{"width":600,"height":315,"fit":"CONTAIN"}}',
  );
  const cms = await runCms({ presets });
  const { data } = await cms.graphql('{ imagePresets { name width height fit } }');
  await cms.close();
  expect(data).toEqual({
    imagePresets: [
      { name: 'thumbnail', width: 200, height: 200, fit: 'COVER' },
      { name: 'card', width: 480, height: 360, fit: 'COVER' },
      { name: 'hero', width: 1920, height: 1080, fit: 'COVER' },
      { name: 'og', width: 600, height: 315, fit: 'CONTAIN' },
      { name: 'banner', width: 900, height: null, fit: 'INSIDE' },
    ],
  });
});
