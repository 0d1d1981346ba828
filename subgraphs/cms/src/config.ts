import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  databaseAccess,
  databaseUrlSetting,
  poolerSettings,
  withDirectUrl,
} from '@federated-media/subgraph-kit/database-settings';
import {
  keysOfSubgraph,
  resolveInternalSecrets,
} from '@federated-media/subgraph-kit/internal-keys';
import type { Environment } from '@federated-media/subgraph-kit/module';
import { resolveSecret } from '@federated-media/subgraph-kit/secrets';
import {
  cacheSizeSetting,
  countSetting,
  isProduction,
  listSetting,
  millisecondsSetting,
  optionalByteSetting,
  platformSettings,
  portSetting,
  publicUrlSetting,
  urlSetting,
  readSettings,
  requiredInProduction,
  secondsSetting,
  secretSetting,
} from '@federated-media/subgraph-kit/settings';
import { telemetryOf, telemetrySettings } from '@federated-media/subgraph-kit/telemetry/settings';
import { uploadPaceOf, uploadSettings } from '@federated-media/subgraph-kit/upload-settings';
import { z } from 'zod';
import { isWebhookSecret } from '@federated-media/subgraph-kit/webhook-signature';
import { readPresets } from './delivery/rendition/presets.ts';
import { createAcceptance, readAcceptedTypes } from './files/file-types/acceptance.ts';
import { type FileType, GROUPS } from './files/file-types/file-type.ts';
import { allTypes } from './files/file-types/file-types.ts';
import { DELIVERIES, deliveryProblem } from './storage/handover.ts';
import type { StorageSettings } from './storage/open-storage.ts';
import {
  type StorageLocation,
  StorageUrlError,
  defaultLocation,
  readStorageUrl,
} from './storage/storage-location.ts';
import { readEndpoint } from './intake/source/resolve-source.ts';

const DEFAULT_PORT = 4001;
/** Twice as many as one gateway forwards. */
const DEFAULT_UPLOADS = 512;
const DEFAULT_TRASH_DAYS = 30;
const DEFAULT_RENDITIONS = 100;
/** Of copies of objects that are in an object store. */
const DEFAULT_CACHE_BYTES = 5 * 2 ** 30;
const DEFAULT_IMAGE_PIXELS = 50_000_000;
/** Less than the time that the gateway allows for a request. */
const DEFAULT_IMPORT_MS = 8_000;

const YEAR = 365 * 24 * 60 * 60;

const PREFIX = 'CMS';

const allSettings = requiredInProduction(
  z.object({
    ...platformSettings,
    ...telemetrySettings,
    ...poolerSettings,
    CMS_PORT: portSetting(DEFAULT_PORT),
    CMS_DATABASE_URL: databaseUrlSetting(),
    CMS_DATABASE_DIRECT_URL: databaseUrlSetting().optional(),
    STORAGE_URL: z.string().transform(toLocation).optional(),
    STORAGE_FALLBACK_URL: z.string().transform(toLocation).optional(),
    DELIVERY: z
      .enum(DELIVERIES, { error: `must be one of ${DELIVERIES.join(', ')}` })
      .default('stream'),
    SCRATCH_DIR: z
      .string()
      .transform((path) => resolve(path))
      .optional(),
    CACHE_DIR: z
      .string()
      .transform((path) => resolve(path))
      .optional(),
    CACHE_MAX_BYTES: cacheSizeSetting(DEFAULT_CACHE_BYTES),
    PUBLIC_MEDIA_URL: publicUrlSetting().optional(),
    UPLOAD_URL: publicUrlSetting().optional(),
    UPLOAD_ROUTE: z.enum(['direct', 'cms'], { error: 'must be direct or cms' }).default('direct'),
    ...uploadSettings,
    CMS_UPLOADS: countSetting({ byDefault: DEFAULT_UPLOADS, atMost: 10_000 }),
    ACCEPTED_TYPES: z.string().optional().transform(toTypes),
    ACCEPT_MACROS: z.stringbool({ error: 'must be true or false' }).default(false),
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
    TRASH_RETENTION_DAYS: daysSetting({ kept: 'files', byDefault: DEFAULT_TRASH_DAYS }),
    AUDIT_RETENTION_DAYS: daysSetting({ kept: 'entries', byDefault: 0 }),
    STORE_QUOTA_BYTES: optionalByteSetting(),
    IMPORT_TIMEOUT_MS: millisecondsSetting(DEFAULT_IMPORT_MS),
    IMPORT_ALLOWED_HOSTS: listSetting().transform(toEndpoints).optional(),
    URL_SIGNING_SECRET: secretSetting(),
    MEDIA_MAX_AGE_SECONDS: secondsSetting({ byDefault: YEAR, min: 0, max: YEAR }),
    CDN_PURGE_URL: urlSetting().optional(),
    CDN_PURGE_SECRET: listSetting()
      .refine((secrets) => secrets.length > 0 && secrets.every(isWebhookSecret), {
        error: 'must be whsec_ and at least 24 bytes in base64',
      })
      .optional(),
  }),
  ['INTERNAL_SECRET', 'URL_SIGNING_SECRET'],
);
const settings = withDirectUrl(allSettings, PREFIX)
  .superRefine((given, context) => {
    const location = locationOf(given);
    const problem = deliveryProblem(given.DELIVERY, location);
    if (problem) context.addIssue({ code: 'custom', path: ['DELIVERY'], message: problem });
    if (isDeepStrictEqual(given.STORAGE_FALLBACK_URL, location)) {
      const message = 'must be another storage than STORAGE_URL';
      context.addIssue({ code: 'custom', path: ['STORAGE_FALLBACK_URL'], message });
    }
  })
  .refine(({ CDN_PURGE_URL, CDN_PURGE_SECRET }) => !CDN_PURGE_URL || CDN_PURGE_SECRET, {
    path: ['CDN_PURGE_SECRET'],
    error: 'must be set with CDN_PURGE_URL, whose requests it signs',
    when: () => true,
  });

