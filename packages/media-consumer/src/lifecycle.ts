import type { Database } from '@federated-media/subgraph-kit/database';
import type { MediaConsumer } from './media-consumer.ts';

/** How a subgraph lives that owns a database and uses files: from `start` to `stop`. */
export const lifecycleOf = ({
  database,
  media,
}: {
  database: Pick<Database<unknown>, 'ping' | 'close'>;
  media: MediaConsumer;
}) => ({
  isReady: () => database.ping(),
  async start() {
    await database.ping();
    media.start();
  },
  async stop() {
    await media.stop();
    await database.close();
  },
});
