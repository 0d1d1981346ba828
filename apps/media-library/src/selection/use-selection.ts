import { useCallback, useMemo, useState } from 'react';

interface State {
  readonly ids: ReadonlySet<string>;
  /** Where a range starts, and what was selected before it. */
  readonly anchor: string | null;
  readonly before: ReadonlySet<string>;
}

const NOTHING: State = { ids: new Set(), anchor: null, before: new Set() };

export interface SelectableList {
  indexOf(id: string): number;
  ids(from?: number, to?: number): string[];
}

/** The selected files of a list, by id. With `multiple: false`, at most one. */
export function useSelection(list: SelectableList, multiple: boolean) {
  const [{ ids }, setState] = useState(NOTHING);

  const toggle = useCallback(
    (id: string) =>
      setState((state) => {
        const changed = multiple ? new Set(state.ids) : new Set<string>();
        if (state.ids.has(id)) changed.delete(id);
        else changed.add(id);
        return { ids: changed, anchor: id, before: changed };
      }),
    [multiple],
  );
  /** Everything from the file that was toggled last, or from `start` if no file was. */
  const extend = useCallback(
    (id: string, start: string) => {
      if (!multiple) return;
      setState((state) => {
        const anchor = state.anchor ?? start;
        const ends = [list.indexOf(anchor), list.indexOf(id)];
        if (ends.includes(-1)) return state;
        const range = list.ids(Math.min(...ends), Math.max(...ends) + 1);
        return { ids: new Set([...state.before, ...range]), anchor, before: state.before };
      });
    },
    [list, multiple],
  );
  const replace = useCallback(
    (chosen: Iterable<string>) => {
      if (multiple) setState({ ...NOTHING, ids: new Set(chosen) });
    },
    [multiple],
  );
  const remove = useCallback((gone: Iterable<string>) => {
    const removed = new Set(gone);
    const without = (ids: ReadonlySet<string>) =>
      new Set([...ids].filter((id) => !removed.has(id)));
    setState(({ ids: selected, anchor, before }) => ({
      ids: without(selected),
      anchor: anchor !== null && removed.has(anchor) ? null : anchor,
      before: without(before),
    }));
  }, []);
  const clear = useCallback(() => setState(NOTHING), []);

  return useMemo(
    () => ({ ids, toggle, extend, replace, remove, clear }),
    [ids, toggle, extend, replace, remove, clear],
  );
}
export type Selection = ReturnType<typeof useSelection>;
