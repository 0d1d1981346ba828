import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** What happens to a request instead of its response. */
export type Fault =
  /** 503, as S3 asks to slow down. */
  | 'SlowDown'
  /** 500, with an error of S3. */
  | 'InternalError'
  /** The connection is reset when the request arrives, in the middle of its body if it has a long one. */
  | 'reset'
  /** The request is read, and there is no response. */
  | 'silence';

export interface FaultyProxy {
  readonly url: string;
  /** Cuts the connection of the next `responses` to GET after so many bytes of the body. */
  cutNext(fault: { responses: number; afterBytes?: number }): void;
  /** Stops in the middle of the body of the next `responses` to GET, and keeps the connection. */
  stallNext(fault: { responses: number; afterBytes: number }): void;
  /** The next `requests` fail. */
  failNext(requests: number, fault: Fault): void;
  /** All requests whose path and query match fail with InternalError. */
  failAll(matching: RegExp | null): void;
  /** The next upload in parts is completed, and the connection is reset instead of the response. */
  loseCompletion(): void;
  /** How many requests have failed. */
  readonly failed: number;
  close(): Promise<void>;
}

const ERRORS = { SlowDown: 503, InternalError: 500 } as const;
const NOTHING = { responses: 0, afterBytes: 0 };

/** An HTTP proxy to `target` that fails on request. */
export async function openFaultyProxy(target: string): Promise<FaultyProxy> {
  let cuts = NOTHING;
  let stalls = NOTHING;
  let failures: { left: number; fault: Fault } = { left: 0, fault: 'reset' };
  let failed = 0;
  let losesCompletion = false;
  let failing: RegExp | null = null;

  async function fail(incoming: IncomingMessage, response: ServerResponse, fault: Fault) {
    failed += 1;
    if (fault === 'reset') {
      const [first] = await Promise.race([once(incoming, 'data'), once(incoming, 'end')]);
      if (first) incoming.pause();
      incoming.socket.resetAndDestroy();
      return;
    }
    incoming.resume();
    if (fault === 'silence') return;
    response.writeHead(ERRORS[fault], { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${fault}</Code><Message>Try again later.</Message></Error>`);
  }

  async function pass(incoming: IncomingMessage, response: ServerResponse) {
    if (failures.left > 0) {
      failures.left -= 1;
      return fail(incoming, response, failures.fault);
    }
    const { method, headers, url = '' } = incoming;
    if (failing?.test(url)) return fail(incoming, response, 'InternalError');
    const outgoing = request(new URL(url, target), { method, headers, setHost: false });
    const [[answer]] = await Promise.all([
      once(outgoing, 'response') as Promise<[IncomingMessage]>,
      pipeline(incoming, outgoing),
    ]);
    if (losesCompletion && method === 'POST' && url.includes('uploadId=')) {
      losesCompletion = false;
      await buffer(answer);
      failed += 1;
      response.socket?.resetAndDestroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    const isCut = method === 'GET' && cuts.responses > 0;
    const isStalled = method === 'GET' && stalls.responses > 0;
    if (!isCut && !isStalled) return pipeline(answer, response);
    const { afterBytes } = isCut ? cuts : stalls;
    if (isCut) cuts.responses -= 1;
    else stalls.responses -= 1;
    await sendStart(answer, response, afterBytes);
    // What was written reaches the client first.
    if (isCut) setImmediate(() => setImmediate(() => response.socket?.resetAndDestroy()));
  }

  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    cutNext: ({ responses, afterBytes = 0 }) => void (cuts = { responses, afterBytes }),
    stallNext: (fault) => void (stalls = { ...fault }),
    failNext: (left, fault) => void (failures = { left, fault }),
    failAll: (matching) => void (failing = matching),
    loseCompletion: () => void (losesCompletion = true),
    get failed() {
      return failed;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function sendStart(answer: IncomingMessage, response: ServerResponse, byteSize: number) {
  let sent = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const rest = chunk.subarray(0, byteSize - sent);
    sent += rest.length;
    if (rest.length > 0) response.write(rest);
    if (sent >= byteSize) break;
  }
  response.flushHeaders();
}
