import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const JSON_BODY = { 'content-type': 'application/json' };

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Null closes the connection without a response. */
type Rule = (forward: () => Promise<Reply>) => Promise<Reply | null>;

/**
 * A proxy in front of the CMS for consumers: forwards everything except requests with a rule. Set `CMS_URL` to its
 * `url`, and `target` when the CMS has a URL.
 */
export async function openCmsProxy() {
  const state: { target: string | null; field: string; rule: Rule | null } = {
    target: null,
    field: '',
    rule: null,
  };
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const forward = async (): Promise<Reply> => {
        const headers = {
          authorization: request.headers.authorization ?? '',
          'content-type': request.headers['content-type'] ?? '',
        };
        const url = `${state.target}${request.url}`;
        const answer = await fetch(url, { method: 'POST', headers, body });
        return { status: answer.status, body: await answer.text() };
      };
      const { rule } = state;
      const isMeant = rule !== null && body.includes(state.field);
      if (isMeant) state.rule = null;
      const reply = await (isMeant ? rule(forward) : forward()).catch(() => null);
      if (!reply) request.socket.destroy();
      else response.writeHead(reply.status, JSON_BODY).end(reply.body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    state,
    /** Applies `rule` to the next request that selects `field`. Resolves when it arrives. */
    onNext(field: string, rule: Rule): Promise<void> {
      return new Promise((resolve) => {
        Object.assign(state, {
          field,
          rule: (forward: () => Promise<Reply>) => {
            resolve();
            return rule(forward);
          },
        });
      });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
export type CmsProxy = Awaited<ReturnType<typeof openCmsProxy>>;
