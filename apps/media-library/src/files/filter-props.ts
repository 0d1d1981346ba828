import type { MediaType } from '../generated/graphql.ts';
import type { ChangeView } from './use-view.ts';
import type { View } from './view.ts';

export interface FilterProps {
  readonly view: View;
  readonly changeView: ChangeView;
  /** The types that are offered. Absent: all. */
  readonly mediaTypes: readonly MediaType[] | undefined;
}
