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
    BLOG_PORT: portSetting(4004),
    BLOG_DATABASE_URL: databaseUrlSetting(),
  }),
  ['INTERNAL_SECRET'],
);

/** The blog's settings. @throws SettingsError naming all that is wrong */
export async function readConfig(env: Readonly<Record<string, string | undefined>>) {
  const {
    BLOG_PORT: port,
    BLOG_DATABASE_URL: databaseUrl,
    ...common
  } = readSettings(settings, env);
  return { databaseUrl, ...(await consumerConfig(common, { consumer: 'blog', port })) };
}
