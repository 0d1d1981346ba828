import { consumerModule } from '@federated-media/media-consumer/run';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { artGallery } from './subgraph.ts';

export const module = consumerModule(artGallery);

if (import.meta.main) await runProcess(module);
