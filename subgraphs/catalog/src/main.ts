import { runConsumer } from '@federated-media/media-consumer/run';
import { catalog } from './subgraph.ts';

await runConsumer(catalog);
