import { composeProject } from '@federated-media/stack/composition';
import { withClient } from '@federated-media/migrations/databases';
import { describeStructure } from '@federated-media/migrations/catalog';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { createTestDatabase } from '@federated-media/stack/test-database';
import { expect, test } from 'vitest';
import { consumerWords } from './consumer-words.ts';

test('the composed schema of the CMS has no consumer words, also in descriptions', async () => {
  const text = await composeProject(allSubgraphs.filter(({ name }) => name === 'cms'));
  expect(text).toContain('type MediaFile');
  expect(consumerWords([{ path: 'schema', text }])).toEqual([]);
});

test('a migrated database of the CMS has no consumer words, also in functions', async () => {
  const database = await createTestDatabase('cms');
  const wordsIn = async () => {
    const text = [...(await describeStructure(database.url))].join('\n');
    expect(text).toContain('column media_files.id uuid');
    return consumerWords([{ path: 'database', text }]);
  };
  expect(await wordsIn()).toEqual([]);

  await withClient(database.url, (client) =>
    client.query('ALTER TABLE media_files ADD COLUMN product_id text'),
  );
  expect(await wordsIn()).toHaveLength(1);
  await database.drop();
});
