import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { type View, readView, writeView } from './view.ts';

export interface ChangeOptions {
  /** True: the back button skips the state before this change, as while one types. */
  readonly replace?: boolean;
}

/** A function gets the newest view, which may not be shown yet. */
export type ViewChange = Partial<View> | ((newest: View) => Partial<View>);

export const changesOf = (change: ViewChange, newest: View): Partial<View> =>
  typeof change === 'function' ? change(newest) : change;

/** The view in the URL. */
export function useView() {
  const [parameters, setParameters] = useSearchParams();
  const view = useMemo(() => readView(parameters), [parameters]);
  const changeView = useCallback(
    (change: ViewChange, { replace = false }: ChangeOptions = {}) => {
      // React still has the former parameters for a moment: a second change would undo the first.
      const newest = new URLSearchParams(window.location.search);
      setParameters(writeView(newest, changesOf(change, readView(newest))), { replace });
    },
    [setParameters],
  );
  return { view, changeView };
}
export type ChangeView = ReturnType<typeof useView>['changeView'];
