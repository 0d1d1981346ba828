import { useEffect, useState } from 'react';
import { listenToPage, type PageState } from './page-link.ts';

export function usePage(allowedOrigins: readonly string[]): PageState {
  const [state, setState] = useState<PageState>({ status: 'waiting' });
  useEffect(() => listenToPage(allowedOrigins, setState), [allowedOrigins]);
  return state;
}
