import type { Images } from './use-images.ts';

/** Whether everything is saved. */
export function SaveState({ images }: { readonly images: Images }) {
  const { isSaving, problems, saves } = images;
  return (
    <>
      <p role="status" className="quiet">
        {isSaving && 'Saving …'}
        {!isSaving &&
          problems.length === 0 &&
          (saves > 0 ? 'All changes are saved.' : 'Changes are saved at once.')}
      </p>
      {problems.map(({ key, message, retry, dismiss }) => (
        <div key={key} role="alert" className="problem">
          <p>{message}</p>
          <button onClick={retry}>Try again</button>
          <button onClick={dismiss}>Dismiss</button>
        </div>
      ))}
    </>
  );
}
