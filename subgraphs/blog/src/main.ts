import { consumerModule } from '@federated-media/media-consumer/run';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { blog } from './subgraph.ts';

export const module = consumerModule(blog);

if (import.meta.main) await runProcess(module);
