import type { Images } from './use-images.ts';

/** Whether everything is saved. */
export function SaveState({ images }: { readonly images: Images }) {
  const { isSaving, problem, saves } = images;
  return (
    <>
      <p role="status" className="quiet">
        {isSaving && 'Saving …'}
        {!isSaving &&
          !problem &&
          (saves > 0 ? 'All changes are saved.' : 'Changes are saved at once.')}
      </p>
      {problem && !isSaving && (
        <div role="alert" className="problem">
          <p>{problem.message}</p>
          <button onClick={problem.retry}>Try again</button>
        </div>
      )}
    </>
  );
}
