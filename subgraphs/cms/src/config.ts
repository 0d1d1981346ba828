import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import {
  byteSetting,
  listSetting,
  millisecondsSetting,
  optionalByteSetting,
  platformSettings,
  portSetting,
  readSettings,
  requiredInProduction,
  secretSetting,
  urlSetting,
} from '@federated-media/subgraph-kit/settings';
import { telemetryOf, telemetrySettings } from '@federated-media/subgraph-kit/telemetry/settings';
import { DEFAULT_UPLOAD_MAX_BYTES } from '@federated-media/subgraph-kit/upload-defaults';
import { z } from 'zod';
import { readPresets } from './delivery/rendition/presets.ts';
import { readEndpoint } from './intake/source/resolve-source.ts';

const DEFAULT_PORT = 4001;
const DEFAULT_TRASH_DAYS = 30;
const DEFAULT_RENDITIONS = 100;
const DEFAULT_IMAGE_PIXELS = 50_000_000;
/** Less than the time that the gateway allows for a request. */
const DEFAULT_IMPORT_MS = 8_000;

const settings = requiredInProduction(
  z.object({
    ...platformSettings,
    ...telemetrySettings,
    CMS_PORT: portSetting(DEFAULT_PORT),
    CMS_DATABASE_URL: z.string({
      error: 'must be a PostgreSQL URL, postgres://… (`pnpm start` provides one)',
    }),
    STORAGE_URL: z.string().transform(toFolder).optional(),
    PUBLIC_MEDIA_URL: urlSetting().optional(),
    UPLOAD_MAX_BYTES: byteSetting(DEFAULT_UPLOAD_MAX_BYTES),
    IMAGE_MAX_PIXELS: z.coerce
      .number({ error: 'must be a number of pixels' })
      .int('must be a whole number of pixels')
      .min(1, 'must be at least 1')
      .default(DEFAULT_IMAGE_PIXELS),
    IMAGE_PRESETS: z.string().optional().transform(readPresets),
    MAX_RENDITIONS_PER_FILE: z.coerce
      .number({ error: 'must be a number of renditions' })
      .int('must be a whole number of renditions')
      .min(1, 'must be at least 1')
      .max(10_000, 'must be at most 10000')
      .default(DEFAULT_RENDITIONS),
    TRASH_RETENTION_DAYS: z.coerce
      .number({ error: 'must be a number of days' })
      .int('must be a whole number of days')
      .min(0, 'must be at least 0; 0 keeps files forever')
      .max(36_500, 'must be at most 36500')
      .default(DEFAULT_TRASH_DAYS),
    STORE_QUOTA_BYTES: optionalByteSetting(),
    IMPORT_TIMEOUT_MS: millisecondsSetting(DEFAULT_IMPORT_MS),
    IMPORT_ALLOWED_HOSTS: listSetting().transform(toEndpoints).optional(),
    URL_SIGNING_SECRET: secretSetting(),
  }),
  ['INTERNAL_SECRET', 'URL_SIGNING_SECRET'],
);

/**
 * The settings of this process. Generates missing secrets in development.
 * @throws SettingsError listing all invalid settings
 */
export async function readConfig(env: Readonly<Record<string, string | undefined>>) {
  const given = readSettings(settings, env);
  const secret = (name: string, configured: string | undefined) =>
    resolveSecret({
      name,
      configured,
      dataDir: given.DATA_DIR,
      production: given.NODE_ENV === 'production',
    });
  const [internalSecrets, urlSigningSecrets] = await Promise.all([
    secret('INTERNAL_SECRET', given.INTERNAL_SECRET),
    secret('URL_SIGNING_SECRET', given.URL_SIGNING_SECRET),
  ]);
  return {
    host: given.HOST,
    port: given.CMS_PORT,
    databaseUrl: given.CMS_DATABASE_URL,
    /** Staged and stored bytes are on the same disk, so that publishing is a rename. */
    storageRoot: given.STORAGE_URL ?? join(given.DATA_DIR, 'media'),
    /** Undefined: the URL of this process. */
    publicMediaUrl: given.PUBLIC_MEDIA_URL,
    uploadMaxBytes: given.UPLOAD_MAX_BYTES,
    imageMaxPixels: given.IMAGE_MAX_PIXELS,
    imagePresets: given.IMAGE_PRESETS,
    /** Per file, without presets. */
    maxAdHocRenditions: given.MAX_RENDITIONS_PER_FILE,
    /** 0: files stay in the trash. */
    trashRetentionDays: given.TRASH_RETENTION_DAYS,
    /** The limit of stores without a separate one; null: no limit. */
    storeQuotaBytes: given.STORE_QUOTA_BYTES ?? null,
    importTimeoutMs: given.IMPORT_TIMEOUT_MS,
    /** `host:port` of hosts that imports may fetch from although they are not public. */
    importAllowedHosts: new Set(given.IMPORT_ALLOWED_HOSTS),
    maxBodyBytes: given.MAX_BODY_BYTES,
    telemetry: telemetryOf(given),
    internalSecrets,
    urlSigningSecrets,
  };
}

function toEndpoints(hosts: readonly string[], context: z.RefinementCtx): string[] {
  return hosts.flatMap((host) => {
    const endpoint = readEndpoint(host);
    if (endpoint !== null) return endpoint;
    const message = `must list hosts with their ports, such as files.intranet:8080; invalid: ${host}`;
    context.addIssue({ code: 'custom', message });
    return [];
  });
}

/** `file:///var/media`, or `file:media` relative to the working directory. */
function toFolder(url: string, context: z.RefinementCtx): string {
  try {
    if (url.startsWith('file://')) return fileURLToPath(url);
    if (url.startsWith('file:') && url.length > 'file:'.length) return resolve(url.slice(5));
  } catch {
    // Reported below, like every other invalid URL.
  }
  context.addIssue({ code: 'custom', message: 'must be a folder such as file:///var/media' });
  return z.NEVER;
}
