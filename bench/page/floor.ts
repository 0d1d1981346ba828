import { startChildServer } from '../child-server.ts';

export interface FloorSettings {
  readonly databases: { readonly catalog: string; readonly cms: string };
  readonly secret: string;
  /** A page of ours: which renditions it lists, and under which path. */
  readonly example: string;
}

/** The bare server of a product page. */
export const startFloor = (settings: FloorSettings) =>
  startChildServer(new URL('floor-server.ts', import.meta.url), settings);
