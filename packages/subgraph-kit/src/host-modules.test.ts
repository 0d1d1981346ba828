import { parse } from 'graphql';
import { afterEach, expect, test } from 'vitest';
import { hostModules, loadModules } from './host-modules.ts';
import { createTokenMinter } from './identity.ts';
import type { Module, Surroundings } from './module.ts';
import { createSubgraphSchema } from './schema.ts';
import { serveSubgraph } from './server.ts';
import { SettingsError, portSetting, readSettings } from './settings.ts';
import { telemetryOf, telemetrySettings } from './telemetry/settings.ts';
import { z } from 'zod';

const secrets = ['a secret of at least thirty-two characters'];
const opened: { close(): Promise<void> }[] = [];
const closed: string[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  closed.length = 0;
});

/** A subgraph with one field; `networks` receives the network of its process. */
function moduleOf(name: string, networks: Map<string, Surroundings['network']>): Module {
  const settings = z.object({
    NODE_ENV: z.string().default('test'),
    [`${name}_PORT`]: portSetting(0),
    ...telemetrySettings,
  });
  return {
    name,
    checkSettings: (env) => void readSettings(settings, env),
    async start({ env, network, logger }) {
      networks.set(name, network);
      const read = readSettings(settings, env);
      const schema = createSubgraphSchema({
        typeDefs: parse(`
          extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
          type Query { ${name}: String }
        `),
        resolvers: { Query: { [name]: () => `answer of ${name}` } },
      });
      return serveSubgraph(
        {
          name,
          schema,
          context: ({ caller, requestId }) => ({ caller, requestId }),
          isReady: async () => {},
          start: async () => {},
          stop: async () => void closed.push(name),
        },
        {
          host: '127.0.0.1',
          port: 0,
          secrets,
          maxBodyBytes: 10_000,
          telemetry: telemetryOf(read),
          network,
          logger,
        },
      );
    },
  };
}

async function hostBoth() {
  const networks = new Map<string, Surroundings['network']>();
  const modules = ['first', 'second'].map((name) => moduleOf(name, networks));
  const hosted = await hostModules(modules, { env: { LOG_LEVEL: 'silent' } });
  opened.push(hosted);
  const url = (name: string) => hosted.urls.get(name) ?? '';
  const network = networks.get('first')!;
  return { hosted, url, network };
}

const question = (name: string) => JSON.stringify({ query: `query Ask { ${name} }` });

test('modules answer one another in memory, with the checks of their servers', async () => {
  const { url, network } = await hostBoth();
  const connections = network.open(url('second'), { maxResponseBytes: 10_000 });
  const ask = (audience: string) => async () => {
    const minter = createTokenMinter({ secrets, issuer: 'gateway' });
    const token = await minter.mint({ audience, subject: 'ann', storeId: 'demo', scope: '' });
    return connections.request({
      method: 'POST',
      path: '/graphql',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: question('second'),
      signal: AbortSignal.timeout(5_000),
    });
  };
  const answer = await ask('second')();
  expect(JSON.parse(answer.text)).toEqual({ data: { second: 'answer of second' } });
  expect(await ask('first')()).toMatchObject({ statusCode: 401 });
  await connections.close();
});

test('each module has separate metrics', async () => {
  const { url } = await hostBoth();
  const minter = createTokenMinter({ secrets, issuer: 'gateway' });
  const claims = { audience: 'first', subject: 'ann', storeId: 'demo', scope: '' };
  await fetch(`${url('first')}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await minter.mint(claims)}`,
    },
    body: question('first'),
  });
  const line = 'graphql_operation_duration_seconds_count{operation="Ask",type="query"} 1';
  const metricsOf = async (name: string) => (await fetch(`${url(name)}/metrics`)).text();
  expect(await metricsOf('first')).toContain(line);
  expect(await metricsOf('second')).not.toContain('operation="Ask"');
  expect(await metricsOf('second')).toContain('process_resident_memory_bytes');
});

test('the last module stops first', async () => {
  const { hosted, url } = await hostBoth();
  const address = url('first');
  await hosted.close();
  expect(closed).toEqual(['second', 'first']);
  await expect(fetch(`${address}/health/live`)).rejects.toThrow('fetch failed');
});

test('when a module does not start, the error has its name and the others stop', async () => {
  const networks = new Map<string, Surroundings['network']>();
  const [first, second] = ['first', 'second'].map((name) => moduleOf(name, networks));
  const broken = { ...second!, start: () => Promise.reject(new Error('no database')) };
  const hosting = hostModules([first!, broken], { env: { LOG_LEVEL: 'silent' } });
  await expect(hosting).rejects.toThrow('The second did not start: no database');
  expect(closed).toEqual(['first']);
});

test('invalid settings of all modules are reported together, before one of them starts', async () => {
  const networks = new Map<string, Surroundings['network']>();
  const modules = ['first', 'second'].map((name) => moduleOf(name, networks));
  const env = {
    LOG_LEVEL: 'silent',
    first_PORT: '-1',
    second_PORT: 'seventy',
    SLOW_OPERATION_MS: 'soon',
  };
  const error: unknown = await hostModules(modules, { env }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SettingsError);
  expect(error instanceof SettingsError && error.problems).toEqual([
    'first_PORT: must be a port, 0 to 65535 (first)',
    expect.stringMatching(/^SLOW_OPERATION_MS: .* \(first, second\)$/),
    'second_PORT: must be a port, 0 to 65535 (second)',
  ]);
  expect(networks.size).toBe(0);
});

test('all modules are withdrawn at once, and share the grace period', async () => {
  const { hosted, url } = await hostBoth();
  hosted.withdraw();
  for (const name of ['first', 'second']) {
    const response = await fetch(`${url(name)}/health/ready`);
    expect(response.status).toBe(503);
    expect(response.headers.get('connection')).toBe('close');
  }
  expect(closed).toEqual([]);
});

test('a file without a module is reported by its path', async () => {
  const path = import.meta.filename.replace('host-modules.test.ts', 'ids.ts');
  await expect(loadModules([path])).rejects.toThrow(`${path} exports no module.`);
});
