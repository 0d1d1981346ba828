import { runConsumer } from '@federated-media/media-consumer/run';
import { artGallery } from './subgraph.ts';

await runConsumer(artGallery);
