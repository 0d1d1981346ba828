import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import {
  isProduction,
  millisecondsSetting,
  platformSettings,
  urlSetting,
} from '@federated-media/subgraph-kit/settings';
import { telemetryOf, telemetrySettings } from '@federated-media/subgraph-kit/telemetry/settings';
import { z } from 'zod';

/** What a subgraph that uses files reads, beside a port and a database of its own. */
export const consumerSettings = {
  ...platformSettings,
  ...telemetrySettings,
  CMS_URL: urlSetting().default('http://127.0.0.1:4001'),
  CMS_TIMEOUT_MS: millisecondsSetting(3_000),
};

/** Its database. */
export const databaseUrlSetting = () =>
  z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a PostgreSQL URL, postgres://… (`pnpm start` provides one)',
  });

const settings = z.object(consumerSettings);

/** What it needs to serve and to ask the CMS. @throws SettingsError */
export async function consumerConfig(
  read: z.output<typeof settings>,
  { consumer, port }: { consumer: string; port: number },
) {
  const secrets = await resolveSecret({
    name: 'INTERNAL_SECRET',
    configured: read.INTERNAL_SECRET,
    dataDir: read.DATA_DIR,
    production: isProduction(read),
  });
  return {
    hosting: {
      host: read.HOST,
      port,
      maxBodyBytes: read.MAX_BODY_BYTES,
      telemetry: telemetryOf(read),
      secrets,
    },
    cms: { consumer, url: read.CMS_URL, timeoutMs: read.CMS_TIMEOUT_MS, secrets },
  };
}
