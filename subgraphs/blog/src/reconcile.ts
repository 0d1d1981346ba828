import { runReconcile } from '@federated-media/media-consumer/run';
import { blog } from './subgraph.ts';

await runReconcile(blog);
