/**
 * Loads all programs and starts none, so that Node writes their compiled code to NODE_COMPILE_CACHE: when the image is
 * built.
 */
import { flushCompileCache } from 'node:module';
import { loadModules } from '@federated-media/subgraph-kit/host-modules';
import '@federated-media/migrations/migrate';
import { knownModules } from './modules.ts';

const modules = await knownModules();
await loadModules(modules.map(({ main }) => main));
flushCompileCache();
// Libraries may keep timers.
process.exit();
