import type { Logger } from '@federated-media/subgraph-kit/logger';
import type { MediaFileRepository } from '../files/media-file/repository.ts';
import { createAddresses } from './urls/media-urls.ts';
import { createRenditionLocks } from './rendition/rendition-locks.ts';
import { createPlaceholders } from './rendition/placeholder.ts';
import type { Presets } from './rendition/presets.ts';
import { createProduction } from './rendition/production.ts';
import type { Renderer } from './rendition/renderer.ts';
import { createRenditionRepository } from './rendition/repository.ts';
import { createRenditionService } from './rendition/service.ts';
import type { Staging } from '../storage/staging.ts';
import type { Storage } from '../storage/storage.ts';
import { createAccessCache } from './routes/access-cache.ts';
import { createDeliveryRoutes } from './routes/routes.ts';
import { createUrlSigner } from './urls/signed-url.ts';

export interface DeliveryDependencies {
  pool: Parameters<typeof createRenditionRepository>[0]['pool'];
  files: MediaFileRepository;
  storage: Storage;
  staging: Staging;
  renderer: Renderer;
  presets: Presets;
  /** How many renditions of a file are kept that are no preset. */
  maxAdHocRenditions: number;
  urlSigningSecrets: readonly string[];
  /** Where browsers fetch bytes from. Asked at every request, so it may be known only once this listens. */
  publicUrl: () => string;
  logger: Logger;
}

/** Addresses, and what answers at them. */
export function createDelivery({
  pool,
  files,
  storage,
  staging,
  renderer,
  presets,
  maxAdHocRenditions,
  urlSigningSecrets,
  publicUrl,
  logger,
}: DeliveryDependencies) {
  const signer = createUrlSigner({ secrets: urlSigningSecrets, baseUrl: '' });
  const accessCache = createAccessCache({ find: (ref) => files.findDeliverable(ref) });
  const production = createProduction({
    repository: createRenditionRepository({ pool }),
    locks: createRenditionLocks({ pool, logger }),
    storage,
    staging,
    maxAdHoc: maxAdHocRenditions,
    logger,
  });
  const renditions = createRenditionService({ production, renderer, storage, presets, logger });
  return {
    routes: createDeliveryRoutes({ signer, storage, accessCache, renditions, logger }),
    addresses: createAddresses({
      signer,
      publicUrl,
      presets,
      placeholders: createPlaceholders(),
      canShow: ({ mimeType }) => renderer.canShow(mimeType),
    }),
    /** Who may fetch a file has changed. */
    forget: accessCache.forget,
    stop: () => renditions.stop(),
  };
}
