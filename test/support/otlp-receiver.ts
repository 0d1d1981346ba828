import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const Value = z.looseObject({ stringValue: z.string().optional() });
const Attributes = z.array(z.object({ key: z.string(), value: Value })).default([]);
const Body = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              attributes: Attributes,
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface ReceivedSpan {
  readonly service: string | undefined;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** An OpenTelemetry collector: accepts traces as JSON over HTTP and keeps them. */
export async function openOtlpReceiver() {
  const spans: ReceivedSpan[] = [];
  const keys = new Set<unknown>();
  const server = createServer((request, response) => {
    void (async () => {
      keys.add(request.headers['x-key']);
      const { resourceSpans } = Body.parse(JSON.parse(await text(request)));
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = byKey(resource.attributes)['service.name'];
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
          const { traceId, spanId, parentSpanId, name } = span;
          const attributes = byKey(span.attributes);
          spans.push({ service, traceId, spanId, parentSpanId, name, attributes });
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    /** The received `x-key` headers. */
    keys,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const byKey = (attributes: z.output<typeof Attributes>) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue] as const));
