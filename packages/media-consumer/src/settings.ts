import {
  databaseAccess,
  databaseUrlSetting,
  poolerSettings,
  withDirectUrl,
} from '@federated-media/subgraph-kit/database-settings';
import {
  keysOfConsumer,
  resolveInternalSecrets,
} from '@federated-media/subgraph-kit/internal-keys';
import type { Environment } from '@federated-media/subgraph-kit/module';
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

/** Settings that all consumers have in common. */
const commonSettings = {
  ...platformSettings,
  ...telemetrySettings,
  ...poolerSettings,
  CMS_URL: urlSetting().default('http://127.0.0.1:4001'),
  CMS_TIMEOUT_MS: millisecondsSetting(3_000),
};

/** 500 claims with it fit into one request. */
const MAX_EDIT_URL = 500;
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** An http or https URL that contains `{id}`. */
const editUrlSetting = () =>
  z
    .string()
    .refine(isEditUrl, {
      error: `must be an http or https URL with {id} for the id, at most ${MAX_EDIT_URL} characters`,
    })
    .optional();

function isEditUrl(text: string): boolean {
  if (!text.includes('{id}') || text.length > MAX_EDIT_URL) return false;
  const url = URL.parse(text.replaceAll('{id}', NO_ID));
  return url !== null && /^https?:$/.test(url.protocol);
}

interface NamedConsumer {
  readonly name: string;
  readonly defaultPort: number;
}

/** Changes nothing. @throws SettingsError with all invalid settings */
export function checkConsumerSettings(consumer: NamedConsumer, env: Environment): void {
  parse(consumer, env);
}

function parse({ name, defaultPort }: NamedConsumer, env: Environment) {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const portName = `${prefix}_PORT`;
  const editUrlName = `${prefix}_EDIT_URL`;
  const settings = z.looseObject({
    ...commonSettings,
    [portName]: portSetting(defaultPort),
    [`${prefix}_DATABASE_URL`]: databaseUrlSetting(),
    [`${prefix}_DATABASE_DIRECT_URL`]: databaseUrlSetting().optional(),
    [editUrlName]: editUrlSetting(),
  });
  const checked = withDirectUrl(requiredInProduction(settings, ['INTERNAL_SECRET']), prefix);
  const read = readSettings(checked, env);
  const editUrl = read[editUrlName];
  return {
    ...read,
    port: Number(read[portName]),
    database: databaseAccess(read, prefix),
    editUrl: typeof editUrl === 'string' ? editUrl : null,
  };
}

/**
 * The settings of a consumer: the common ones and, with its name in front (`NOTES_PORT`,
 * `NOTES_DATABASE_URL`), its port, its database and where its entities are edited.
 * @throws SettingsError with all invalid settings
 */
export async function readConsumerSettings(consumer: NamedConsumer, env: Environment) {
  const read = parse(consumer, env);
  const secrets = await resolveInternalSecrets(read, keysOfConsumer(consumer.name));
  return {
    database: read.database,
    editUrl: read.editUrl,
    hosting: {
      host: read.HOST,
      port: read.port,
      maxBodyBytes: read.MAX_BODY_BYTES,
      telemetry: telemetryOf(read),
      secrets,
    },
    cms: { consumer: consumer.name, url: read.CMS_URL, timeoutMs: read.CMS_TIMEOUT_MS, secrets },
  };
}
