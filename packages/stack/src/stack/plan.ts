import { join } from 'node:path';
import {
  platformSettings,
  portSetting,
  readSettings,
  SettingsError,
} from '@federated-media/subgraph-kit/settings';
import { z } from 'zod';
import { freePort, isPortFree } from '../ports.ts';
import { projectRoot } from '../project.ts';
import { enabledSubgraphs, mainOf, settingName, type EnabledSubgraph } from '../subgraphs.ts';

/** What the processes need to know about each other before they start. */
export interface PlannedModule {
  readonly name: string;
  readonly main: string;
  /** Arguments of `main`. */
  readonly args?: readonly string[];
  /** The setting for the port, such as CMS_PORT. */
  readonly portSetting: string;
  readonly port: number;
  readonly url: string;
}

export interface Plan {
  readonly host: string;
  /** Whether all modules share one process. */
  readonly processes: 'one' | 'many';
  readonly enabled: readonly EnabledSubgraph[];
  /** The subgraphs that this stack starts, in the order of their start. */
  readonly subgraphs: readonly PlannedModule[];
  readonly gateway: PlannedModule;
  /** The URL of each enabled subgraph, without the path of its GraphQL endpoint. */
  readonly urls: ReadonlyMap<string, string>;
  /** The GraphQL endpoint of each enabled subgraph. */
  readonly graphqlUrls: ReadonlyMap<string, string>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A port of the stack is in use. */
export class BusyPortError extends Error {
  override readonly name = 'BusyPortError';
}

/**
 * Decides which processes start, and on which ports. Ports are selected before the start, so that all processes can
 * start at the same time. Throws SettingsError, UnknownSubgraphError or BusyPortError with all problems of that kind.
 */
export async function planStack(env: Environment, ports: 'default' | 'free'): Promise<Plan> {
  const { HOST: host, SUBGRAPHS, PROCESSES: processes } = readPlatform(env);
  const enabled = enabledSubgraphs(SUBGRAPHS);
  const wanted = [
    ...enabled.filter(({ url }) => url === null).map(({ name, port }) => subgraphAt(name, port)),
    {
      name: 'gateway',
      main: gatewayMain,
      portSetting: 'PORT',
      port: 4000,
    },
  ];
  const modules = await choosePorts(wanted, env, { host, ports });
  const gateway = modules.find(({ name }) => name === 'gateway');
  if (!gateway) throw new TypeError('A stack has a gateway.');
  const subgraphs = modules.filter((module) => module !== gateway);
  const graphqlUrls = new Map(
    enabled.map(({ name, url }) => {
      const module = subgraphs.find((one) => one.name === name);
      return [name, url ?? `${module?.url}/graphql`];
    }),
  );
  if (subgraphs.length > 0) checkCmsUrl(graphqlUrls.get('cms'), env);
  const urls = new Map([...graphqlUrls].map(([name, url]) => [name, url.replace(endpoint, '')]));
  return { host, processes, enabled, subgraphs, gateway, urls, graphqlUrls };
}

export const gatewayMain = join(projectRoot, 'gateway/src/main.ts');

/** The path at which each subgraph of this repository serves GraphQL. */
const endpoint = /\/graphql(?:\?.*)?$/;

/** Consumers send requests to `CMS_URL`, which is the URL without that path. */
function checkCmsUrl(url: string | undefined, env: Environment): void {
  if (url === undefined || endpoint.test(url) || env['CMS_URL']) return;
  throw new SettingsError([`CMS_URL: must be set, because "${url}" does not end with "/graphql"`]);
}

const platform = z
  .object({
    HOST: platformSettings.HOST,
    SUBGRAPHS: z.string().optional(),
    PROCESSES: z.enum(['one', 'many'], { error: 'must be one or many' }).default('one'),
    GATEWAY_WORKERS: z.string().optional(),
  })
  .refine(
    ({ PROCESSES, GATEWAY_WORKERS = '1' }) => PROCESSES === 'many' || GATEWAY_WORKERS === '1',
    {
      path: ['GATEWAY_WORKERS'],
      error: 'needs PROCESSES=many',
    },
  );

/** The settings of the stack itself. @throws SettingsError */
export const readPlatform = (env: Environment) => readSettings(platform, env);

type Wanted = Omit<PlannedModule, 'url'>;

function subgraphAt(name: string, port: number): Wanted {
  return { name, main: mainOf(name), portSetting: settingName(name, 'PORT'), port };
}

async function choosePorts(
  wanted: readonly Wanted[],
  env: Environment,
  { host, ports }: { host: string; ports: 'default' | 'free' },
): Promise<PlannedModule[]> {
  const settings = wanted.map((module) => {
    const defaultPort = ports === 'free' ? 0 : module.port;
    return [module.portSetting, portSetting(defaultPort)] as const;
  });
  const given = readSettings(z.object(Object.fromEntries(settings)), env);
  const chosen = wanted.map((module) => ({ ...module, port: given[module.portSetting] ?? 0 }));
  await checkPorts(chosen, host);
  return Promise.all(
    chosen.map(async (module) => {
      const port = module.port === 0 ? await freePort(host) : module.port;
      return { ...module, port, url: `http://${reachable(host)}:${port}` };
    }),
  );
}

async function checkPorts(modules: readonly Wanted[], host: string): Promise<void> {
  const fixed = modules.filter(({ port }) => port !== 0);
  const twice = fixed.filter((one) =>
    fixed.some((other) => other !== one && other.port === one.port),
  );
  if (twice.length > 0) {
    const names = twice.map((module) => module.portSetting).join(' and ');
    throw new SettingsError([`${names} have the same port, ${twice[0]?.port}`]);
  }
  const isBusy = await Promise.all(fixed.map(async ({ port }) => !(await isPortFree(port, host))));
  const busy = fixed.filter((_module, index) => isBusy[index]);
  if (busy.length > 0) throw new BusyPortError(explainBusy(busy));
}

function explainBusy(modules: readonly Wanted[]): string {
  const busy = modules.map(({ name, port }) => `${port} (${name})`).join(', ');
  const others = modules.map(({ portSetting, port }) => `${portSetting}=${port + 100}`).join(' ');
  return `Another program is listening on port ${busy}.\nStop it, or choose another port (0 for any free port): ${others} pnpm start`;
}

/** Replaces an IP address that means all interfaces, because clients cannot connect to it. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
