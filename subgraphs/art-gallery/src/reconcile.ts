import { runReconcile } from '@federated-media/media-consumer/run';
import { artGallery } from './subgraph.ts';

await runReconcile(artGallery);
