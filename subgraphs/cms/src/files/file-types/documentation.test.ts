import { expect, test } from 'vitest';
import { documentTypes } from './documentation.ts';

test('docs/file-types.md is generated from the table; run this test with --update after a change', async () => {
  await expect(documentTypes()).toMatchFileSnapshot('../../../../../docs/file-types.md');
});
