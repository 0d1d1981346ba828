import { instruments } from '@federated-media/subgraph-kit/telemetry/instruments';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, closeAll, openPlatform, openRudeSubgraph } from './testing/platform.ts';

const { registry } = instruments().metrics;

beforeEach(() => registry.resetMetrics());
afterEach(closeAll);

/** The series of `name`, with their values. */
async function seriesOf(name: string): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

const ASKED = 'subgraph_request_duration_seconds_count';

test('measures each subgraph request by name, and the plan once', async () => {
  const { url } = await openPlatform();
  await ask(url, 'query Shelf { items { picture { name } } }');
  expect(await seriesOf(ASKED)).toEqual([
    `${ASKED}{subgraph="shop",outcome="answer"} 1`,
    `${ASKED}{subgraph="media",outcome="answer"} 1`,
  ]);
  expect(await seriesOf('query_plan_duration_seconds_count')).toEqual([
    'query_plan_duration_seconds_count 1',
  ]);
});

test('distinguishes subgraphs that respond from those that do not', async () => {
  const media = await openRudeSubgraph(({ socket }) => socket.destroy());
  const { url } = await openPlatform({ subgraphUrls: { media } });
  await ask(url, '{ items { picture { name } } }');
  expect(await seriesOf(ASKED)).toEqual([
    `${ASKED}{subgraph="shop",outcome="answer"} 1`,
    `${ASKED}{subgraph="media",outcome="error"} 1`,
  ]);
  expect(await seriesOf('graphql_errors_total')).toContain(
    'graphql_errors_total{code="SUBGRAPH_UNAVAILABLE"} 1',
  );
});

test('an operation that cannot be planned causes no subgraph request and counts as unusable', async () => {
  const { url } = await openPlatform();
  await ask(url, 'query MadeUp { nothing }');
  expect(await seriesOf(ASKED)).toEqual([]);
  expect(await seriesOf('graphql_operation_duration_seconds_count')).toEqual([
    'graphql_operation_duration_seconds_count{operation="unusable",type="none"} 1',
  ]);
});

test('a document that is rejected before parsing counts once', async () => {
  const { url } = await openPlatform();
  const { errors } = await ask(url, `{ ${'a '.repeat(10_000)} }`);
  expect(await seriesOf('graphql_errors_total')).toEqual([
    `graphql_errors_total{code="${errors?.[0]?.extensions.code}"} 1`,
  ]);
});
