import { join } from 'node:path';
import { projectRoot } from '../project.ts';
import { settingName } from '../subgraphs.ts';
import type { Environment, Plan, PlannedModule } from './plan.ts';

/** Variables that every program needs. None of them is a setting of the platform. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'TERM', 'NO_COLOR', 'FORCE_COLOR'];

/** Compiled code is cached between starts: a process then needs two thirds of the time to start. */
const compileCache = join(projectRoot, 'node_modules/.cache/node-compile-cache');

interface Wiring {
  readonly plan: Plan;
  /** The settings of the stack. */
  readonly env: Environment;
  readonly dataDir: string;
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly supergraphPath: string;
}

/** The settings of one module: those of the stack, and the URLs of the other modules. */
export function environmentOf(module: PlannedModule, wiring: Wiring): Environment {
  const { plan, env, dataDir, databaseUrls, supergraphPath } = wiring;
  const databaseUrl = databaseUrls.get(module.name);
  const cmsUrl = plan.urls.get('cms');
  return {
    ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
    NODE_COMPILE_CACHE: compileCache,
    ...(cmsUrl && { CMS_URL: cmsUrl }),
    ...(module.name === 'cms' && { PUBLIC_MEDIA_URL: module.url }),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => isSettingOf(module, name))),
    DATA_DIR: dataDir,
    [module.portSetting]: String(module.port),
    ...(databaseUrl && { [settingName(module.name, 'DATABASE_URL')]: databaseUrl }),
    SUBGRAPHS: [...plan.graphqlUrls].map(([name, url]) => `${name}=${url}`).join(),
    SUPERGRAPH_PATH: supergraphPath,
  };
}

/** A setting that is empty counts as not set. */
export function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value));
}

/**
 * A module does not receive the database URL of another one, and only the gateway receives the settings that verify
 * tokens of clients.
 */
function isSettingOf(module: PlannedModule, setting: string): boolean {
  if (setting.endsWith('_DATABASE_URL')) {
    return setting === settingName(module.name, 'DATABASE_URL');
  }
  // Each module is a separate service.
  if (setting === 'OTEL_SERVICE_NAME') return false;
  return !setting.startsWith('AUTH_') || module.name === 'gateway';
}
