import { settingName } from '../subgraphs.ts';
import type { Environment, Plan, PlannedModule } from './plan.ts';

/** Variables that every program needs. None of them is a setting of the platform. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'TERM', 'NO_COLOR', 'FORCE_COLOR'];

interface Wiring {
  readonly plan: Plan;
  /** The settings of the stack. */
  readonly env: Environment;
  readonly dataDir: string;
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly supergraphPath: string;
}

/** The settings of a process with these modules: those of the stack, and the URLs of the other modules. */
export function environmentOf(modules: readonly PlannedModule[], wiring: Wiring): Environment {
  const { plan, env, dataDir, databaseUrls, supergraphPath } = wiring;
  const cmsUrl = plan.urls.get('cms');
  const cms = plan.subgraphs.find(({ name }) => name === 'cms');
  const hosts = (names: readonly string[]) => modules.some(({ name }) => names.includes(name));
  return {
    ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
    ...(cmsUrl && { CMS_URL: cmsUrl }),
    ...(cms && hosts(['cms', 'gateway']) && { PUBLIC_MEDIA_URL: cms.url }),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => isSettingOf(modules, name))),
    DATA_DIR: dataDir,
    ...Object.fromEntries(modules.map(({ portSetting, port }) => [portSetting, String(port)])),
    ...Object.fromEntries(
      modules.flatMap(({ name }) => {
        const url = databaseUrls.get(name);
        return url ? [[settingName(name, 'DATABASE_URL'), url]] : [];
      }),
    ),
    SUBGRAPHS: [...plan.graphqlUrls].map(([name, url]) => `${name}=${url}`).join(),
    SUPERGRAPH_PATH: supergraphPath,
  };
}

/** A setting that is empty counts as not set. */
export function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value));
}

/**
 * A process does not receive the database URL of a module that it does not host, and only that of the gateway
 * receives the settings that verify tokens of clients.
 */
function isSettingOf(modules: readonly PlannedModule[], setting: string): boolean {
  const hosts = (isIt: (name: string) => boolean) => modules.some(({ name }) => isIt(name));
  for (const kind of ['DATABASE_URL', 'DATABASE_DIRECT_URL'] as const) {
    if (setting.endsWith(`_${kind}`)) return hosts((name) => setting === settingName(name, kind));
  }
  // Each module is a separate service.
  if (setting === 'OTEL_SERVICE_NAME') return false;
  return !setting.startsWith('AUTH_') || hosts((name) => name === 'gateway');
}
