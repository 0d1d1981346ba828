import type { RequestScope } from '@federated-media/subgraph-kit/graphql-endpoint';
import type { Module } from '@federated-media/subgraph-kit/module';
import { runChore } from '@federated-media/subgraph-kit/process';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { createPurge } from './associations/repository.ts';
import { nameColumnOf } from './associations/statements.ts';
import { createCmsClient } from './cms-client.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { checkConsumerSettings, readConsumerSettings } from './settings.ts';
import { type Consumer, createConsumerSubgraph } from './subgraph.ts';

/** A consumer as its `main.ts` exports it. */
export const consumerModule = <
  Client extends { $disconnect(): Promise<void> },
  Context extends RequestScope,
>(
  consumer: Consumer<Client, Context>,
): Module => ({
  name: consumer.name,
  checkSettings: (env) => checkConsumerSettings(consumer, env),
  async start({ env, network, logger }) {
    const { database, cms, hosting, editUrl } = await readConsumerSettings(consumer, env);
    const { url: databaseUrl, isPooled } = database;
    const client = createCmsClient({ ...cms, network });
    const dependencies = { databaseUrl, isPooled, cms: client, editUrl, logger };
    const subgraph = createConsumerSubgraph(consumer, dependencies);
    return serveSubgraph(subgraph, { ...hosting, network, logger });
  },
});

/** Reconciles a consumer with the CMS: its `reconcile.ts`. With `--dry-run` it only reports differences. */
export const runReconcile = <Client, Context extends RequestScope>(
  consumer: Consumer<Client, Context>,
): Promise<void> =>
  runChore(consumer.name, async ({ env, logger }) => {
    const { database, cms, editUrl } = await readConsumerSettings(consumer, env);
    const { entityType, tables } = consumer;
    const { associations: table, ownerId: entityId, role } = tables;
    await reconcile({
      entityType,
      associations: { table, entityId, role },
      names: nameColumnOf(tables),
      editUrl,
      purge: createPurge(tables),
      cms: createCmsClient(cms),
      databaseUrl: database.directUrl,
      dryRun: process.argv.includes('--dry-run'),
      report: (line) => void process.stdout.write(`${line}\n`),
      logger,
    });
    return 0;
  });
