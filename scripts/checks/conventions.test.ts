import { expect, test } from 'vitest';

import { consumerWords } from './consumer-words.ts';
import { isIgnoredBy } from './source-files.ts';
import { machineTraces } from './portability.ts';

const file = (path: string, text: string) => [{ path, text }];

test.each(['productId', 'product_id', 'GalleryMedia', 'the blog', 'artworks', 'CATALOG_PORT'])(
  'the CMS may not say %s',
  (words) => {
    expect(consumerWords(file('subgraphs/cms/src/a.ts', `one\n${words}\n`))).toHaveLength(1);
  },
);

test('a file of the CMS may not be named after a consumer', () => {
  expect(consumerWords(file('subgraphs/cms/src/product.ts', ''))).toHaveLength(1);
});

test.each([
  'NODE_ENV=production',
  'pg_catalog.pg_class',
  '<< /Type /Catalog >>',
  'byproduct',
  'a POST request',
])('the CMS may say %s', (words) =>
  expect(consumerWords(file('subgraphs/cms/src/a.ts', words))).toEqual([]),
);

test.each([
  ['a.ts', ['cd ', 'home', 'somebody'].join('/')],
  ['README.md', ['cd ', 'tmp', 'project'].join('/')],
  ['pnpm-lock.yaml', 'resolution: {tarball: https://example.com/a.tgz}'],
  ['.npmrc', 'registry=http://127.0.0.1:4873/'],
])('%s may not hold %s', (path, text) => {
  expect(machineTraces(file(path, text))).toHaveLength(1);
});

test.each([
  ['a.ts', "new URL('https://example.com/home/page')"],
  ['a.ts', '`${folder}/tmp/x`'],
  ['README.md', 'from the npm registry: https://www.npmjs.com'],
])('%s may hold %s', (path, text) => {
  expect(machineTraces(file(path, text))).toEqual([]);
});

test('what .gitignore leaves out is not checked, and what we cannot read of it is refused', () => {
  const isIgnored = isIgnoredBy(['node_modules/', '*.log', '', '# generated code']);
  expect(['node_modules', '.git', 'a.log', 'log', 'src'].map(isIgnored)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(() => isIgnoredBy(['/build/*', '!keep'])).toThrow('/build/*');
});
