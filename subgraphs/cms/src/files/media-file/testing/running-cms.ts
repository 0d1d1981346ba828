import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PaceLimits } from '@federated-media/multipart/pace';
import { createTokenMinter } from '@federated-media/subgraph-kit/identity';
import { serveSubgraph } from '@federated-media/subgraph-kit/server';
import { type Logger, pino } from 'pino';
import { type Presets, readPresets } from '../../../delivery/rendition/presets.ts';
import { createRenderer } from '../../../delivery/rendition/renderer.ts';
import { createRecovery } from '../../../intake/recovery.ts';
import { createReservations } from '../../../intake/reservations/reservations.ts';
import { createSourceFetcher } from '../../../intake/source/fetch-source.ts';
import { createStagedUploadRepository } from '../../../intake/upload/staged/repository.ts';
import { openDiskStorage } from '../../../storage/disk-storage.ts';
import { createStaging } from '../../../storage/staging.ts';
import type { OpenStorage } from '../../../storage/open-storage.ts';
import type { Storage } from '../../../storage/storage.ts';
import { createCmsSubgraph } from '../../../subgraph.ts';
import { type Acceptance, DEFAULT_ACCEPTANCE } from '../../file-types/acceptance.ts';
import { type UnverifiedFile, createVerifier } from '../../../intake/verification/verifier.ts';
import { type MediaStore, openMediaStore } from './media-store.ts';

const UPLOAD = `mutation ($input: UploadMediaInput!) {
  uploadMedia(input: $input) {
    mediaFile { id version visibility url createdAt }
    reused
    userErrors { code message field }
  }
}`;
const SECRET = 'a secret that is long enough for tests';

/** Tests state the shape that they expect. */
type Json = ReturnType<typeof JSON.parse>;

export interface Answer {
  status: number;
  data: Record<string, Json> | null;
  errors?: { message: string; extensions: { code: string } }[];
}

interface Call {
  storeId?: string;
  scope?: string;
  /** The issuer of the token: a subgraph, or the gateway. */
  issuer?: string;
  /** By path in the operations: `variables.input.file`. Sent in this order. */
  files?: Record<string, File>;
}

interface Options {
  uploadMaxBytes?: number;
  uploadPace?: Partial<PaceLimits>;
  uploadSlots?: number;
  failing?: () => boolean;
  storeQuotaBytes?: number | null;
  importTimeoutMs?: number;
  completionPatienceMs?: number;
  allowedHosts?: Set<string>;
  resolve?: (hostname: string) => Promise<string[]>;
  logLine?: (line: string) => void;
  maxAdHocRenditions?: number;
  presets?: Presets;
  ffmpeg?: string | null;
  acceptance?: Acceptance;
  /** A file is verified once this has resolved. */
  verifying?: (file: UnverifiedFile) => Promise<void>;
  /** Opens where bytes are kept. Default: a folder. */
  openBytes?: (folder: string, logger: Logger) => Promise<OpenStorage>;
  /** Another process on the same database and disk, which is closed after this one. */
  besides?: { readonly store: Pick<MediaStore, 'database'>; readonly folder: string };
  /** An upload continues with its commit once this has resolved. */
  published?: () => Promise<void>;
}

