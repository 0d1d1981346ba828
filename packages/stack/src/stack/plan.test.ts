import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { allSubgraphs } from '../subgraphs.ts';
import { planStack } from './plan.ts';

const names = allSubgraphs.map(({ name }) => name);

const anyPorts = {
  PORT: '0',
  CMS_PORT: '0',
  CATALOG_PORT: '0',
  ART_GALLERY_PORT: '0',
  BLOG_PORT: '0',
};

test('each process has a separate URL before any of them starts', async () => {
  const { subgraphs, gateway, urls, graphqlUrls } = await planStack({}, 'free');
  expect(subgraphs.map(({ name }) => name)).toEqual(names);
  expect(new Set([gateway, ...subgraphs].map(({ port }) => port)).size).toBe(names.length + 1);
  expect(urls.get('cms')).toBe(subgraphs[0]?.url);
  expect(graphqlUrls.get('cms')).toBe(`${subgraphs[0]?.url}/graphql`);
});

test('starts no process for a subgraph that runs elsewhere', async () => {
  const url = 'https://graphql.example/cms/graphql?tenant=7';
  const { subgraphs, urls, graphqlUrls } = await planStack(
    { SUBGRAPHS: `catalog, cms=${url}` },
    'free',
  );
  expect(subgraphs.map(({ name }) => name)).toEqual(['catalog']);
  expect(graphqlUrls.get('cms')).toBe(url);
  expect(urls.get('cms')).toBe('https://graphql.example/cms');
});

test('requires CMS_URL if the GraphQL URL of the CMS does not contain it', async () => {
  const env = { SUBGRAPHS: 'catalog,cms=https://cms.example/', CMS_URL: 'https://cms.example/api' };
  const { graphqlUrls } = await planStack(env, 'free');
  expect(graphqlUrls.get('cms')).toBe('https://cms.example/');
});

test.for([
  [{ SUBGRAPHS: 'cms,shop' }, `unknown subgraph "shop". Known subgraphs: ${names.join(', ')}`],
  [{ SUBGRAPHS: 'cms,,catalog' }, 'unknown subgraph ""'],
  [{ SUBGRAPHS: 'cms,cms' }, 'cms is listed twice'],
  [{ SUBGRAPHS: 'cms=ftp://elsewhere' }, 'cms must have an http or https URL'],
  [{ SUBGRAPHS: 'cms=' }, 'cms must have an http or https URL'],
  [
    { SUBGRAPHS: 'cms=http://cms.example' },
    'cms must have a URL with a path: http://cms.example/graphql, or http://cms.example/ for',
  ],
  [
    { SUBGRAPHS: 'catalog,cms=http://cms.example/' },
    'CMS_URL: must be set, because "http://cms.example/" does not end with "/graphql"',
  ],
  [{ PROCESSES: 'two' }, 'PROCESSES: must be one or many'],
  [{ GATEWAY_WORKERS: '2' }, 'GATEWAY_WORKERS: needs PROCESSES=many'],
  [{ CMS_PORT: '80000' }, 'CMS_PORT: must be a port'],
  [{ CMS_PORT: '4321', PORT: '4321' }, 'CMS_PORT and PORT have the same port, 4321'],
] as const)('rejects %j', async ([env, reason]) => {
  await expect(planStack(env, 'free')).rejects.toThrow(reason);
});

test('reports a port in use with its module and what to do', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(planStack({ ...anyPorts, CMS_PORT: String(port) }, 'default')).rejects.toThrow(
    `Another program is listening on port ${port} (cms).\nStop it, or choose another port (0 for any free port): CMS_PORT=${port + 100} pnpm start`,
  );
  server.close();
});

test('ignores a used port of a module that does not run here', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { ...anyPorts, CATALOG_PORT: String(port), SUBGRAPHS: 'cms' };
  expect((await planStack(env, 'default')).subgraphs).toHaveLength(1);
  server.close();
});

test('uses the loopback URL for a host that means all interfaces', async () => {
  const { gateway } = await planStack({ HOST: '0.0.0.0' }, 'free');
  expect(gateway.url).toBe(`http://127.0.0.1:${gateway.port}`);
});
