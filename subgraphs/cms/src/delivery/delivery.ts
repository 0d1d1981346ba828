import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { MediaFileRepository } from '../files/media-file/repository.ts';
import { createMediaUrls } from './urls/media-urls.ts';
import { createRenditionLocks } from './rendition/rendition-locks.ts';
import { createPlaceholders } from './rendition/placeholder.ts';
import type { Presets } from './rendition/presets.ts';
import { createRendering } from './rendition/rendering.ts';
import type { Renderer } from './rendition/renderer.ts';
import { createRenditionRepository } from './rendition/repository.ts';
import { createRenditionService } from './rendition/service.ts';
import type { Staging } from '../storage/staging.ts';
import type { Handover } from '../storage/handover.ts';
import type { Storage } from '../storage/storage.ts';
import { createAccessCache } from './routes/access-cache.ts';
import { createDeliveryRoutes } from './routes/routes.ts';
import { createUrlSigner } from './urls/signed-url.ts';
import { keepPrivateUrls } from './urls/private-urls.ts';
import { cacheMediaUrls } from './urls/url-cache.ts';

export interface DeliveryDependencies {
  pool: Parameters<typeof createRenditionRepository>[0]['pool'];
  /** On the same database, reached directly: jobs, notifications and locks need sessions. No request waits for it. */
  jobsPool: DeliveryDependencies['pool'];
  files: MediaFileRepository;
  storage: Storage;
  /** How originals are delivered without passing through this process; null: they are streamed. */
  handover: Handover | null;
  staging: Staging;
  renderer: Renderer;
  presets: Presets;
  /** How many renditions that are not presets are kept per file. */
  maxAdHocRenditions: number;
  urlSigningSecrets: readonly string[];
  /**
   * The origin of all URLs. It is a function because it may be known only after the server listens.
   */
  publicUrl: () => string;
  /** How long browsers and shared caches may keep the bytes of a PUBLIC file. */
  mediaMaxAgeSeconds: number;
  logger: Logger;
}

/** The routes that serve bytes, and the URLs of these routes. */
export function createDelivery({
  pool,
  jobsPool,
  files,
  storage,
  handover,
  staging,
  renderer,
  presets,
  maxAdHocRenditions,
  urlSigningSecrets,
  publicUrl,
  mediaMaxAgeSeconds: maxAgeSeconds,
  logger,
}: DeliveryDependencies) {
  const signer = createUrlSigner({ secrets: urlSigningSecrets, baseUrl: '' });
  const accessCache = createAccessCache({ find: (ref) => files.findDeliverable(ref) });
  const rendering = createRendering({
    repository: createRenditionRepository({ pool }),
    locks: createRenditionLocks({ pool: jobsPool, logger }),
    storage,
    staging,
    maxAdHoc: maxAdHocRenditions,
    logger,
  });
  const renditions = createRenditionService({ rendering, renderer, storage, presets, logger });
  return {
    routes: createDeliveryRoutes({
      signer,
      storage,
      handover,
      accessCache,
      renditions,
      maxAgeSeconds,
      logger,
    }),
    mediaUrls: keepPrivateUrls(
      cacheMediaUrls(
        createMediaUrls({
          signer,
          publicUrl,
          presets,
          placeholders: createPlaceholders(),
          canShow: ({ mimeType }) => renderer.canShow(mimeType),
        }),
        signer.expiryStep,
      ),
    ),
    /** Call it after the access to a file has changed. */
    forget: accessCache.forget,
    stop: () => renditions.stop(),
  };
}
