import type { ContractCms } from '@federated-media/media-consumer/testing/media-association-contract';
import { expect } from 'vitest';
import { z } from 'zod';
import { type Graph, openGraph } from './graph.ts';
import { plainJpeg } from './pictures.ts';
import type { TestStack } from './stack.ts';

const Usages = z.object({
  mediaFile: z.object({
    usageCount: z.number(),
    usages: z.object({ nodes: z.array(z.object({ consumer: z.string() })) }),
  }),
});

const Labels = z.object({
  mediaFile: z.object({
    usages: z.object({
      nodes: z.array(z.object({ label: z.string().nullable(), url: z.string().nullable() })),
    }),
  }),
});

/** The client of each store, created on first use. */
export function graphsOf(stack: TestStack): (storeId: string) => Promise<Graph> {
  const graphs = new Map<string, Promise<Graph>>();
  return (storeId) => {
    const graph = graphs.get(storeId) ?? openGraph(stack, storeId);
    graphs.set(storeId, graph);
    return graph;
  };
}

/** The real CMS of a stack in the form that the contract of associations uses. */
export function contractCms(
  stack: TestStack,
  graphOf: (storeId: string) => Promise<Graph>,
): ContractCms {
  let hue = 0;
  const cms = () => stack.processes.find(({ name }) => name === 'cms')!;

  async function change(storeId: string, mutation: string) {
    const { data, errors } = await (await graphOf(storeId)).ask(`mutation { done: ${mutation} }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ done: { userErrors: [] } });
  }

  return {
    async upload(storeId) {
      hue = (hue + 7) % 360;
      const { mediaFile } = await (await graphOf(storeId)).upload(await plainJpeg(hue));
      return mediaFile!.id;
    },
    async usages(storeId, mediaId) {
      const { data } = await (
        await graphOf(storeId)
      ).ask(
        'query ($id: ID!) { mediaFile(id: $id) { usageCount usages { nodes { consumer } } } }',
        {
          id: mediaId,
        },
      );
      const { mediaFile } = Usages.parse(data);
      return {
        count: mediaFile.usageCount,
        consumers: mediaFile.usages.nodes.map(({ consumer }) => consumer),
      };
    },
    async labels(storeId, mediaId) {
      const query = 'query ($id: ID!) { mediaFile(id: $id) { usages { nodes { label url } } } }';
      const { data } = await (await graphOf(storeId)).ask(query, { id: mediaId });
      return Labels.parse(data).mediaFile.usages.nodes;
    },
    trash: (storeId, mediaId) =>
      change(
        storeId,
        `deleteMedia(input: { id: "${mediaId}", force: true }) { userErrors { code } }`,
      ),
    restore: (storeId, mediaId) =>
      change(storeId, `restoreMedia(input: { id: "${mediaId}" }) { userErrors { code } }`),
    purge: (storeId, mediaId) =>
      change(storeId, `purgeMedia(input: { id: "${mediaId}" }) { userErrors { code } }`),
    async kill() {
      process.kill(cms().pid, 'SIGKILL');
      // Until the CMS no longer responds.
      await expect
        .poll(async () => {
          const { errors } = await (await graphOf('nobody')).ask('{ mediaLibrary { totalCount } }');
          return errors?.length;
        })
        .toBe(1);
    },
    revive: () => cms().restart(),
  };
}
