import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Module } from '@federated-media/subgraph-kit/module';
import { runChore } from '@federated-media/subgraph-kit/process';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { createPurge } from './associations/repository.ts';
import { createCmsClient } from './cms-client.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { readConsumerSettings } from './settings.ts';
import { type Consumer, createConsumerSubgraph } from './subgraph.ts';

/** A consumer as its `main.ts` exports it. */
export const consumerModule = <
  Client extends { $disconnect(): Promise<void> },
  Context extends RequestScope,
>(
  consumer: Consumer<Client, Context>,
): Module => ({
  name: consumer.name,
  async start({ env, network, logger }) {
    const { databaseUrl, cms, hosting } = await readConsumerSettings(consumer, env);
    const dependencies = { databaseUrl, cms: createCmsClient({ ...cms, network }), logger };
    const subgraph = createConsumerSubgraph(consumer, dependencies);
    return serveSubgraph(subgraph, { ...hosting, network, logger });
  },
});

/** Reconciles a consumer with the CMS: its `reconcile.ts`. With `--dry-run` it only reports differences. */
export const runReconcile = <Client, Context extends RequestScope>(
  consumer: Consumer<Client, Context>,
): Promise<void> =>
  runChore(consumer.name, async ({ env, logger }) => {
    const { databaseUrl, cms } = await readConsumerSettings(consumer, env);
    const { entityType, tables } = consumer;
    const { associations: table, ownerId: entityId, role } = tables;
    await reconcile({
      entityType,
      associations: { table, entityId, role },
      purge: createPurge(tables),
      cms: createCmsClient(cms),
      databaseUrl,
      dryRun: process.argv.includes('--dry-run'),
      report: (line) => void process.stdout.write(`${line}\n`),
      logger,
    });
    return 0;
  });
