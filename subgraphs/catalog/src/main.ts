import { consumerModule } from '@federated-media/media-consumer/run';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { catalog } from './subgraph.ts';

export const module = consumerModule(catalog);

if (import.meta.main) await runProcess(module);
