import { AsyncLocalStorage } from 'node:async_hooks';
import { type Tracer, trace } from '@opentelemetry/api';
import { type ModuleMetrics, createMetrics } from './module-metrics.ts';

/** What one module is watched with. */
export interface Instruments {
  readonly metrics: ModuleMetrics;
  /** The tracer of the API, which does nothing, until `installTracer` is called. */
  tracer: Tracer;
}

const createInstruments = (): Instruments => ({
  metrics: createMetrics(),
  tracer: trace.getTracer('federated-media'),
});

const ofProcess = createInstruments();
const ofModule = new AsyncLocalStorage<Instruments>();

/** The instruments of the module that this code runs for. A process with one module has one set. */
export const instruments = (): Instruments => ofModule.getStore() ?? ofProcess;

/** Runs `work` with a new set: it belongs to everything that `work` starts, requests to its servers included. */
export const withOwnInstruments = <Result>(work: () => Result): Result =>
  ofModule.run(createInstruments(), work);
