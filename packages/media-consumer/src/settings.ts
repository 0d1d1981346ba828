import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import {
  isProduction,
  millisecondsSetting,
  platformSettings,
  portSetting,
  readSettings,
  requiredInProduction,
  urlSetting,
} from '@federated-media/subgraph-kit/settings';
import { telemetryOf, telemetrySettings } from '@federated-media/subgraph-kit/telemetry/settings';
import { z } from 'zod';

/** Settings that all consumers have in common. */
const commonSettings = {
  ...platformSettings,
  ...telemetrySettings,
  CMS_URL: urlSetting().default('http://127.0.0.1:4001'),
  CMS_TIMEOUT_MS: millisecondsSetting(3_000),
};

const databaseUrlSetting = () =>
  z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a PostgreSQL URL, postgres://… (`pnpm start` provides one)',
  });

/**
 * The settings of a consumer: the common ones and, with its name in front (`NOTES_PORT`,
 * `NOTES_DATABASE_URL`), its port and its database. @throws SettingsError with all invalid settings
 */
export async function readConsumerSettings(
  { name, defaultPort }: { readonly name: string; readonly defaultPort: number },
  env: Readonly<Record<string, string | undefined>>,
) {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const portName = `${prefix}_PORT`;
  const databaseName = `${prefix}_DATABASE_URL`;
  const settings = z.looseObject({
    ...commonSettings,
    [portName]: portSetting(defaultPort),
    [databaseName]: databaseUrlSetting(),
  });
  const read = readSettings(requiredInProduction(settings, ['INTERNAL_SECRET']), env);
  const secrets = await resolveSecret({
    name: 'INTERNAL_SECRET',
    configured: read.INTERNAL_SECRET,
    dataDir: read.DATA_DIR,
    production: isProduction(read),
  });
  return {
    databaseUrl: String(read[databaseName]),
    hosting: {
      host: read.HOST,
      port: Number(read[portName]),
      maxBodyBytes: read.MAX_BODY_BYTES,
      telemetry: telemetryOf(read),
      secrets,
    },
    cms: { consumer: name, url: read.CMS_URL, timeoutMs: read.CMS_TIMEOUT_MS, secrets },
  };
}
