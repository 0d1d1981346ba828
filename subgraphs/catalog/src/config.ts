import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import {
  millisecondsSetting,
  platformSettings,
  portSetting,
  readSettings,
  requiredInProduction,
  urlSetting,
} from '@federated-media/subgraph-kit/settings';
import { telemetryOf, telemetrySettings } from '@federated-media/subgraph-kit/telemetry/settings';
import { z } from 'zod';

const settings = requiredInProduction(
  z.object({
    ...platformSettings,
    ...telemetrySettings,
    CATALOG_PORT: portSetting(4002),
    CATALOG_DATABASE_URL: z.url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a PostgreSQL URL, postgres://… (`pnpm start` provides one)',
    }),
    CMS_URL: urlSetting().default('http://127.0.0.1:4001'),
    CMS_TIMEOUT_MS: millisecondsSetting(3_000),
  }),
  ['INTERNAL_SECRET'],
);

/** The catalog's settings. @throws SettingsError naming all that is wrong */
export async function readConfig(env: Readonly<Record<string, string | undefined>>) {
  const read = readSettings(settings, env);
  return {
    host: read.HOST,
    port: read.CATALOG_PORT,
    databaseUrl: read.CATALOG_DATABASE_URL,
    cmsUrl: read.CMS_URL,
    cmsTimeoutMs: read.CMS_TIMEOUT_MS,
    maxBodyBytes: read.MAX_BODY_BYTES,
    telemetry: telemetryOf(read),
    secrets: await resolveSecret({
      name: 'INTERNAL_SECRET',
      configured: read.INTERNAL_SECRET,
      dataDir: read.DATA_DIR,
      production: read.NODE_ENV === 'production',
    }),
  };
}
