import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGraph } from './support/graph.ts';
import { type ReceivedSpan, openOtlpReceiver } from './support/otlp-receiver.ts';
import { plainJpeg } from './support/pictures.ts';
import { createShop } from './support/shop.ts';
import { openTestStack } from './support/stack.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN = '00f067aa0ba902b7';
const REQUEST_ID = 'attach-it';
const NAME = 'a name that is nobody’s business';

const ATTACH = `mutation AttachIt($productId: ID!, $mediaId: ID!) {
  attachMediaToProduct(input: { productId: $productId, mediaId: $mediaId }) {
    userErrors { code }
    productMedia { media { url altText } }
  }
}`;

/** The modules of one process are watched like those of several. */
describe.each(['one', 'many'] as const)('with the modules in %s', (processes) => {
  const metrics = new Map<string, string>();
  const logs = new Map<string, readonly Record<string, unknown>[]>();
  let receiver: Awaited<ReturnType<typeof openOtlpReceiver>>;
  /** The id of the tested request. */
  let spans: ReceivedSpan[];

  beforeAll(async () => {
    receiver = await openOtlpReceiver();
    const stack = await openTestStack({
      processes,
      subgraphs: ['cms', 'catalog'],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=of-the-collector',
        SLOW_OPERATION_MS: '1',
        LOG_LEVEL: 'debug',
      },
    });
    const graph = await openGraph(stack, 'shop');
    const productId = await createShop(graph).product();
    const { mediaFile } = await graph.upload(await plainJpeg(7), { details: { altText: NAME } });
    const response = await fetch(`${stack.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: {
        ...graph.headers,
        'content-type': 'application/json',
        traceparent: `00-${TRACE}-${CLIENT_SPAN}-01`,
        'x-request-id': REQUEST_ID,
      },
      body: JSON.stringify({ query: ATTACH, variables: { productId, mediaId: mediaFile?.id } }),
    });
    expect(await response.json()).toMatchObject({
      data: { attachMediaToProduct: { userErrors: [], productMedia: { media: {} } } },
    });
    for (const [name, url] of Object.entries({ ...stack.urls, gateway: stack.gatewayUrl })) {
      metrics.set(name, await (await fetch(`${url}/metrics`)).text());
    }
    // Spans are sent in batches, and must not be lost on shutdown.
    await stack.stop();
    const lines = stack.processes.flatMap((each) => each.lines());
    const written = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const name of metrics.keys())
      logs.set(
        name,
        written.filter((line) => line['name'] === name),
      );
    spans = receiver.spans.filter(({ traceId }) => traceId === TRACE);
  });
  afterAll(() => receiver.close());

  /** From the span of the client to `span`: service and name of each. */
  function roadTo(span: ReceivedSpan): string[] {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
    const step = `${span.service}: ${span.name}`;
    if (parent) return [...roadTo(parent), step];
    return [span.parentSpanId === CLIENT_SPAN ? 'client' : 'lost', step];
  }
  const roads = () => spans.map((span) => roadTo(span).join(' > '));

  test('one trace contains the client, the gateway, the catalog, the CMS and its SQL', () => {
    const gateway = 'client > gateway: POST /graphql > gateway: mutation AttachIt';
    const catalog = `${gateway} > gateway: subgraph catalog > catalog: POST /graphql > catalog: mutation AttachIt`;
    const claim = `${catalog} > catalog: cms > cms: POST /graphql > cms: mutation ClaimMediaUsages`;
    const file = `${gateway} > gateway: subgraph cms > cms: POST /graphql > cms: query AttachIt`;
    expect(roads()).toEqual(
      expect.arrayContaining([
        gateway,
        `${gateway} > gateway: plan`,
        catalog,
        expect.stringMatching(new RegExp(`^${catalog} > catalog: (insert|with|select)$`)),
        claim,
        expect.stringMatching(new RegExp(`^${claim} > cms: (insert|with|select)$`)),
        expect.stringMatching(new RegExp(`^${file} > cms: select$`)),
      ]),
    );
    expect(roads().filter((road) => road.includes('lost'))).toEqual([]);
  });

  test('spans contain statements without values, and no documents', () => {
    const told = JSON.stringify(receiver.spans);
    expect(told).toMatch(/"db\.query\.text":"[^"]*\$1/);
    expect(told).not.toContain(NAME);
    expect(told).not.toContain('attachMediaToProduct');
  });

  test('a collector receives the configured headers', () => {
    expect([...receiver.keys]).toEqual(['of-the-collector']);
  });

  test('background work is in no trace', () => {
    const roots = receiver.spans.filter(({ parentSpanId }) => !parentSpanId);
    expect(new Set(roots.map(({ service, name }) => `${service}: ${name}`))).toEqual(
      new Set(['gateway: POST /graphql']),
    );
  });

  test.each(['gateway', 'catalog', 'cms'])(
    'the log of %s has the request id of the client',
    (name) => {
      const lines = logs.get(name)?.filter(({ requestId }) => requestId === REQUEST_ID);
      expect(lines?.map(({ msg }) => msg)).toContain(
        name === 'gateway' ? 'subgraph request' : 'sql',
      );
      expect(lines?.every(({ traceId }) => traceId === TRACE)).toBe(true);
    },
  );

  test('the log has the timings of a slow operation', () => {
    const slow = logs.get('gateway')?.filter(({ msg }) => msg === 'slow operation');
    const line = slow?.find(({ operation }) => operation === 'AttachIt');
    expect(line).toMatchObject({
      level: 40,
      type: 'mutation',
      requestId: REQUEST_ID,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      ms: expect.any(Number) as number,
      planMs: expect.any(Number) as number,
      subgraphs: {
        catalog: { calls: 1, ms: expect.any(Number) as number },
        cms: { calls: 1, ms: expect.any(Number) as number },
      },
    });
    expect(JSON.stringify(slow)).not.toContain(NAME);
  });

  test.each([
    ['gateway', 'graphql_operation_duration_seconds_count{operation="AttachIt",type="mutation"} 1'],
    ['gateway', 'subgraph_request_duration_seconds_count{subgraph="catalog",outcome="answer"} 2'],
    ['gateway', 'query_plan_duration_seconds_count 3'],
    ['gateway', 'upload_files_total{road="multipart"} 1'],
    ['catalog', 'graphql_operation_duration_seconds_count{operation="AttachIt",type="mutation"} 1'],
    ['catalog', 'sql_statement_duration_seconds_count{pool="catalog",kind="'],
    ['cms', 'upload_files_total{road="multipart"} 1'],
    ['cms', 'sql_statement_duration_seconds_count{pool="cms",kind="'],
    ['cms', 'nodejs_eventloop_lag_p99_seconds'],
  ])('the metrics of %s contain %s', (name, line) => {
    expect(metrics.get(name)).toContain(line);
  });
});
