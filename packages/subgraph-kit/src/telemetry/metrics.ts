import { Registry, collectDefaultMetrics } from 'prom-client';
import { instruments } from './instruments.ts';
import type { ModuleMetrics } from './module-metrics.ts';

/**
 * The metrics of this process, whatever modules it hosts: CPU, memory, garbage collection and event loop lag, under
 * the standard names of Prometheus clients.
 */
export const processRegistry = new Registry();
collectDefaultMetrics({ register: processRegistry });

/** Records metrics of the module that this code runs for. */
export const metrics: Omit<ModuleMetrics, 'registry'> = {
  operation: (ended) => instruments().metrics.operation(ended),
  slowOperation: () => instruments().metrics.slowOperation(),
  error: (code) => instruments().metrics.error(code),
  rejectedToken: (reason) => instruments().metrics.rejectedToken(reason),
  requestBegins: () => instruments().metrics.requestBegins(),
  requestEnds: (request) => instruments().metrics.requestEnds(request),
  upload: (uploaded) => instruments().metrics.upload(uploaded),
  backgroundCompletion: (outcome) => instruments().metrics.backgroundCompletion(outcome),
  backgroundCompletions: (count) => instruments().metrics.backgroundCompletions(count),
  statement: (statement) => instruments().metrics.statement(statement),
  subgraph: (request) => instruments().metrics.subgraph(request),
  plan: (ms) => instruments().metrics.plan(ms),
  entityCache: (outcomes) => instruments().metrics.entityCache(outcomes),
  responseCache: (outcome) => instruments().metrics.responseCache(outcome),
  feedLag: (ms) => instruments().metrics.feedLag(ms),
  cacheSize: (size) => instruments().metrics.cacheSize(size),
};
