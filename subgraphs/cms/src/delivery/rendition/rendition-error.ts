/**
 * Why there is no rendition.
 * - `overloaded`: not the fault of these bytes: too many renditions are waiting, this one waited for too long, or the
 *   machine lacks memory or space on its disk; retry later
 * - `failed`: these bytes cannot be rendered
 * - `none`: these bytes have no preview
 */
export class RenditionError extends Error {
  readonly reason: 'overloaded' | 'failed' | 'none';

  constructor(reason: RenditionError['reason'], options?: ErrorOptions) {
    super(`No rendition: ${reason}.`, options);
    this.name = 'RenditionError';
    this.reason = reason;
  }
}
