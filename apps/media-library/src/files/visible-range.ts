export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The files that are visible. Not a state of the screen: only the count is rendered anew while one scrolls. */
export class VisibleRange {
  #range: Range = { from: 0, to: 0 };
  readonly #listeners = new Set<() => void>();

  readonly get = (): Range => this.#range;

  readonly set = (range: Range): void => {
    this.#range = range;
    for (const listener of this.#listeners) listener();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
}
