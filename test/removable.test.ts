import { expect, test } from 'vitest';
import { z } from 'zod';
import { openGraph } from './support/graph.ts';
import { plainJpeg } from './support/pictures.ts';
import { openTestStack } from './support/stack.ts';

const Fields = z.object({
  __type: z.object({ fields: z.array(z.object({ name: z.string() })) }),
});

/** What is there to ask each subgraph for, beside the CMS. */
const LISTS = { catalog: 'products', 'art-gallery': 'artworks', blog: 'posts' } as const;
type Consumer = keyof typeof LISTS;
const consumers = Object.keys(LISTS) as Consumer[];

/** Every selection of consumers but all of them, which the other journeys run on. */
const selections = Array.from({ length: 2 ** consumers.length - 1 }, (_none, bits) =>
  consumers.filter((_name, index) => bits & (1 << index)),
);

test.each(selections.map((enabled) => [['cms', ...enabled].join(', '), enabled] as const))(
  '%s start, answer, and know nothing of the others',
  async (_what, enabled) => {
    const stack = await openTestStack({ subgraphs: ['cms', ...enabled] });
    try {
      const graph = await openGraph(stack, 'removable');
      const { mediaFile } = await graph.upload(await plainJpeg(120));
      expect(mediaFile?.mimeType).toBe('image/jpeg');

      const schema = await graph.ask('{ __type(name: "Query") { fields { name } } }');
      const names = new Set(Fields.parse(schema.data).__type.fields.map(({ name }) => name));
      for (const consumer of consumers) {
        expect(names.has(LISTS[consumer])).toBe(enabled.includes(consumer));
      }
      const lists = ['mediaLibrary', ...enabled.map((consumer) => LISTS[consumer])];
      const query = `{ ${lists.map((list) => `${list} { totalCount }`).join(' ')} }`;
      expect(await graph.ask(query)).toEqual({
        data: Object.fromEntries(
          lists.map((list) => [list, { totalCount: list === 'mediaLibrary' ? 1 : 0 }]),
        ),
      });
    } finally {
      await stack.stop();
    }
  },
);
