import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ApolloServer } from '@apollo/server';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { Kind, parse } from 'graphql';
import type { Gateway } from './context.ts';
import type { Graph } from './graph.ts';
import { placeholders } from './placeholders.ts';

const MAX_MS = 5_000;
const MAX_LISTED = 20;

export interface RecordedOperation {
  /** The exact text: plans are kept by it. */
  readonly document: string;
  /** Absent: the document has only one operation. */
  readonly operationName?: string;
}

/** The operations of all `*.graphql` files in `folder`; empty if the folder does not exist. */
export async function readOperations(folder: string, logger: Logger): Promise<RecordedOperation[]> {
  const names = await readdir(folder).catch(() => []);
  const operations: RecordedOperation[] = [];
  for (const file of names.filter((name) => name.endsWith('.graphql')).toSorted()) {
    try {
      operations.push(...operationsOf(await readFile(join(folder, file), 'utf8')));
    } catch (error) {
      logger.warn({ err: error, file }, 'cannot read a recorded operation');
    }
  }
  return operations;
}

/** Clients may omit the name of a single operation. */
function operationsOf(document: string): RecordedOperation[] {
  const operations = parse(document).definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const named = operations.flatMap(({ name }) =>
    name ? [{ document, operationName: name.value }] : [],
  );
  return operations.length === 1 ? [{ document }, ...named] : named;
}

/**
 * Plans `operations` before a graph is served, because the first request of each would take several times as long as
 * later ones. They are planned one after the other, with pauses for other work, for a few seconds at most.
 */
export async function warmUp(
  graph: Graph,
  { operations, logger, maxMs = MAX_MS }: WarmUpOptions,
): Promise<void> {
  const startedAt = performance.now();
  const planner = new ApolloServer({
    gateway: plannerOf(graph),
    logger: logger.child({}, { level: 'silent' }),
    stopOnTerminationSignals: false,
    introspection: true,
  });
  await planner.start();
  let planned = 0;
  const invalid = new Set<string>();
  for (const { document, operationName } of operations) {
    if (performance.now() - startedAt > maxMs) break;
    await setImmediate();
    const { body } = await planner.executeOperation({
      query: document,
      variables: placeholders(graph.schema, { document, operationName }),
      ...(operationName !== undefined && { operationName }),
    });
    const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
    if (!errors) {
      planned += 1;
      continue;
    }
    invalid.add(operationName ?? 'anonymous');
    logger.debug({ operationName, errors }, 'recorded operation is invalid for this supergraph');
  }
  await planner.stop();
  const ms = Math.round(performance.now() - startedAt);
  logger.info({ planned, of: operations.length, ms, ...listed(invalid) }, 'query plans warmed');
}

/** Operations of a subgraph that does not run are invalid, which is not a problem: no client can use them. */
const listed = (invalid: ReadonlySet<string>) =>
  invalid.size > 0 && { invalid: [...invalid].slice(0, MAX_LISTED) };

interface WarmUpOptions {
  operations: readonly RecordedOperation[];
  logger: Logger;
  maxMs?: number;
}

/** `graph` as a gateway that plans operations and does not execute them. */
function plannerOf(graph: Graph): Gateway {
  let notify: Parameters<Gateway['onSchemaLoadOrUpdate']>[0] | undefined;
  return {
    async load() {
      notify?.({ apiSchema: graph.schema, coreSupergraphSdl: graph.sdl });
      return { executor: graph.plan };
    },
    onSchemaLoadOrUpdate(listener) {
      notify = listener;
      return () => {};
    },
    stop: async () => {},
  };
}