/** The CMS alone, served as in a process, with a separate database and folder. */
export async function runCms({
  uploadMaxBytes = 1_000_000,
  uploadPace = {},
  uploadSlots = 512,
  failing = (): boolean => false,
  storeQuotaBytes = null,
  importTimeoutMs = 8_000,
  completionPatienceMs = 60_000,
  allowedHosts = new Set(),
  resolve,
  logLine = () => {},
  verifying = async () => {},
  published = async () => {},
  maxAdHocRenditions = 100,
  presets = readPresets(undefined),
  ffmpeg = null,
  acceptance = DEFAULT_ACCEPTANCE,
  openBytes = openDisk,
  besides,
}: Options = {}) {
  const store = await openMediaStore(besides?.store.database);
  const folder = besides?.folder ?? (await mkdtemp(join(tmpdir(), 'cms-test-')));
  const logger = pino({ level: 'info' }, { write: logLine });
  const { storage, staging } = await openBytes(folder, logger);
  const verifier = createVerifier({ maxPixels: 50_000_000, acceptance, workers: 1, logger });
  const verified: UnverifiedFile[] = [];
  const subgraph = createCmsSubgraph({
    pool: store.pool,
    jobsPool: store.jobsPool,
    storage: hinderedStorage(storage, { failing, published }),
    staging,
    mediaMaxAgeSeconds: 31_536_000,
    checksSecrets: false,
    cdn: null,
    verifier: {
      ...verifier,
      verify: async (file, options) => {
        verified.push(file);
        await verifying(file);
        return verifier.verify(file, options);
      },
    },
    renderer: createRenderer({ maxPixels: 50_000_000, ffmpeg, workers: 1, logger }),
    presets,
    handover: null,
    maxAdHocRenditions,
    urlSigningSecrets: ['another secret that is long enough'],
    publicUrl: (): string => server.url,
    uploadUrl: (): string => server.url,
    uploadMaxBytes,
    uploadPace: { minBytesPerSecond: 0, windowMs: 30_000, totalMs: 600_000, ...uploadPace },
    uploadSlots,
    acceptance,
    trashRetentionDays: 30,
    auditRetentionDays: 0,
    storeQuotaBytes,
    fetchSource: createSourceFetcher({ allowedHosts, ...(resolve && { resolve }) }),
    importTimeoutMs,
    completionPatienceMs,
    maxBodyBytes: 1_000_000,
    logger,
  });
  const server = await serveSubgraph(subgraph, {
    host: '127.0.0.1',
    port: 0,
    secrets: [SECRET],
    maxBodyBytes: 1_000_000,
    logger,
  });

  async function authorization({
    storeId = 'ours',
    scope = 'media:read media:write media:delete media:admin',
    issuer = 'gateway',
  }: Call = {}) {
    const minter = createTokenMinter({ secrets: [SECRET], issuer });
    const token = await minter.mint({ audience: 'cms', subject: 'someone', storeId, scope });
    return `Bearer ${token}`;
  }

  async function graphql(query: string, variables: object = {}, call: Call = {}): Promise<Answer> {
    const operations = JSON.stringify({ query, variables });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: await authorization(call),
        'apollo-require-preflight': 'true',
        ...(!call.files && { 'content-type': 'application/json' }),
      },
      body: call.files ? multipart(operations, call.files) : operations,
    });
    const body: Omit<Answer, 'status'> = JSON.parse(await response.text());
    return { ...body, status: response.status };
  }

  return {
    url: server.url,
    store,
    folder,
    /** The files that were verified. */
    verified,
    authorization,
    graphql,
    /** Uploads one image. */
    async upload(
      bytes: Uint8Array<ArrayBuffer>,
      { input = {}, name = 'beach.jpg', type = 'image/jpeg', storeId = 'ours' } = {},
    ) {
      const file = new File([bytes], name, { type });
      const call = { storeId, files: { 'variables.input.file': file } };
      const { data, errors } = await graphql(UPLOAD, { input: { ...input, file: null } }, call);
      if (errors) throw new Error(JSON.stringify(errors));
      return data!['uploadMedia'];
    },
    /** Removes what uploads have left, as this process does every 30 seconds. */
    async recover() {
      const repository = store.reservations;
      const reservations = createReservations({ repository, staging, storage, logger });
      const stagedUploads = createStagedUploadRepository({ pool: store.pool });
      const recovery = createRecovery({ reservations, stagedUploads, staging, logger });
      recovery.start();
      await recovery.stop();
    },
    /** Everything an upload can leave behind: rows, objects and temporary files. */
    async traces() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const counts = ['stores', 'media_files', 'media_contents', 'media_texts', 'uploads'];
      const rows = await Promise.all(counts.map((table) => store.count(table)));
      return {
        rows: rows.reduce((sum, count) => sum + count),
        files: entries.filter((entry) => entry.isFile()).map(({ name }) => name),
      };
    },
    async close() {
      await server.close();
      if (besides) return;
      await store.drop();
      await rm(folder, { recursive: true });
    },
  };
}
export type RunningCms = Awaited<ReturnType<typeof runCms>>;

const openDisk = async (folder: string): Promise<OpenStorage> => ({
  storage: openDiskStorage({ root: join(folder, 'objects') }),
  staging: createStaging({ dir: join(folder, 'staging') }),
});

/** A storage that stores an object, waits, and then fails. */
const hinderedStorage = (
  storage: Storage,
  { failing, published }: { failing: () => boolean; published: () => Promise<void> },
): Storage => ({
  ...storage,
  async publish(...publishing) {
    await storage.publish(...publishing);
    await published();
    if (failing()) throw new Error('disk full');
  },
});

/** A GraphQL multipart request. */
function multipart(operations: string, files: Record<string, File>): FormData {
  const entries = Object.entries(files);
  const form = new FormData();
  form.set('operations', operations);
  form.set(
    'map',
    JSON.stringify(Object.fromEntries(entries.map(([path], index) => [index, [path]]))),
  );
  for (const [index, [, file]] of entries.entries()) form.set(`${index}`, file);
  return form;
}
