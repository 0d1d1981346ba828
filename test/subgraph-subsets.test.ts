import {
  type AssociationConsumer,
  mediaAssociationContract,
} from '@federated-media/media-consumer/testing/media-association-contract';
import { withClient } from '@federated-media/migrations/databases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contractCms, graphsOf } from './support/contract-cms.ts';
import { EDIT_URLS, artworks, contractConsumer, posts } from './support/contract-consumer.ts';
import { openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { productsConsumer } from './support/products.ts';
import { type TestStack, openTestStack } from './support/stack.ts';

/** A root field of each consumer, and the consumer in the form that the contract of associations uses. */
const consumers = [
  { name: 'catalog', list: 'products', open: productsConsumer },
  {
    name: 'art-gallery',
    list: 'artworks',
    open: artworksConsumer,
  },
  { name: 'blog', list: 'posts', open: (graphOf: GraphOf) => contractConsumer(graphOf, posts) },
] as const;
type GraphOf = ReturnType<typeof graphsOf>;

/** The CMS alone, and with each consumer. `packages/stack` composes all other subsets. */
const subsets = [[], ...consumers.map((consumer) => [consumer])];

describe.each(subsets.map((enabled) => [['cms', ...enabled.map(({ name }) => name)], enabled]))(
  '%s',
  (names, enabled) => {
    let stack: TestStack;
    beforeAll(async () => {
      stack = await openTestStack({ processes: 'many', subgraphs: names, env: EDIT_URLS });
    });
    afterAll(() => stack.stop());

    test('start, answer, and know nothing of the others', () => expectAnswers(stack, enabled));

    for (const consumer of enabled) {
      mediaAssociationContract(consumer.name, async () => {
        const graphOf = graphsOf(stack);
        return {
          cms: contractCms(stack, graphOf),
          consumer: consumer.open(graphOf, stack),
          close: async () => {},
        };
      });
    }
  },
);

/** The graph has no mutation that changes the title of an artwork. */
function artworksConsumer(graphOf: GraphOf, { postgres }: TestStack): AssociationConsumer {
  return {
    ...contractConsumer(graphOf, artworks),
    shown: {
      entityType: 'Artwork',
      async rename(_storeId, id, title) {
        await withClient(postgres.url('art_gallery'), (client) =>
          client.query('UPDATE artworks SET title = $2 WHERE id = $1', [id, title]),
        );
        return [];
      },
      editUrl: () => null,
    },
  };
}

const Fields = z.object({
  __type: z.object({ fields: z.array(z.object({ name: z.string() })) }),
});

async function expectAnswers(stack: TestStack, enabled: readonly { list: string }[]) {
  const graph = await openGraph(stack, 'subsets');
  const { mediaFile } = await graph.upload(await plainJpeg(120));
  expect(mediaFile?.mimeType).toBe('image/jpeg');

  const schema = await graph.ask('{ __type(name: "Query") { fields { name } } }');
  const fields = new Set(Fields.parse(schema.data).__type.fields.map(({ name }) => name));
  const lists = enabled.map(({ list }) => list);
  for (const { list } of consumers) expect(fields.has(list)).toBe(lists.includes(list));

  const selections = ['mediaLibrary', ...lists].map((list) => `${list} { totalCount }`);
  expect(await graph.ask(`{ ${selections.join(' ')} }`)).toEqual({
    data: {
      mediaLibrary: { totalCount: 1 },
      ...Object.fromEntries(lists.map((list) => [list, { totalCount: 0 }])),
    },
  });
}
