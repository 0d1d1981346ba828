/**
 * How much of something that all stores share, such as the places of a queue, one store may hold: half of it, so that
 * no store can shut out the others; all of it if it cannot be divided.
 */
export const storeShare = (total: number): number => Math.max(1, Math.floor(total / 2));
