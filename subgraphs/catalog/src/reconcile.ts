import { runReconcile } from '@federated-media/media-consumer/run';
import { catalog } from './subgraph.ts';

await runReconcile(catalog);
