import { join } from 'node:path';
import { projectRoot } from '../project.ts';
import { settingName } from '../subgraphs.ts';
import type { Environment, Plan, PlannedModule } from './plan.ts';

/** What every program needs and no setting of ours is among. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'TERM', 'NO_COLOR', 'FORCE_COLOR'];

/** Compiled code is kept between starts: a process is ready in two thirds of the time. */
const compileCache = join(projectRoot, 'node_modules/.cache/node-compile-cache');

interface Wiring {
  readonly plan: Plan;
  /** The settings given to the stack. */
  readonly env: Environment;
  readonly dataDir: string;
  readonly databaseUrls: ReadonlyMap<string, string>;
  readonly supergraphPath: string;
}

/** The settings of one module: those given, and where it finds the others. */
export function environmentOf(module: PlannedModule, wiring: Wiring): Environment {
  const { plan, env, dataDir, databaseUrls, supergraphPath } = wiring;
  const databaseUrl = databaseUrls.get(module.name);
  const cmsUrl = plan.urls.get('cms');
  return {
    ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])),
    NODE_COMPILE_CACHE: compileCache,
    ...(cmsUrl && { CMS_URL: cmsUrl }),
    ...(module.name === 'cms' && { PUBLIC_MEDIA_URL: module.url }),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => concerns(module, name))),
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

/** Nobody is given the keys to what is another's: its database, or the verifying of clients' tokens. */
function concerns(module: PlannedModule, setting: string): boolean {
  if (setting.endsWith('_DATABASE_URL')) {
    return setting === settingName(module.name, 'DATABASE_URL');
  }
  // Each is a service of its own.
  if (setting === 'OTEL_SERVICE_NAME') return false;
  return !setting.startsWith('AUTH_') || module.name === 'gateway';
}
