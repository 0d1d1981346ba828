import {
  consumerConfig,
  consumerSettings,
  databaseUrlSetting,
} from '@federated-media/media-consumer/settings';
import {
  portSetting,
  readSettings,
  requiredInProduction,
} from '@federated-media/subgraph-kit/settings';
import { z } from 'zod';

const settings = requiredInProduction(
  z.object({
    ...consumerSettings,
    ART_GALLERY_PORT: portSetting(4003),
    ART_GALLERY_DATABASE_URL: databaseUrlSetting(),
  }),
  ['INTERNAL_SECRET'],
);

/** The art gallery's settings. @throws SettingsError naming all that is wrong */
export async function readConfig(env: Readonly<Record<string, string | undefined>>) {
  const {
    ART_GALLERY_PORT: port,
    ART_GALLERY_DATABASE_URL: databaseUrl,
    ...common
  } = readSettings(settings, env);
  return { databaseUrl, ...(await consumerConfig(common, { consumer: 'art-gallery', port })) };
}
