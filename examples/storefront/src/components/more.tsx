import { useState } from 'react';

interface Variables {
  readonly first: number;
  readonly after: string | null;
}

interface MoreProps {
  readonly shown: number;
  readonly total: number;
  /** Of `useQuery`. It does not use the error policy of the query. */
  readonly fetchMore: (options: {
    variables: Variables;
    errorPolicy: 'all';
  }) => Promise<{ data?: unknown }>;
  readonly variables: Variables;
}

/** The button below a list that has more pages. Its place stays, so that nothing moves when the last page arrives. */
export function More({ shown, total, fetchMore, variables }: MoreProps) {
  const [hasFailed, setHasFailed] = useState(false);
  async function showMore(): Promise<void> {
    setHasFailed(false);
    const data = await fetchMore({ variables, errorPolicy: 'all' }).then(
      (result) => result.data,
      () => undefined,
    );
    setHasFailed(!data);
  }
  return (
    <div className="more">
      {shown < total && (
        <>
          <p role={hasFailed ? 'alert' : undefined}>
            {hasFailed ? 'The shop does not answer at the moment.' : `${shown} of ${total}`}
          </p>
          <button onClick={() => void showMore()}>{hasFailed ? 'Try again' : 'Show more'}</button>
        </>
      )}
    </div>
  );
}
