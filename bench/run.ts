const benches = new Map([
  ['consumers', () => import('./consumers/consumers.bench.ts')],
  ['faults', () => import('./faults/faults.bench.ts')],
  ['gateway', () => import('./gateway/gateway.bench.ts')],
  ['library', () => import('./library/library.bench.ts')],
  ['media-library', () => import('./media-library/media-library.bench.ts')],
  ['memory', () => import('./memory/memory.bench.ts')],
  ['page', () => import('./page/page.bench.ts')],
  ['renditions', () => import('./renditions/renditions.bench.ts')],
  ['scale', () => import('./scale/scale.bench.ts')],
  ['soak', () => import('./soak/soak.bench.ts')],
  ['storage', () => import('./storage/storage.bench.ts')],
  ['stores', () => import('./stores/stores.bench.ts')],
  ['upload', () => import('./upload/upload.bench.ts')],
  ['workers', () => import('./workers/workers.bench.ts')],
]);

const [name = '', ...rest] = process.argv.slice(2);
const load = benches.get(name);
if (!load || rest.length > 0) {
  process.stderr.write(`Usage: pnpm bench <name>\nNames: ${[...benches.keys()].join(', ')}\n`);
  process.exit(2);
}
await (await load()).run();
