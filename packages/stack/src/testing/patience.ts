import { vi } from 'vitest';

/**
 * How long a test waits for something to happen. Vitest's default is one second, which is too short on a
 * shared machine; a wait ends as soon as its condition holds.
 */
const PATIENCE = { timeout: 20_000 };

const { waitFor, waitUntil } = vi;
vi.waitFor = (callback, options = PATIENCE) => waitFor(callback, options);
vi.waitUntil = (callback, options = PATIENCE) => waitUntil(callback, options);
