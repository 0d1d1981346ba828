import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawJpeg } from './testing/draw-jpeg.ts';
import { type RunningCms, runCms } from './testing/running-cms.ts';

let cms: RunningCms;
const ids: Record<'PUBLIC' | 'PRIVATE', string> = { PUBLIC: '', PRIVATE: '' };
beforeAll(async () => {
  cms = await runCms();
  for (const visibility of ['PUBLIC', 'PRIVATE'] as const) {
    const details = { visibility, description: 'For editors', altText: 'A beach' };
    ids[visibility] = (await cms.upload(await drawJpeg(), { input: { details } })).mediaFile.id;
  }
});
afterAll(() => cms.close());

/** As the gateway does for the files of entities of other subgraphs. */
async function read(visibility: 'PUBLIC' | 'PRIVATE', fields: string, scope: string) {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on MediaFile { ${fields} } } }`;
  const of = [{ __typename: 'MediaFile', id: ids[visibility] }];
  const { data, errors = [] } = await cms.graphql(query, { of }, { scope });
  const [file] = data!['_entities'];
  return { file, codes: [...new Set(errors.map(({ extensions }) => extensions.code))] };
}

const PAGE = `id title mediaType mimeType fileSize width height animated duration altText altTexts { text }
  decorative focalPoint { x } originalFilename visibility status createdAt updatedAt`;
const CONTENT = 'url srcSet placeholder';

test('a token for an entity reads what a page needs of a PUBLIC file', async () => {
  const { file, codes } = await read('PUBLIC', `${PAGE} ${CONTENT} previewUrl`, 'things:read');
  expect(codes).toEqual([]);
  expect(file).toMatchObject({ altText: 'A beach', mimeType: 'image/jpeg', status: 'READY' });
  expect(file.url).toContain('http');
  expect(file.srcSet).toContain('http');
  expect(file.placeholder).toContain('data:');
});

test('it does not see the content of a PRIVATE file, and the rest of the page stays', async () => {
  const { file, codes } = await read('PRIVATE', `${PAGE} ${CONTENT} previewUrl`, 'things:read');
  expect(codes).toEqual(['FORBIDDEN']);
  expect(file).toMatchObject({ altText: 'A beach', visibility: 'PRIVATE', mimeType: 'image/jpeg' });
  expect(file).toMatchObject({ url: null, srcSet: null, placeholder: null, previewUrl: null });
});

test('the content of a PRIVATE file is visible with media:read', async () => {
  const { file, codes } = await read('PRIVATE', CONTENT, 'media:read');
  expect(codes).toEqual([]);
  expect([typeof file.url, typeof file.srcSet, typeof file.placeholder]).toEqual(
    Array(3).fill('string'),
  );
});

test.each(['PUBLIC', 'PRIVATE'] as const)(
  'the fields of the library of a %s file need media:read',
  async (visibility) => {
    const nullable = await read(visibility, 'id description failure trashedAt', 'things:read');
    expect(nullable).toEqual({
      file: { id: ids[visibility], description: null, failure: null, trashedAt: null },
      codes: ['FORBIDDEN'],
    });
    const others = [
      'checksum',
      'folder',
      'tags',
      'usageCount',
      'usages { totalCount }',
      'version',
      'contentVersions { number }',
    ];
    for (const field of others) {
      const refused = await read(visibility, field, 'things:read media:write');
      expect(refused).toEqual({ file: null, codes: ['FORBIDDEN'] });
      expect((await read(visibility, field, 'media:read')).codes).toEqual([]);
    }
  },
);
