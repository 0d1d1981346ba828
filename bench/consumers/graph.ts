import type { Pool } from 'undici';
import { z } from 'zod';

const Answer = z.object({ data: z.record(z.string(), z.unknown()) });
const Id = z.object({ id: z.string() });
const Shown = z.object({ mediaAssociations: z.array(z.unknown()) });

/** Creates a product, an artwork and a post in the store `demo`. */
export function createEntities(gateway: Pool) {
  async function ask(query: string, variables: object = {}): Promise<Record<string, unknown>> {
    const { body } = await gateway.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return Answer.parse(await body.json()).data;
  }

  return {
    ask,
    /** Returns the ids by the field that reads each entity. */
    async make(sku: string): Promise<ReadonlyMap<string, string>> {
      const data = await ask(`mutation {
        product: createProduct(input: { sku: "${sku}", name: "A chair" }) { made: product { id } }
        artwork: createArtwork(input: { title: "A painting" }) { made: artwork { id } }
        post: createPost(input: { title: "A post", body: "Text." }) { made: post { id } }
      }`);
      return new Map(
        Object.entries(data).map(([field, payload]) => [
          field,
          z.object({ made: Id }).parse(payload).made.id,
        ]),
      );
    },
    /** The number of files of an entity. */
    async countOf(field: string, id: string): Promise<number> {
      const data = await ask(
        `query ($id: ID!) { ${field}(id: $id) { mediaAssociations { id } } }`,
        { id },
      );
      return Shown.parse(data[field]).mediaAssociations.length;
    },
  };
}
export type Entities = ReturnType<typeof createEntities>;