function daysSetting({ kept, byDefault }: { kept: string; byDefault: number }) {
  return z.coerce
    .number({ error: 'must be a number of days' })
    .int('must be a whole number of days')
    .min(0, `must be at least 0; 0 keeps ${kept} forever`)
    .max(36_500, 'must be at most 36500')
    .default(byDefault);
}

/** Changes nothing. @throws SettingsError listing all invalid settings */
export function checkConfig(env: Environment): void {
  readSettings(settings, env);
}

/**
 * The settings of this process. Generates missing secrets in development.
 * @throws SettingsError listing all invalid settings
 */
export async function readConfig(env: Environment) {
  const given = readSettings(settings, env);
  const [internalSecrets, urlSigningSecrets] = await Promise.all([
    resolveInternalSecrets(given, keysOfSubgraph('cms')),
    resolveSecret({
      name: 'URL_SIGNING_SECRET',
      configured: given.URL_SIGNING_SECRET,
      dataDir: given.DATA_DIR,
      production: isProduction(given),
    }),
  ]);
  return {
    isProduction: isProduction(given),
    host: given.HOST,
    port: given.CMS_PORT,
    database: databaseAccess(given, PREFIX),
    storage: storageOf(given),
    /** Undefined: the URL of this process. */
    publicMediaUrl: given.PUBLIC_MEDIA_URL,
    /** Undefined: that of the media. */
    uploadUrl: given.UPLOAD_URL ?? given.PUBLIC_MEDIA_URL,
    uploadMaxBytes: given.UPLOAD_MAX_BYTES,
    uploadPace: uploadPaceOf(given),
    /** Concurrent uploads, multipart and staged. */
    uploadSlots: given.CMS_UPLOADS,
    acceptance: createAcceptance(given.ACCEPTED_TYPES, { acceptsMacros: given.ACCEPT_MACROS }),
    imageMaxPixels: given.IMAGE_MAX_PIXELS,
    imagePresets: given.IMAGE_PRESETS,
    /** Per file, without presets. */
    maxAdHocRenditions: given.MAX_RENDITIONS_PER_FILE,
    /** 0: files stay in the trash. */
    trashRetentionDays: given.TRASH_RETENTION_DAYS,
    /** 0: entries of the audit log are kept. */
    auditRetentionDays: given.AUDIT_RETENTION_DAYS,
    /** The limit of stores without a separate one; null: no limit. */
    storeQuotaBytes: given.STORE_QUOTA_BYTES ?? null,
    importTimeoutMs: given.IMPORT_TIMEOUT_MS,
    /** `host:port` of hosts that imports may fetch from although they are not public. */
    importAllowedHosts: new Set(given.IMPORT_ALLOWED_HOSTS),
    maxBodyBytes: given.MAX_BODY_BYTES,
    mediaMaxAgeSeconds: given.MEDIA_MAX_AGE_SECONDS,
    /** Null: no CDN is notified of ended URLs. */
    cdn: cdnOf(given),
    telemetry: telemetryOf(given),
    internalSecrets,
    urlSigningSecrets,
  };
}

const cdnOf = ({ CDN_PURGE_URL: url, CDN_PURGE_SECRET: secrets }: z.output<typeof settings>) =>
  url && secrets ? { url, secrets } : null;

function toTypes(text: string | undefined, context: z.RefinementCtx): readonly FileType[] {
  const types = readAcceptedTypes(text);
  if (!('unknown' in types)) return types;
  const known = [...GROUPS, ...allTypes.map(({ extension }) => extension)].join(', ');
  const message = `must list groups and extensions of ${known}; unknown: ${types.unknown.join(', ')}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
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

function toLocation(url: string, context: z.RefinementCtx): StorageLocation {
  try {
    return readStorageUrl(url);
  } catch (error) {
    if (!(error instanceof StorageUrlError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
}

const locationOf = (
  given: Pick<z.output<typeof allSettings>, 'STORAGE_URL' | 'DATA_DIR'>,
): StorageLocation => given.STORAGE_URL ?? defaultLocation(given.DATA_DIR);

function storageOf(given: z.output<typeof settings>): StorageSettings {
  const location = locationOf(given);
  // Staged and stored bytes are on the same disk, so that publishing is a rename.
  const scratch = location.kind === 'disk' ? location.root : given.SCRATCH_DIR;
  return {
    location,
    fallback: given.STORAGE_FALLBACK_URL ?? null,
    delivery: given.DELIVERY,
    scratchFolder: join(scratch ?? join(given.DATA_DIR, 'scratch'), 'staging'),
    cacheFolder: given.CACHE_DIR ?? join(given.DATA_DIR, 'cache'),
    cacheMaxBytes: given.CACHE_MAX_BYTES,
    uploadRoute: given.UPLOAD_ROUTE,
  };
}
