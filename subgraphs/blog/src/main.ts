import { runConsumer } from '@federated-media/media-consumer/run';
import { blog } from './subgraph.ts';

await runConsumer(blog);
