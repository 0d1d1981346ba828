import type { Module } from '@federated-media/subgraph-kit/module';
import { runProcess } from '@federated-media/subgraph-kit/process';
import { checkConfig, readRateLimits, workerCount } from './config.ts';
import { createRateLimitAnswers } from './limits/rate-buckets.ts';

const load = () => import('./start.ts');

/** The gateway, for a process that hosts several modules. */
export const module: Module = {
  name: 'gateway',
  checkSettings: checkConfig,
  workers: {
    count: workerCount,
    answerer: (env) => createRateLimitAnswers(readRateLimits(env)),
  },
  load: async () => void (await load()),
  start: async (surroundings) => (await load()).startGateway(surroundings),
};

if (import.meta.main) await runProcess(module);
